using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class MergingTests
{
    private readonly DeterministicScheduler _scheduler = new();
    private readonly ManualClock _clock = new();
    private readonly MemoryFileSystem _disk = new();
    private readonly InterceptedFileSystem _files;

    public MergingTests() => _files = new InterceptedFileSystem(_disk);

    private static CancellationToken Token => TestDatabase.Token;

    [Fact]
    public async Task Rows_deleted_from_a_segment_with_a_graph_leave_the_disk_by_themselves_and_the_graph_comes_back()
    {
        TestDatabase database = await OpenAsync();
        await FillAsync(database, 1, 300);
        await _scheduler.RunUntilAsync(database.Engine.WaitForIndexingAsync(null, null, Token));
        string full = Assert.Single(Names(FileKind.Segment));
        Assert.NotNull(Assert.Single(Graphs(database)));
        long bytes = _disk.Open($"/data/db/{full}", FileOpenMode.Read).Length;
        int searched = 0;
        _files.Before = (operation, path) =>
        {
            if (path.EndsWith(".seg.tmp", StringComparison.Ordinal))
            {
                AssertSearch(database, 120);
                searched++;
            }
        };

        // 40 % of them stay in place, and one more is too many.
        await database.DeleteAsync([.. Enumerable.Range(1, 120).Select(id => (long)id)]);
        await CheckpointAsync(database);
        Assert.Equal(full, Assert.Single(Names(FileKind.Segment)));
        Assert.NotNull(Assert.Single(Graphs(database)));
        await database.DeleteAsync(121);
        _files.Before = (operation, path) =>
        {
            if (path.EndsWith(".seg.tmp", StringComparison.Ordinal))
            {
                AssertSearch(database, 121);
                searched++;
            }
        };
        await CheckpointAsync(database);

        Assert.True(searched > 0);
        string rewritten = Assert.Single(Names(FileKind.Segment));
        Assert.NotEqual(full, rewritten);
        Assert.InRange(_disk.Open($"/data/db/{rewritten}", FileOpenMode.Read).Length, 1, bytes * 9 / 10);
        Assert.Equal(0, database.Engine.ReadStatistics().Tables[0].EndedVersions);
        Assert.Empty(Names(FileKind.Graph));
        Assert.Null(Assert.Single(Graphs(database)));
        AssertSearch(database, 121);

        // What had a graph gets one again without being asked for, few as the rows are.
        _clock.Advance(TimeSpan.FromSeconds(5));
        _scheduler.RunAll();

        Assert.NotNull(Assert.Single(Graphs(database)));
        Assert.Single(Names(FileKind.Graph));
        AssertSearch(database, 121);
        await CloseAsync(database);
    }

    [Fact]
    public async Task Segments_of_a_size_become_one_only_when_flushes_pause()
    {
        TestDatabase database = await OpenAsync(mergePause: TimeSpan.FromSeconds(1));
        for (int i = 0; i < 6; i++)
        {
            // Each comes before the pause has passed since the one before.
            await FillAsync(database, (100 * i) + 1, (100 * i) + 50);
            await CheckpointAsync(database);
            _clock.Advance(TimeSpan.FromSeconds(0.9));
            _scheduler.RunAll();
            Assert.Equal(i + 1, Names(FileKind.Segment).Count());
        }

        _clock.Advance(TimeSpan.FromSeconds(0.1));
        _scheduler.RunAll();

        Assert.Single(Names(FileKind.Segment));
        Assert.Equal(300, database.Rows().Count);
        await CloseAsync(database);
    }

    [Fact]
    public async Task Segments_that_are_too_many_become_one_though_flushes_do_not_pause()
    {
        TestDatabase database = await OpenAsync(mergePause: TimeSpan.FromSeconds(1));
        int most = 0;
        for (int i = 0; i <= MergePlanner.MaxScanned; i++)
        {
            most = Math.Max(most, Names(FileKind.Segment).Count());
            await FillAsync(database, (10 * i) + 1, (10 * i) + 5);
            await CheckpointAsync(database);
        }

        Assert.Equal(MergePlanner.MaxScanned, most);
        Assert.Single(Names(FileKind.Segment));
        Assert.Equal(5 * (MergePlanner.MaxScanned + 1), database.Rows().Count);
        await CloseAsync(database);
    }

    [Fact]
    public async Task Flushes_and_merges_take_no_thread_of_the_pool()
    {
        List<TaskCreationOptions> started = [];
        TestDatabase database = await OpenAsync();
        _files.Before = (operation, path) =>
        {
            if (operation == FileOperation.Sync && path.EndsWith(".seg.tmp", StringComparison.Ordinal))
            {
                started.Add(_scheduler.Running!.CreationOptions);
            }
        };
        for (int i = 0; i < 4; i++)
        {
            await FillAsync(database, (100 * i) + 1, (100 * i) + 50);
            await CheckpointAsync(database);
        }

        // Four flushes and a merge.
        Assert.Equal(5, started.Count);
        Assert.All(started, options => Assert.True(options.HasFlag(TaskCreationOptions.LongRunning)));
        await CloseAsync(database);
    }

    [Fact]
    public async Task Graphs_that_pile_up_become_one_by_themselves()
    {
        TestDatabase database = await OpenAsync();

        // Each is smaller than the one before, so that no indexing gathers them.
        for (int i = 0; i < MergePlanner.MaxGraphs + 1; i++)
        {
            int from = 1_000 * (i + 1);
            await FillAsync(database, from, from + 90 - (10 * i));
            await _scheduler.RunUntilAsync(database.Engine.WaitForIndexingAsync(null, null, Token));
        }

        Assert.Equal(MergePlanner.MaxGraphs + 1, Graphs(database).Length);
        int rows = database.Rows().Count;
        await database.UpsertAsync((1, "last"));
        await CheckpointAsync(database);
        Assert.Equal(MergePlanner.MaxGraphs - 1, Graphs(database).Count(graph => graph is not null));
        _clock.Advance(TimeSpan.FromSeconds(5));
        _scheduler.RunAll();

        // The fresh row is in a segment of its own, and nobody asked for a graph over that.
        Assert.Equal(MergePlanner.MaxGraphs, Graphs(database).Count(graph => graph is not null));
        Assert.Single(Graphs(database), graph => graph is null);
        Assert.Equal(rows + 1, database.Rows().Count);
        await CloseAsync(database);
    }

    [Fact]
    public async Task A_segment_whose_graph_is_being_built_is_part_of_no_merge()
    {
        TestDatabase database = await OpenAsync();
        await FillAsync(database, 1, 200);
        await CheckpointAsync(database);
        string building = Assert.Single(Names(FileKind.Segment));
        bool isBuilding = false;
        List<string> during = [];
        _files.Before = (operation, path) =>
        {
            if (operation == FileOperation.Open && path.EndsWith(".graph.tmp", StringComparison.Ordinal) && !isBuilding)
            {
                isBuilding = true;
                OnAnotherThread(async () =>
                {
                    await database.DeleteAsync([.. Enumerable.Range(1, 150).Select(id => (long)id)]);
                    Task checkpoint = database.Engine.CheckpointAsync(Token);
                    while (!checkpoint.IsCompleted)
                    {
                        _scheduler.RunAll();
                        await Task.Yield();
                    }

                    _scheduler.RunAll();
                });
                during = [.. Names(FileKind.Segment)];
            }
        };

        await _scheduler.RunUntilAsync(database.Engine.WaitForIndexingAsync(null, null, Token));
        Assert.Equal([building], during);
        Assert.Equal(50, database.Rows().Count);

        // The next flush finds it let go.
        await database.UpsertAsync((1, "again"));
        await CheckpointAsync(database);
        Assert.DoesNotContain(building, Names(FileKind.Segment));
        Assert.Equal(51, database.Rows().Count);
        await CloseAsync(database);
    }

    [Fact]
    public async Task A_snapshot_reads_its_state_through_many_merges_and_its_files_go_with_it()
    {
        TestDatabase database = await OpenAsync();
        await FillAsync(database, 1, 100);
        await _scheduler.RunUntilAsync(database.Engine.WaitForIndexingAsync(null, null, Token));
        await FillAsync(database, 101, 120);
        await CheckpointAsync(database);
        TableSnapshot snapshot = database.Engine.OpenSnapshot(database.Table);
        SortedDictionary<long, string> before = TestDatabase.Rows(snapshot);
        string[] held = [.. Names(FileKind.Segment), .. Names(FileKind.Graph)];
        Assert.Equal(3, held.Length);
        Random random = new(9);
        HashSet<string> seen = [.. held];
        for (int i = 0; i < 40; i++)
        {
            await database.UpsertAsync([.. Enumerable.Range(0, 10).Select(_ => (random.NextInt64(1, 121), $"round {i}"))]);
            await database.DeleteAsync(random.NextInt64(1, 121));
            await CheckpointAsync(database);
            seen.UnionWith(Names(FileKind.Segment));
            Assert.Equal(before, TestDatabase.Rows(snapshot));
            SearchRequest request = new(0, TestBatch.PlaceOf($"row {1 + i}"), 7, float.PositiveInfinity, Beam: 500, Exact: false, Filter: null);
            Assert.Equal(SearchReference.Search(snapshot, request), SearchReference.Read(snapshot, SnapshotSearch.Search(snapshot, request, Token)));
        }

        // Forty flushes, and more segments than that: what is held was merged away, and is there.
        Assert.InRange(seen.Count, 45, 200);
        Assert.Empty(held.Except([.. Names(FileKind.Segment), .. Names(FileKind.Graph)]));
        SortedDictionary<long, string> after = database.Rows();
        snapshot.Dispose();

        Assert.Empty(held.Intersect([.. Names(FileKind.Segment), .. Names(FileKind.Graph)]));
        Assert.Equal(database.Engine.ReadStatistics().Tables[0].Segments, Names(FileKind.Segment).Count());
        Assert.Equal(after, database.Rows());
        await CloseAsync(database);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Whatever_is_written_while_segments_are_merged_is_there_afterwards(int seed)
    {
        Random random = new(seed);
        TestDatabase database = await OpenAsync();
        SortedDictionary<long, string> model = [];
        int meanwhile = 0;
        int writing = 0;
        int number = 0;
        _files.Before = (operation, path) =>
        {
            // Every file of a merge, of a flush and of a graph is written while others write rows.
            bool isOurs = path.EndsWith(".seg.tmp", StringComparison.Ordinal) || path.EndsWith(".graph.tmp", StringComparison.Ordinal);
            if (isOurs && random.Next(3) == 0 && Interlocked.Exchange(ref writing, 1) == 0)
            {
                OnAnotherThread(WriteAsync);
                meanwhile++;
                writing = 0;
            }
        };
        for (int i = 0; i < 60; i++)
        {
            await WriteAsync();
            await (random.Next(6) == 0 ? _scheduler.RunUntilAsync(database.Engine.WaitForIndexingAsync(null, null, Token)) : CheckpointAsync(database));
            Assert.Equal(model, database.Rows());
            AssertSearch(database, seed);
            if (i % 20 == 19)
            {
                await _scheduler.RunUntilAsync(database.ReopenAsync());
                Assert.Equal(model, database.Rows());
            }
        }

        Assert.True(meanwhile > 50, $"seed {seed}: only {meanwhile} writes met a file being written");
        Assert.InRange(Graphs(database).Length, 1, MergePlanner.MaxScanned + MergePlanner.MaxGraphs + 2);
        _files.Before = null;
        await CloseAsync(database);

        async Task WriteAsync()
        {
            using TestBatch batch = database.NewBatch();
            foreach (long id in Enumerable.Range(0, 8).Select(_ => random.NextInt64(1, 60)).Distinct())
            {
                if (random.Next(3) == 0)
                {
                    batch.Delete(id);
                    model.Remove(id);
                    continue;
                }

                string name = $"{id}.{number++}";
                batch.Write(WriteOperation.Upsert, id, name);
                model[id] = name;
            }

            await database.CommitAsync(batch);
        }
    }

    private static void OnAnotherThread(Func<Task> work) => Task.Run(work).GetAwaiter().GetResult();

    private static Task FillAsync(TestDatabase database, int from, int to) =>
        database.InsertAsync([.. Enumerable.Range(from, to - from + 1).Select(id => ((long)id, $"row {id}"))]);

    // The graph's beam is wider than there are rows: it answers as a scan would.
    private static void AssertSearch(TestDatabase database, int near)
    {
        using TableSnapshot snapshot = database.Engine.OpenSnapshot(database.Table);
        SearchRequest request = new(0, TestBatch.PlaceOf($"row {near}"), 9, float.PositiveInfinity, Beam: 500, Exact: false, Filter: null);
        List<(long Id, float Distance)> found = SearchReference.Read(snapshot, SnapshotSearch.Search(snapshot, request, Token));
        Assert.Equal(SearchReference.Search(snapshot, request), found);
        Assert.NotEmpty(found);
    }

    private static object?[] Graphs(TestDatabase database)
    {
        using TableSnapshot snapshot = database.Engine.OpenSnapshot(database.Table);
        return [.. snapshot.Sources.Where(source => source.RowCount > 0).Select(source => source.Vectors(0).Graph)];
    }

    private IEnumerable<string> Names(FileKind kind) =>
        _disk.List("/data/db").Where(name => FileNames.TryParse(name, out FileKind found, out _) && found == kind);

    private Task<TestDatabase> OpenAsync(TimeSpan mergePause = default) => TestDatabase.OpenAsync(
        TestDatabase.OptionsOn(_files) with { Background = _scheduler, Clock = _clock, MergePause = mergePause }, TestDatabase.Points(index: IndexKind.Hnsw));

    private async Task CheckpointAsync(TestDatabase database)
    {
        await _scheduler.RunUntilAsync(database.Engine.CheckpointAsync(Token));
        _scheduler.RunAll();
    }

    private async Task CloseAsync(TestDatabase database)
    {
        await _scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
        Assert.Equal(0, database.Allocator.AllocatedBytes);
    }
}
