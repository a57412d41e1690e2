using Helios.Typed.Primitives;
using Helios.Typed.Telemetry;

namespace Helios.Typed.Engine;

/// <content>Opens the database.</content>
internal sealed partial class DatabaseEngine
{
    private const int MaxLogsAtOpening = 4;
    private const int ManyLogsAtOpening = 12;

    private DatabaseEngine(EngineOpening opening)
    {
        _state = opening.State;
        Recovery = opening.Report;
        _merger = new Merger(_state, ConsiderGraphs, _stopping.Token);
        _indexer = new BackgroundIndexer(_state, _merger, _stopping.Token);
        _flusher = new Flusher(_state, ConsiderSegments, _stopping.Token);
        (_lock, Storage.Log.LogWriter? log) = opening.Take();
        _writes = new WritePath(_state, log, opening.Replay, _flusher.Enqueue);
        _room = new WriteRoom(_state, _writes, _flusher);
        EngineOptions options = _state.Options;
        if (options.Durability == Durability.Interval && !options.ReadOnly)
        {
            _syncTimer = options.Clock.CreateTimer(static writes => ((WritePath)writes!).SyncLog(), _writes, options.SyncInterval, options.SyncInterval);
        }

        HeliosMeter.Watch(_state.Meter, ReadGauges);
    }

    /// <summary>Opens or creates a database.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    /// <exception cref="HeliosLockedException">It is open already.</exception>
    /// <exception cref="HeliosCorruptionException">A file of it is damaged or missing.</exception>
    /// <exception cref="HeliosFormatException">A file of it is of an unknown version.</exception>
    /// <exception cref="HeliosException">There is no database, or something else is in its place.</exception>
    public static Task<DatabaseEngine> OpenAsync(EngineOptions options, CancellationToken cancellationToken) =>
        Task.Run(() => OpenHereAsync(options, cancellationToken), cancellationToken);

    /// <summary>Does as <see cref="OpenAsync"/> on the calling thread, which it blocks.</summary>
    internal static async Task<DatabaseEngine> OpenHereAsync(EngineOptions options, CancellationToken cancellationToken)
    {
        using var opening = EngineOpening.Run(options, cancellationToken);
        var engine = new DatabaseEngine(opening);
        try
        {
            engine.ReportOpening();
            engine.StartBackgroundWork(engine.Recovery);
            if (engine.Recovery.Logs >= ManyLogsAtOpening && !engine._state.Options.ReadOnly)
            {
                await engine.FlushManyLogsAsync(cancellationToken).ConfigureAwait(false);
            }

            return engine;
        }
        catch
        {
            await engine.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void ReportOpening()
    {
        _state.Log.Opened(
            _state.Options.Path,
            Recovery.Elapsed.TotalMilliseconds,
            _state.Catalog.Stored.Count,
            _state.Manifest.Current.Segments.Count,
            Recovery.Commits,
            Recovery.Rows,
            Recovery.Logs,
            Recovery.CutBytes,
            Recovery.RemovedFiles.Count);
    }

    private void StartBackgroundWork(RecoveryReport report)
    {
        if (_state.Options.ReadOnly)
        {
            return;
        }

        // Each opening that finds rows in logs adds a log; without a flush they would pile up. And writers would have to wait
        // where a replay brought more into memory than is theirs.
        MemoryBudget budget = _state.Memory.Budget;
        if (report.Logs >= MaxLogsAtOpening || budget.UsedBy(MemoryKind.Memtables) > budget.MemtableLimit)
        {
            Background.Start(_state.Options.Background, SealQuietly);
        }

        // What a crash or a closing interrupted goes on.
        if (_state.Manifest.Current.Segments.Count > 0)
        {
            ConsiderSegments();
        }
    }

    // A program that opens, writes a little and closes stops each flush in the background: its logs are flushed here before they pile up.
    private async Task FlushManyLogsAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CheckpointAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (HeliosException error)
        {
            // As in the background: the rows are in their logs, and can be read.
            _state.Log.FailedToFlush(error);
        }
    }

    private void ConsiderGraphs() => _indexer.Consider();

    private void ConsiderSegments()
    {
        _merger.Consider();
        _indexer.Consider();
    }

    private void SealQuietly()
    {
        try
        {
            _writes.SealAll();
        }
        catch (Exception error) when (error is HeliosException or ObjectDisposedException)
        {
            _state.Log.FailedToFlush(error);
        }
    }
}
