using Helios.Typed.Storage.Files;

namespace Helios.Typed.Engine;

/// <summary>Keeps the number of segments of each table small, in the background; one merge at a time.</summary>
/// <param name="state">The engine's state.</param>
/// <param name="merged">Is called where something was merged, and perhaps a graph with it.</param>
/// <param name="stopping">Stops the work when the database is closed.</param>
internal sealed class Merger(DatabaseState state, Action merged, CancellationToken stopping)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Segment> _claimed = [];
    private readonly Lock _runLock = new();
    private Task _run = Task.CompletedTask;
    private bool _isWanted;

    /// <summary>Looks, in the background, whether something should be merged.</summary>
    public void Consider()
    {
        lock (_runLock)
        {
            if (_isWanted || stopping.IsCancellationRequested)
            {
                return;
            }

            _isWanted = true;
            _run = Task.WhenAll(_run, Background.Start(state.Options.Background, Run));
        }
    }

    /// <summary>Waits for the work under way, which the token given at the start has stopped.</summary>
    public Task StopAsync()
    {
        lock (_runLock)
        {
            return _run;
        }
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
            using VersionHold hold = new(state);
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
            using VersionHold hold = new(state);
            foreach (Segment segment in hold.Version[table.Id].Segments.Where(HasToGo))
            {
                state.ThrowIfReadOnly();
                long before = segment.Description.ListFiles().Sum(LengthOf);
                if (MergeJob.Run(state, table, [segment], stopping) is not { } written)
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
            merged();
        }

        return total;
    }

    private bool HasToGo(Segment segment) =>
        state.FindManifestSchema(segment.Description.Table) is { } schema
        && (segment.EndsThrough(state.Durable).Any() || segment.MayHoldDropped(schema.Stored));

    private long LengthOf(string fileName)
    {
        using IFile file = state.Options.Files.Open(state.PathOf(fileName), FileOpenMode.Read);
        return file.Length;
    }

    private void Run()
    {
        lock (_runLock)
        {
            _isWanted = false;
        }

        foreach (CatalogTable table in state.Catalog.Stored)
        {
            try
            {
                lock (_lock)
                {
                    while (Merge(table, candidates => MergePlanner.Choose(candidates, state.Options.SegmentsPerTier)))
                    {
                        merged();
                    }
                }
            }
            catch (Exception error)
            {
                if (error is not OperationCanceledException)
                {
                    state.Log.FailedToMerge(table.Shape.Name, error);
                }
            }
        }
    }

    private bool Merge(CatalogTable table, Func<IReadOnlyList<MergeCandidate>, IReadOnlyList<int>> choose)
    {
        stopping.ThrowIfCancellationRequested();
        using VersionHold hold = new(state);
        Segment[] segments = [.. hold.Version[table.Id].Segments.Where(segment => !_claimed.Contains(segment))];
        IReadOnlyList<int> chosen = choose([.. segments.Select(segment => new MergeCandidate(segment.RowCount, CountDurableEnds(segment), IndexRules.HasAnyGraph(segment)))]);
        if (chosen.Count == 0 || state.ReadOnlyCause is not null)
        {
            return false;
        }

        return MergeJob.Run(state, table, [.. chosen.Select(i => segments[i])], stopping) is not null;
    }

    // What no deletion file has yet counts as well once a merge would leave it out: the log has it.
    private int CountDurableEnds(Segment segment)
    {
        int persisted = segment.PersistedEnds;
        return segment.EndedCount == persisted ? persisted : segment.EndsThrough(state.Durable).Count();
    }
}
