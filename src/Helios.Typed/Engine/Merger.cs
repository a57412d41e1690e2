using Helios.Typed.Storage.Files;

namespace Helios.Typed.Engine;

/// <summary>Keeps the number of segments of each table small, in the background; one merge at a time.</summary>
/// <remarks>
/// While flush follows flush, a merge would take the disk from commits, and the rows that it writes would be written again soon.
/// So what can wait does, until nothing was flushed for a while, or until there are too many segments: see <see cref="MergePlanner"/>.
/// </remarks>
internal sealed class Merger
{
    private readonly DatabaseState _state;
    private readonly Action _merged;
    private readonly CancellationToken _stopping;
    private readonly Lock _lock = new();
    private readonly HashSet<Segment> _claimed = [];
    private readonly Lock _runLock = new();
    private readonly ITimer _pause;
    private Task _run = Task.CompletedTask;
    private bool _isWanted;
    private bool _isPressed;

    /// <summary>Starts with nothing to do.</summary>
    /// <param name="state">The engine's state.</param>
    /// <param name="merged">Is called where something was merged, and perhaps a graph with it.</param>
    /// <param name="stopping">Stops the work when the database is closed.</param>
    public Merger(DatabaseState state, Action merged, CancellationToken stopping)
    {
        _state = state;
        _merged = merged;
        _stopping = stopping;
        _pause = state.Options.Clock.CreateTimer(_ => Start(isPressed: false), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Looks, in the background, whether something should be merged: what cannot wait now, and the rest after a pause, from the last call on.</summary>
    public void Consider()
    {
        TimeSpan pause = _state.Options.MergePause;
        if (pause > TimeSpan.Zero)
        {
            _pause.Change(pause, Timeout.InfiniteTimeSpan);
        }

        Start(isPressed: pause > TimeSpan.Zero);
    }

    /// <summary>Waits for the work under way, which the token given at the start has stopped.</summary>
    public async Task StopAsync()
    {
        await _pause.DisposeAsync().ConfigureAwait(false);
        Task run;
        lock (_runLock)
        {
            run = _run;
        }

        await run.ConfigureAwait(false);
    }

    /// <summary>Makes one segment of those of a table that should get a common graph, and claims what then lacks one.</summary>
    /// <param name="table">The table.</param>
    /// <param name="wants">Says whether so many rows should get a graph.</param>
    /// <returns>The segments without a graph, each held and claimed; for <see cref="Release"/>.</returns>
    public IReadOnlyList<Segment> ClaimForGraph(CatalogTable table, Func<long, bool> wants)
    {
        lock (_lock)
        {
            Merge(table, candidates =>
            {
                IReadOnlyList<int> chosen = MergePlanner.ChooseForGraph(candidates);
                return chosen.Count > 1 && wants(chosen.Sum(i => candidates[i].Live)) ? chosen : [];
            });
            List<Segment> claimed = [];
            using VersionHold hold = new(_state);
            foreach (Segment segment in hold.Version[table.Id].Segments)
            {
                if (!_claimed.Contains(segment) && IndexRules.LacksGraph(segment, table.Shape, wants) && segment.TryAddReference())
                {
                    _claimed.Add(segment);
                    claimed.Add(segment);
                }
            }

            return claimed;
        }
    }

    /// <summary>Lets a claimed segment take part in merges again.</summary>
    public void Release(Segment segment)
    {
        lock (_lock)
        {
            _claimed.Remove(segment);
        }

        segment.ReleaseReference();
    }

    /// <summary>Writes anew every segment of a table that holds rows whose end is durable, or values of dropped columns; where none is claimed.</summary>
    /// <returns>How many segments, rows and bytes that took away.</returns>
    public PurgeResult Purge(CatalogTable table)
    {
        PurgeResult total = default;
        lock (_lock)
        {
            using VersionHold hold = new(_state);
            foreach (Segment segment in hold.Version[table.Id].Segments.Where(HasToGo))
            {
                _state.ThrowIfReadOnly();
                long before = segment.Description.ListFiles().Sum(LengthOf);
                if (MergeJob.Run(_state, table, [segment], _stopping) is not { } written)
                {
                    break;
                }

                total = new PurgeResult(
                    total.SegmentsRewritten + 1,
                    total.RowsRemoved + segment.RowCount - written.Rows,
                    total.BytesFreed + before - (written.Rows == 0 ? 0 : written.FileBytes));
            }
        }

        if (total.SegmentsRewritten > 0)
        {
            _merged();
        }

        return total;
    }

    private bool HasToGo(Segment segment) =>
        _state.FindManifestSchema(segment.Description.Table) is { } schema
        && (segment.EndsThrough(_state.Durable).Any() || segment.MayHoldDropped(schema.Stored));

    private long LengthOf(string fileName)
    {
        using IFile file = _state.Options.Files.Open(_state.PathOf(fileName), FileOpenMode.Read);
        return file.Length;
    }

    private void Start(bool isPressed)
    {
        lock (_runLock)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            _isPressed = isPressed && (_isPressed || !_isWanted);
            if (!_isWanted)
            {
                _isWanted = true;
                _run = Task.WhenAll(_run, Background.StartLong(_state.Options.Background, Run));
            }
        }
    }

    private void Run()
    {
        bool isPressed;
        lock (_runLock)
        {
            _isWanted = false;
            isPressed = _isPressed;
        }

        foreach (CatalogTable table in _state.Catalog.Stored)
        {
            try
            {
                lock (_lock)
                {
                    while (Merge(table, candidates => MergePlanner.Choose(candidates, _state.Options.SegmentsPerTier, isPressed)))
                    {
                        _merged();
                    }
                }
            }
            catch (Exception error)
            {
                if (error is not OperationCanceledException)
                {
                    _state.Log.FailedToMerge(table.Shape.Name, error);
                }
            }
        }
    }

    private bool Merge(CatalogTable table, Func<IReadOnlyList<MergeCandidate>, IReadOnlyList<int>> choose)
    {
        _stopping.ThrowIfCancellationRequested();
        using VersionHold hold = new(_state);
        Segment[] segments = [.. hold.Version[table.Id].Segments.Where(segment => !_claimed.Contains(segment))];
        IReadOnlyList<int> chosen = choose([.. segments.Select(segment => new MergeCandidate(segment.RowCount, CountDurableEnds(segment), IndexRules.HasAnyGraph(segment)))]);
        if (chosen.Count == 0 || _state.ReadOnlyCause is not null)
        {
            return false;
        }

        return MergeJob.Run(_state, table, [.. chosen.Select(i => segments[i])], _stopping) is not null;
    }

    // What no deletion file has yet counts as well once a merge would leave it out: the log has it.
    private int CountDurableEnds(Segment segment)
    {
        int persisted = segment.PersistedEnds;
        return segment.EndedCount == persisted ? persisted : segment.EndsThrough(_state.Durable).Count();
    }
}
