using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class EngineIndexingTests
{
    private readonly MemoryFileSystem _files = new();

    private static CancellationToken Token => TestDatabase.Token;

    [Fact]
    public async Task Waiting_for_an_hnsw_index_flushes_merges_and_builds_one_graph()
    {
        await using TestDatabase database = await OpenAsync();
        await FillAsync(database, 1, 100);
        await database.Engine.CheckpointAsync(Token);
        await FillAsync(database, 101, 200);
        await database.Engine.CheckpointAsync(Token);
        await FillAsync(database, 201, 300);
        RecordedProgress progress = new();

        await database.Engine.WaitForIndexingAsync(database.Table, progress, Token);

        Assert.NotNull(Assert.Single(Graphs(database)));
        Assert.Equal(300, database.Rows().Count);
        Assert.Equal(new IndexingProgress(300, 300), progress.Reports[^1]);
        Assert.Equal(progress.Reports.OrderBy(report => report.IndexedRows), progress.Reports);
        Assert.Single(Names(FileKind.Segment));
        Assert.Single(Names(FileKind.Graph));
    }

    [Fact]
    public async Task A_graph_is_there_again_after_reopening_and_not_built_again()
    {
        await using TestDatabase database = await OpenAsync();
        await FillAsync(database, 1, 200);
        await database.Engine.WaitForIndexingAsync(null, null, Token);
        string graph = Assert.Single(Names(FileKind.Graph));

        await database.ReopenAsync();
        Assert.NotNull(Assert.Single(Graphs(database)));
        await database.Engine.WaitForIndexingAsync(null, null, Token);

        Assert.Equal(graph, Assert.Single(Names(FileKind.Graph)));
        Assert.Equal(200, database.Rows().Count);
    }

    [Fact]
    public async Task A_damaged_graph_is_done_without_until_it_is_built_anew()
    {
        TestDatabase database = await OpenAsync();
        await FillAsync(database, 1, 200);
        await database.Engine.WaitForIndexingAsync(null, null, Token);
        string damaged = Assert.Single(Names(FileKind.Graph));
        await database.DisposeAsync();
        using (IFile file = _files.Open("/data/db/" + damaged, FileOpenMode.ReadWrite))
        {
            byte[] bytes = new byte[1];
            file.ReadAt(bytes, file.Length / 2);
            bytes[0] ^= 0xFF;
            file.WriteAt(bytes, file.Length / 2);
        }

        database = await OpenAsync();
        Assert.Null(Assert.Single(Graphs(database)));
        Assert.Equal(200, database.Rows().Count);
        await database.Engine.WaitForIndexingAsync(null, null, Token);

        Assert.NotNull(Assert.Single(Graphs(database)));
        Assert.NotEqual(damaged, Assert.Single(Names(FileKind.Graph)));
        await database.ReopenAsync();
        Assert.NotNull(Assert.Single(Graphs(database)));
        await database.DisposeAsync();
        Assert.Equal(0, database.Allocator.AllocatedBytes);
    }

    [Theory]
    [InlineData(IndexKind.Auto)]
    [InlineData(IndexKind.Flat)]
    public async Task Waiting_builds_nothing_where_no_graph_is_worth_it(IndexKind index)
    {
        await using TestDatabase database = await OpenAsync(index);
        await FillAsync(database, 1, 200);

        await database.Engine.WaitForIndexingAsync(null, null, Token);

        Assert.Null(Assert.Single(Graphs(database)));
        Assert.Empty(Names(FileKind.Segment));
    }

    [Fact]
    public async Task Indexing_small_batches_again_and_again_keeps_the_graphs_few()
    {
        await using TestDatabase database = await OpenAsync();
        for (int i = 0; i < 32; i++)
        {
            await FillAsync(database, (i * 10) + 1, (i * 10) + 10);
            await database.Engine.WaitForIndexingAsync(null, null, Token);
            Assert.InRange(Graphs(database).Length, 1, 7);
            Assert.DoesNotContain(null, Graphs(database));
        }

        Assert.Equal(320, database.Rows().Count);
    }

    [Fact]
    public async Task Rows_that_end_while_their_graph_is_built_stay_ended()
    {
        await using TestDatabase database = await OpenAsync();
        await FillAsync(database, 1, 300);
        bool done = false;
        RecordedProgress progress = new()
        {
            OnReport = report =>
            {
                if (report.IndexedRows > 0 && !done)
                {
                    done = true;
                    Task.Run(async () =>
                    {
                        await database.DeleteAsync(7, 8);
                        await database.UpsertAsync((9, "nine"));
                        await database.Engine.CheckpointAsync(Token);
                    }).GetAwaiter().GetResult();
                }
            },
        };

        await database.Engine.WaitForIndexingAsync(null, progress, Token);

        Assert.True(done);
        for (int i = 0; i < 2; i++)
        {
            Assert.Null(database.Find(7));
            Assert.Equal("nine", database.Find(9));
            Assert.Equal(298, database.Rows().Count);
            Assert.Equal(2, Graphs(database).Length);
            Assert.Single(Graphs(database), graph => graph is not null);
            await database.ReopenAsync();
        }
    }

    [Fact]
    public async Task Rows_that_end_while_segments_are_merged_stay_ended()
    {
        InterceptedFileSystem files = new(_files);
        await using TestDatabase database = await TestDatabase.OpenAsync(files, TestDatabase.Points(index: IndexKind.Hnsw));
        await FillAsync(database, 1, 50);
        await database.Engine.CheckpointAsync(Token);
        await FillAsync(database, 51, 100);
        await database.Engine.CheckpointAsync(Token);
        int opened = 0;
        files.Before = (operation, path) =>
        {
            if (operation == FileOperation.Sync && path.EndsWith(".seg.tmp", StringComparison.Ordinal) && opened++ == 0)
            {
                Task.Run(async () =>
                {
                    await database.DeleteAsync(7);
                    await database.UpsertAsync((60, "sixty"));
                }).GetAwaiter().GetResult();
            }
        };

        await database.Engine.WaitForIndexingAsync(null, null, Token);

        Assert.True(opened > 0);
        for (int i = 0; i < 3; i++)
        {
            Assert.Null(database.Find(7));
            Assert.Equal("sixty", database.Find(60));
            Assert.Equal(99, database.Rows().Count);
            await (i == 0 ? database.Engine.CheckpointAsync(Token) : database.ReopenAsync());
        }
    }

    [Fact]
    public async Task Rows_that_end_between_a_merge_and_a_flush_are_persisted_by_the_flush()
    {
        InterceptedFileSystem files = new(_files);
        await using TestDatabase database = await TestDatabase.OpenAsync(files, TestDatabase.Points(index: IndexKind.Hnsw));
        await FillAsync(database, 1, 50);
        await database.Engine.CheckpointAsync(Token);
        await FillAsync(database, 51, 100);
        await database.Engine.CheckpointAsync(Token);
        using ManualResetEventSlim isSealed = new();
        Task? flush = null;
        files.Before = (operation, path) =>
        {
            if (operation == FileOperation.Open && path.EndsWith(".log", StringComparison.Ordinal))
            {
                isSealed.Set();
            }

            // The merge has persisted the ends that there were, and its manifest is about to be written.
            if (operation == FileOperation.Write && path.EndsWith("MANIFEST-000001", StringComparison.Ordinal) && flush is null)
            {
                flush = Task.Run(async () =>
                {
                    await database.DeleteAsync(7);
                    await database.UpsertAsync((60, "sixty"));
                    await database.Engine.CheckpointAsync(Token);
                });
                isSealed.Wait(Token);
            }
        };

        await database.Engine.WaitForIndexingAsync(null, null, Token);
        await flush!;
        await database.ReopenAsync();

        Assert.Equal(0, database.Engine.Recovery.Commits);
        Assert.Null(database.Find(7));
        Assert.Equal("sixty", database.Find(60));
        Assert.Equal(99, database.Rows().Count);
    }

    [Fact]
    public async Task Changed_settings_build_another_graph_and_the_old_one_goes()
    {
        await using TestDatabase database = await OpenAsync();
        await FillAsync(database, 1, 200);
        await database.Engine.WaitForIndexingAsync(null, null, Token);
        string before = Assert.Single(Names(FileKind.Graph));

        database.Declared = TestDatabase.Points(index: IndexKind.Hnsw, m: 12).Shape;
        await database.ReopenAsync();
        await database.Engine.WaitForIndexingAsync(null, null, Token);

        string after = Assert.Single(Names(FileKind.Graph));
        Assert.NotEqual(before, after);
        Assert.NotNull(Assert.Single(Graphs(database)));

        // No commit has logged the new settings yet: the graph that was built by them serves all the same.
        await database.ReopenAsync();
        Assert.NotNull(Assert.Single(Graphs(database)));
        await database.Engine.WaitForIndexingAsync(null, null, Token);
        Assert.Equal(after, Assert.Single(Names(FileKind.Graph)));
    }

    [Fact]
    public async Task A_graph_by_old_settings_serves_until_the_new_one_is_built()
    {
        await using TestDatabase database = await OpenAsync();
        await FillAsync(database, 1, 200);
        await database.Engine.WaitForIndexingAsync(null, null, Token);
        database.Declared = TestDatabase.Points(index: IndexKind.Hnsw, m: 12).Shape;
        await database.ReopenAsync();
        await database.InsertAsync((1000, "logs the new settings"));
        await database.ReopenAsync();

        Assert.Single(Graphs(database), graph => graph is not null);
    }

    [Fact]
    public async Task A_large_table_is_indexed_by_itself_when_writing_has_ceased()
    {
        const int Rows = IndexRules.RowsWorthAGraph;
        ManualClock clock = new();
        DeterministicScheduler scheduler = new();
        TestDatabase database = await TestDatabase.OpenAsync(
            TestDatabase.OptionsOn(_files) with { Background = scheduler, Clock = clock, Durability = Durability.None },
            TableDefinition.Create("points").Key("id", ColumnType.Int64).Column("name", ColumnType.Text)
                .Vector("place", new VectorColumnAttribute(TestDatabase.Dimensions, Metric.Euclidean) { M = 2, EfConstruction = 2 }).Build());
        for (int from = 1; from < Rows; from += Rows / 2)
        {
            await FillAsync(database, from, from + (Rows / 2) - 1);
            await scheduler.RunUntilAsync(database.Engine.CheckpointAsync(Token));
        }

        scheduler.RunAll();
        Assert.Equal([null, null], Graphs(database));
        clock.Advance(TimeSpan.FromSeconds(5));
        scheduler.RunAll();

        Assert.NotNull(Assert.Single(Graphs(database)));
        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task A_failure_reaches_who_waits_and_the_next_wait_tries_again()
    {
        InterceptedFileSystem files = new(_files);
        await using TestDatabase database = await TestDatabase.OpenAsync(files, TestDatabase.Points(index: IndexKind.Hnsw));
        await FillAsync(database, 1, 100);
        files.Before = (operation, path) =>
        {
            if (operation == FileOperation.Write && path.EndsWith(".graph.tmp", StringComparison.Ordinal))
            {
                throw new IOException("No space left on device");
            }
        };

        HeliosException error = await Assert.ThrowsAsync<HeliosException>(() => database.Engine.WaitForIndexingAsync(null, null, Token));
        Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
        Assert.Equal(100, database.Rows().Count);
        files.Before = null;
        await database.Engine.WaitForIndexingAsync(null, null, Token);

        Assert.NotNull(Assert.Single(Graphs(database)));
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_the_work_going()
    {
        DeterministicScheduler scheduler = new();
        TestDatabase database = await TestDatabase.OpenAsync(
            TestDatabase.OptionsOn(_files) with { Background = scheduler }, TestDatabase.Points(index: IndexKind.Hnsw));
        await FillAsync(database, 1, 100);
        using CancellationTokenSource stopped = new();
        Task wait = database.Engine.WaitForIndexingAsync(null, new RecordedProgress { OnReport = _ => stopped.Cancel() }, stopped.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scheduler.RunUntilAsync(wait));
        scheduler.RunAll();

        Assert.NotNull(Assert.Single(Graphs(database)));
        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
        Assert.Equal(0, database.Allocator.AllocatedBytes);
    }

    [Fact]
    public async Task Closing_while_a_graph_is_built_ends_the_wait_and_frees_everything()
    {
        TestDatabase database = await OpenAsync();
        await FillAsync(database, 1, 500);
        Task? closing = null;
        RecordedProgress progress = new()
        {
            OnReport = report => closing ??= report.IndexedRows > 0 ? Task.Run(async () => await database.DisposeAsync()) : null,
        };

        Exception? error = await Record.ExceptionAsync(() => database.Engine.WaitForIndexingAsync(null, progress, Token));
        await (closing ?? database.DisposeAsync().AsTask());

        Assert.True(error is null or ObjectDisposedException, error?.ToString());
        Assert.Equal(0, database.Allocator.AllocatedBytes);
    }

    private Task<TestDatabase> OpenAsync(IndexKind index = IndexKind.Hnsw) =>
        TestDatabase.OpenAsync(_files, TestDatabase.Points(index: index));

    private static Task FillAsync(TestDatabase database, int from, int to) =>
        database.InsertAsync([.. Enumerable.Range(from, to - from + 1).Select(id => ((long)id, $"row {id}"))]);

    private static object?[] Graphs(TestDatabase database)
    {
        using TableSnapshot snapshot = database.Engine.OpenSnapshot(database.Table);
        return [.. snapshot.Sources.Where(source => source.RowCount > 0).Select(source => source.Vectors(0).Graph)];
    }

    private IEnumerable<string> Names(FileKind kind) =>
        _files.List("/data/db").Where(name => FileNames.TryParse(name, out FileKind found, out _) && found == kind);

    private sealed class RecordedProgress : IProgress<IndexingProgress>
    {
        public List<IndexingProgress> Reports { get; } = [];

        public Action<IndexingProgress>? OnReport { get; init; }

        public void Report(IndexingProgress value)
        {
            Reports.Add(value);
            OnReport?.Invoke(value);
        }
    }
}
