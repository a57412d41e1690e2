using System.Diagnostics;
using Helios.Typed.Primitives;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Framing;
using Helios.Typed.Telemetry;

namespace Helios.Typed.Engine;

/// <summary>Runs one open database: tables, commits, snapshots, background work.</summary>
/// <remarks>Thread-safe. Readers take no lock; one writer at a time leads the others' commits through the log.</remarks>
internal sealed partial class DatabaseEngine : IAsyncDisposable
{
    private const int MaxBatchBytes = GroupFormat.MaxPayloadBytes - (1 << 20);

    private readonly DatabaseState _state;
    private readonly WritePath _writes;
    private readonly Flusher _flusher;
    private readonly WriteRoom _room;
    private readonly Merger _merger;
    private readonly BackgroundIndexer _indexer;
    private readonly CancellationTokenSource _stopping = new();
    private readonly IDisposable _lock;
    private readonly ITimer? _syncTimer;
    private int _isDisposed;

    /// <summary>Gets the shapes of the tables that are stored.</summary>
    public IReadOnlyList<TableShape> Tables
    {
        get
        {
            ThrowIfDisposed();
            return [.. _state.Catalog.Stored.Select(table => table.Logged!)];
        }
    }

    /// <summary>Gets what opening the database found and did.</summary>
    public RecoveryReport Recovery { get; }

    /// <summary>Finds a table, or declares it; its place in the catalog is written with its first commit.</summary>
    /// <param name="declared">The table as the code wants it.</param>
    /// <exception cref="HeliosSchemaException">It does not fit the stored one.</exception>
    public TableHandle Bind(TableShape declared)
    {
        ThrowIfDisposed();
        TableHandle table = _state.Catalog.Bind(declared);
        string[] undeclared = [.. table.Schema.Undeclared.Where(column => !_state.Catalog.IsColumnDeclared(table.Table, column.Id)).Select(column => column.Name)];
        if (undeclared.Length > 0)
        {
            _state.Log.LeftUndeclared(table.Schema.Stored.Name, string.Join(", ", undeclared));
        }

        return table;
    }

    /// <summary>Commits a batch to one table, all of it or nothing.</summary>
    /// <param name="table">The table.</param>
    /// <param name="batch">The writes, in order; not changed until the call returns.</param>
    /// <param name="cancellationToken">Stops the wait while the batch is not yet being written.</param>
    /// <exception cref="HeliosDuplicateKeyException">An insert meets a key that is there.</exception>
    /// <exception cref="HeliosKeyNotFoundException">An update meets a key that is not there.</exception>
    /// <exception cref="HeliosException">The batch could not be written, or the database takes no more writes; nothing of it was written.</exception>
    public async ValueTask<WriteResult> CommitAsync(TableHandle table, RowBatch batch, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        if (batch.OperationBytes > MaxBatchBytes)
        {
            throw new ArgumentException($"The batch takes {batch.OperationBytes} bytes, and a commit takes {MaxBatchBytes}. Write it in smaller batches.", nameof(batch));
        }

        if (batch.Count == 0)
        {
            return new WriteResult([], 0, checked((long)_state.Published.Value));
        }

        _state.ThrowIfReadOnly();
        return await WriteAsync(new QueuedCommit([new CommitPart(table.Table, batch)]), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<WriteResult> WriteAsync(QueuedCommit commit, CancellationToken cancellationToken)
    {
        await _flusher.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        long promised = await _room.PromiseAsync(commit, cancellationToken).ConfigureAwait(false);
        try
        {
            return await _writes.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _room.End(promised);
        }
    }

    /// <summary>Pins the newest committed state of a table.</summary>
    public TableSnapshot OpenSnapshot(TableHandle table)
    {
        StoreVersion version = Pin(out SequenceNumber sequence);
        if (table.Table.IsDropped)
        {
            // Asked after the pin: one that was dropped before it is not in the version, and would be read as empty.
            version.ReleaseReference();
            table.Table.ThrowIfDropped();
        }

        string name = table.Schema.Stored.Name;
        SnapshotPin pin = new(version, () => _state.Log.ReleasedAbandonedSnapshot(name));
        return new TableSnapshot(table.Schema, sequence, version[table.Table.Id].Sources, pin);
    }

    /// <summary>Makes every commit that was acknowledged before the call durable.</summary>
    /// <exception cref="HeliosException">The log could not be synced; the database takes no more writes.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        SequenceNumber through = _state.Published;
        if (_state.Durable >= through)
        {
            return;
        }

        if (_state.Options.ReadOnly)
        {
            throw new HeliosReadOnlyException(
                _state.Options.Path,
                $"Commits {_state.Durable.Value + 1} to {through.Value} of '{_state.Options.Path}' are in a log of a process that ended before it noted that they are durable, and a database that was opened with {nameof(EngineOptions.ReadOnly)} cannot make them so. Close it, and open it once without that.",
                null);
        }

        await Background.RunAsync(_state.Options.Background, _writes.SyncLog).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_state.Durable < through)
        {
            _state.ThrowIfReadOnly();
            throw DatabaseState.Closed();
        }
    }

