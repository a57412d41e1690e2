using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Builds the graphs that vector columns ask for, in the background; one run at a time.</summary>
/// <remarks>
/// Ingest does not wait for it: rows without a graph are scanned. By itself it starts when nothing was flushed for a while, so
/// that a bulk load ends in one merge and one graph rather than a graph for each flush.
/// </remarks>
internal sealed class BackgroundIndexer : IAsyncDisposable
{
    private static readonly TimeSpan _quietTime = TimeSpan.FromSeconds(5);

    private readonly DatabaseState _state;
    private readonly Merger _merger;
    private readonly CancellationToken _stopping;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private Task _tail = Task.CompletedTask;

    /// <summary>Starts the indexer.</summary>
    /// <param name="state">The engine's state.</param>
    /// <param name="merger">Merges what gets a common graph.</param>
    /// <param name="stopping">Stops the work when the database is closed.</param>
    public BackgroundIndexer(DatabaseState state, Merger merger, CancellationToken stopping)
    {
        _state = state;
        _merger = merger;
        _stopping = stopping;
        _timer = state.Options.Clock.CreateTimer(_ => StartQuietly(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Notes that rows came to segments: indexing starts once that has ceased.</summary>
    public void Consider() => _timer.Change(_quietTime, Timeout.InfiniteTimeSpan);

    /// <summary>Says whether waiting for the index of a table may mean building something.</summary>
    public bool MayHaveWork(CatalogTable table)
    {
        using VersionHold hold = new(_state);
        long rows = hold.Version[table.Id].Sources.Sum(source => (long)source.RowCount);
        return IndexRules.WantsGraph(table.Shape, rows, isAsked: true);
    }

    /// <summary>Indexes what is in segments now, after the runs before it.</summary>
    /// <param name="tables">The tables.</param>
    /// <param name="isAsked">Whether somebody waits.</param>
    /// <param name="progress">Is told how far it is, or null.</param>
    public Task RunAsync(IReadOnlyList<CatalogTable> tables, bool isAsked, IProgress<IndexingProgress>? progress)
    {
        IndexingRun run = new(_state, _merger, tables, isAsked, progress, _stopping);
        lock (_lock)
        {
            _tail = _tail.ContinueWith(
                static (_, state) => ((IndexingRun)state!).Execute(),
                run,
                CancellationToken.None,
                TaskContinuationOptions.DenyChildAttach | TaskContinuationOptions.LongRunning,
                _state.Options.Background);
        }

        Background.Observe(run.Completion);
        return run.Completion;
    }

    /// <summary>Runs work after the runs before it and before those after it: no segment is claimed for a graph meanwhile.</summary>
    public Task RunBetweenAsync(Action work)
    {
        Task done;
        lock (_lock)
        {
            done = _tail.ContinueWith(
                static (_, state) => ((Action)state!)(),
                work,
                CancellationToken.None,
                TaskContinuationOptions.DenyChildAttach | TaskContinuationOptions.LongRunning,
                _state.Options.Background);
            _tail = done.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        Background.Observe(done);
        return done;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        Task tail;
        lock (_lock)
        {
            tail = _tail;
        }

        await tail.ConfigureAwait(false);
    }

    private void StartQuietly()
    {
        if (_stopping.IsCancellationRequested || _state.ReadOnlyCause is not null)
        {
            return;
        }

        CatalogTable[] tables = [.. _state.Catalog.Stored.Where(HasEnough)];
        if (tables.Length > 0)
        {
            // A failure was logged by the run; nobody waits for this one.
            _ = RunAsync(tables, isAsked: false, progress: null);
        }
    }

    private bool HasEnough(CatalogTable table)
    {
        using VersionHold hold = new(_state);
        TableShape shape = table.Shape;
        Segment[] scanned = [.. hold.Version[table.Id].Segments.Where(segment => !IndexRules.HasAnyGraph(segment))];
        return IndexRules.WantsGraph(shape, scanned.Sum(segment => (long)segment.RowCount), isAsked: false)
            || scanned.Any(segment => segment.IsOwedGraph && IndexRules.WantsGraph(shape, segment.RowCount, isAsked: true));
    }
}
