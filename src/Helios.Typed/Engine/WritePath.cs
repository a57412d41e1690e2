using System.Collections.Concurrent;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Log;
using Helios.Typed.Telemetry;

namespace Helios.Typed.Engine;

/// <summary>Is the one way by which rows change: check, log, sync, apply, publish.</summary>
/// <remarks>
/// A group of commits is one log group. Under <see cref="Durability.Full"/> it is synced before it is applied and its callers
/// are answered, so that nobody ever saw a commit that a power cut could take.
/// </remarks>
internal sealed partial class WritePath : IDisposable
{
    private const long MaxGroupBytes = 8L << 20;
    private const int MaxKeptBytes = 16 << 20;

    private readonly DatabaseState _state;
    private readonly Action<SealedSet> _onSealed;
    private readonly CommitQueue _queue;
    private readonly ByteWriter _group = new();
    private readonly Dictionary<TableId, List<Memtable>> _closedByReplay;
    private readonly HashSet<CatalogTable> _shapedInLog = [];
    private LogWriter _log;
    private SequenceNumber _last;
    private bool _isDirty;
    private bool _hasUnsealed;
    private bool _isClosed;

    /// <summary>Starts the path after recovery.</summary>
    /// <param name="state">The engine's state, recovered.</param>
    /// <param name="log">The log to append to; owned from here on. None where the database is only read: the refusal comes before it is used.</param>
    /// <param name="replay">What was replayed.</param>
    /// <param name="onSealed">Takes what was sealed, in order; called under the commit lock.</param>
    public WritePath(DatabaseState state, LogWriter? log, LogReplay replay, Action<SealedSet> onSealed)
    {
        _state = state;
        _log = log!;
        _last = state.Published;
        _hasUnsealed = replay.Commits > 0;
        _closedByReplay = replay.Closed;
        _onSealed = onSealed;
        _queue = new CommitQueue(MaxGroupBytes, Write);
        state.Logs.Begin(log?.LogNumber ?? 0, new SequenceNumber(_last.Value + 1));
    }