    /// <summary>Writes what is in memory to segments, so that their log is not needed any more.</summary>
    /// <exception cref="HeliosException">It could not be written; it stays in memory and in the log.</exception>
    public async Task CheckpointAsync(CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        using Activity? span = HeliosActivitySource.Start("helios.checkpoint", _state.Meter.Name);
        long sets = 0;
        void Seal()
        {
            _writes.SealAll();
            sets = _flusher.Enqueued;
        }

        try
        {
            await Background.RunAsync(_state.Options.Background, Seal).WaitAsync(cancellationToken).ConfigureAwait(false);
            await _flusher.WaitForAsync(sets, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (HeliosActivitySource.Failed(span, error))
        {
            throw;
        }
    }

    /// <summary>Waits until every row committed before the call is in the index its columns ask for.</summary>
    /// <param name="table">The table, or null for all.</param>
    /// <param name="progress">Is told how far the work is, or null.</param>
    /// <param name="cancellationToken">Stops the wait, not the work.</param>
    /// <exception cref="HeliosException">The index could not be built; the rows are found by scanning.</exception>
    public async Task WaitForIndexingAsync(TableHandle? table, IProgress<IndexingProgress>? progress, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        IReadOnlyList<CatalogTable> tables = table is null ? _state.Catalog.Stored : [table.Table];
        CatalogTable[] wanting = [.. tables.Where(_indexer.MayHaveWork)];
        if (wanting.Length > 0)
        {
            await CheckpointAsync(cancellationToken).ConfigureAwait(false);
            await _indexer.RunAsync(wanting, isAsked: true, progress).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Batches that are queued are still written; what is in memory stays in the log, synced. Snapshots that are open keep
    /// their memory until they are disposed. Whatever fails, everything is released before it is thrown.
    /// </remarks>
    /// <exception cref="HeliosException">Commits that were acknowledged before they were durable may not be on the disk.</exception>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        HeliosMeter.Forget(_state.Meter);
        _state.Commits.Pulse();
        try
        {
            await StopAsync().ConfigureAwait(false);
        }
        finally
        {
            Release();
        }

        _state.Log.Closed(_state.Options.Path);
        ThrowIfNotDurable();
    }

    private async Task StopAsync()
    {
        try
        {
            await _writes.CloseAsync().ConfigureAwait(false);
            await _stopping.CancelAsync().ConfigureAwait(false);
            await _state.Holds.DrainAsync().ConfigureAwait(false);
            if (_syncTimer is not null)
            {
                await _syncTimer.DisposeAsync().ConfigureAwait(false);
            }

            // All have ended before anything is released, also where one of them failed.
            await Task.WhenAll(_flusher.StopAsync(), _merger.StopAsync(), _indexer.DisposeAsync().AsTask(), _state.Memory.Loader!.StopAsync()).ConfigureAwait(false);
        }
        finally
        {
            _writes.EndLog();
        }
    }

    private void ThrowIfNotDurable()
    {
        if (_state.Durable < _state.Published && !_state.Options.ReadOnly)
        {
            Exception? cause = _state.ReadOnlyCause?.InnerException;
            throw new HeliosException(
                $"The database '{_state.Options.Path}' was closed, and its commits {_state.Durable.Value + 1} to {_state.Published.Value} may not be on the disk, as the log could not be synced: {cause?.Message} See to the disk, open the database again, and write anew what it lacks.",
                cause);
        }
    }

    private void Release()
    {
        lock (_state.CommitLock)
        {
            _state.Swap(StoreVersion.CreateEmpty());
        }

        _state.ReleaseDropped(isClosing: true);
        _writes.Dispose();
        _state.Manifest.Dispose();
        _lock.Dispose();
        _state.Memory.Loader!.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Throws where the database is closed.</summary>
    internal void ThrowIfDisposed()
    {
        if (Volatile.Read(ref _isDisposed) != 0)
        {
            throw DatabaseState.Closed();
        }
    }
}