    /// <summary>Gets the migrations that are running, each by the name of the table that it fills, with the table that it reads.</summary>
    public ConcurrentDictionary<string, CatalogTable> RunningMigrations { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the number of the log in use and the bytes of it that hold whole groups, or null where there is none as nothing is written; under the commit lock.</summary>
    public (ulong Number, long Bytes)? LogEnd => _log is null ? null : (_log.LogNumber, _log.Length);

    /// <summary>Commits.</summary>
    /// <param name="commit">What to write; not changed until the call returns.</param>
    /// <param name="cancellationToken">Withdraws the commit while it is queued.</param>
    /// <exception cref="ObjectDisposedException">The database is closed.</exception>
    public async ValueTask<WriteResult> CommitAsync(QueuedCommit commit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_queue.TryEnqueue(commit))
        {
            throw DatabaseState.Closed();
        }

        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((QueuedCommit)state!).Withdraw(token), commit);
        return await commit.Completion.ConfigureAwait(false);
    }

    /// <summary>Takes no more batches and seals no more, and waits for the batches that were queued.</summary>
    public async Task CloseAsync()
    {
        await _queue.CloseAsync().ConfigureAwait(false);
        lock (_state.CommitLock)
        {
            _isClosed = true;
        }
    }

    /// <summary>Syncs what was appended since the last sync.</summary>
    public void SyncLog()
    {
        lock (_state.CommitLock)
        {
            if (_isDirty && _state.ReadOnlyCause is null)
            {
                TrySyncLog();
            }
        }
    }

    /// <summary>Syncs the log and notes at its end that all of it is durable, which spares the next opening to write it anew.</summary>
    public void EndLog()
    {
        lock (_state.CommitLock)
        {
            if (_state.ReadOnlyCause is null && TrySyncLog())
            {
                try
                {
                    _log.Seal();
                }
                catch (Exception error)
                {
                    // Everything in it is durable: without its end, for want of room, the next opening only takes longer.
                    if (_log.IsBroken)
                    {
                        _state.MakeReadOnly("the log could not be ended", error);
                    }
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _log?.Dispose();
        _group.Dispose();
    }

    private void Write(IReadOnlyList<QueuedCommit> group)
    {
        lock (_state.CommitLock)
        {
            List<QueuedCommit> accepted = [];
            List<CounterMove> moves = [];
            SequenceNumber before = _last;
            try
            {
                if (_state.FindReadOnly() is { } refusal)
                {
                    FailAll(group, refusal);
                    return;
                }

                RequireRoom();
                group[0].Prepare();
                Check(group, accepted, moves);
                if (accepted.Count > 0)
                {
                    WriteAccepted(accepted);
                }
            }
            catch (Exception error)
            {
                FailAll(group, error);
            }
            finally
            {
                if (_last == before)
                {
                    TakeBack(moves);
                }
            }
        }
    }

    private void Check(IReadOnlyList<QueuedCommit> group, List<QueuedCommit> accepted, List<CounterMove> moves)
    {
        // A transaction that takes a key meanwhile must not take one that the group is being given.
        lock (_state.KeyLock)
        {
            GroupCheck check = new(_state.Current);
            foreach (QueuedCommit commit in group)
            {
                try
                {
                    commit.Outcome = check.Check(commit);
                    if (commit.Count > 0)
                    {
                        accepted.Add(commit);
                    }
                    else
                    {
                        commit.Succeed(_state.Published);
                    }
                }
                catch (Exception error)
                {
                    commit.Fail(error);
                }
            }

            foreach ((CatalogTable table, long next) in check.NextKeys)
            {
                moves.Add(new CounterMove(table, table.NextKey, next));
                table.NextKey = next;
            }
        }
    }

    /// <summary>Gives back the keys that a group was given and could not write, unless a transaction has taken one after them.</summary>
    private void TakeBack(List<CounterMove> moves)
    {
        lock (_state.KeyLock)
        {
            foreach ((CatalogTable table, long before, long after) in moves)
            {
                table.NextKey = table.NextKey == after ? before : table.NextKey;
            }
        }
    }

    private void WriteAccepted(List<QueuedCommit> commits)
    {
        // Memory is taken before anything is logged: a commit that is in the log must not fail for want of a memtable.
        Dictionary<CatalogTable, TableShape> shapes = PrepareTables(commits);
        PlanMemory(commits);
        SequenceNumber first = new(_last.Value + 1);
        SequenceNumber last = new(_last.Value + (ulong)commits.Count);
        Encode(commits, shapes, first);
        bool isLogged = TryLog(commits, first, last);
        if (_group.Length > MaxKeptBytes)
        {
            // One huge batch must not keep its memory for as long as the database is open.
            _group.Dispose();
        }

        if (!isLogged)
        {
            return;
        }

        _last = last;
        _hasUnsealed = true;
        _shapedInLog.UnionWith(shapes.Keys);
        StoreVersion? next;
        try
        {
            next = Apply(commits, shapes, first);
        }
        catch (Exception error)
        {
            // Logged, but only partly in memory: publishing no further keeps readers at the commit before.
            _state.MakeReadOnly("a commit was logged and could not be brought into memory", error);
            FailAll(commits, _state.FindReadOnly()!);
            return;
        }

        (long rows, long bytes) = _state.Committed.Add(commits);
        _state.Meter.Committed(commits.Count, rows, bytes);
        _state.Publish(last, next);
        if (!_isDirty)
        {
            _state.MarkDurable();
        }

        for (int i = 0; i < commits.Count; i++)
        {
            commits[i].Succeed(new SequenceNumber(first.Value + (ulong)i));
        }

        SealWhereFull();
    }

    private void Encode(List<QueuedCommit> commits, Dictionary<CatalogTable, TableShape> shapes, SequenceNumber first)
    {
        _group.Clear();
        CommitCodec.WriteGroup(_group, commits.Count);
        HashSet<CatalogTable> shaped = [];
        List<CatalogTable> shapeless = [];
        for (int i = 0; i < commits.Count; i++)
        {
            shapeless.Clear();
            foreach (ref readonly CommitPart part in commits[i].Parts)
            {
                if ((!ReferenceEquals(part.Table.Logged, shapes[part.Table]) || !_shapedInLog.Contains(part.Table)) && shaped.Add(part.Table))
                {
                    shapeless.Add(part.Table);
                }
            }

            int altered = shapeless.Count(table => MustState(table, shapes[table]));
            CommitCodec.WriteCommit(_group, new SequenceNumber(first.Value + (ulong)i), commits[i].Count + shapeless.Count + altered);
            foreach (CatalogTable table in shapeless)
            {
                WriteShapes(table, shapes[table]);
            }

            foreach (ref readonly CommitPart part in commits[i].Parts)
            {
                part.Batch.Stamp(part.Table.Id);
                _group.Write(part.Batch.Operations);
            }
        }
    }

    // What a table was is stated in each log before what it becomes: so readers of changes can tell that it changed, and how.
    private bool MustState(CatalogTable table, TableShape? next) => table.Logged is { } logged && !_shapedInLog.Contains(table) && !ReferenceEquals(logged, next);

    private void WriteShapes(CatalogTable table, TableShape next)
    {
        if (MustState(table, next))
        {
            CommitCodec.WriteShape(_group, LogOperationKind.AlterTable, table.Id, ShapeCodec.Encode(table.Logged!));
        }

        LogOperationKind kind = table.Logged is null ? LogOperationKind.CreateTable : LogOperationKind.AlterTable;
        CommitCodec.WriteShape(_group, kind, table.Id, ShapeCodec.Encode(next));
    }

    private bool TryLog(List<QueuedCommit> commits, SequenceNumber first, SequenceNumber last)
    {
        try
        {
            _log.Append(first, last, _group.WrittenSpan);
        }
        catch (Exception error)
        {
            _state.Log.FailedToAppend(commits.Count, _log.LogNumber, error);
            if (_log.IsBroken)
            {
                _state.MakeReadOnly("a failed write left its log in a state nobody knows", error);
            }

            FailAll(commits, _state.FindReadOnly() ?? _state.FailedWrite(
                error,
                "writing a batch to the log, of which nothing was kept",
                $"The log of '{_state.Options.Path}' could not be written: {error.Message} Nothing of this batch was written. See to the disk, and write again."));
            return false;
        }

        _isDirty = true;
        if (_state.Options.Durability == Durability.Full && !TrySyncLog())
        {
            FailAll(commits, _state.FindReadOnly()!);
            return false;
        }

        return true;
    }

    private bool TrySyncLog()
    {
        try
        {
            long started = HeliosMeter.LogSyncs.Enabled ? _state.Options.Clock.GetTimestamp() : 0;
            _log.Sync();
            if (started != 0)
            {
                _state.Meter.Synced(_state.Options.Clock.GetElapsedTime(started));
            }
        }
        catch (Exception error)
        {
            _state.MakeReadOnly("the log could not be synced, so that nobody knows what of it is on the disk", error);
            return false;
        }

        _isDirty = false;
        _state.MarkDurable();
        return true;
    }

    private static void FailAll(IEnumerable<QueuedCommit> commits, Exception error)
    {
        foreach (QueuedCommit commit in commits)
        {
            commit.Fail(error);
        }
    }

    private readonly record struct CounterMove(CatalogTable Table, long Before, long After);
}
