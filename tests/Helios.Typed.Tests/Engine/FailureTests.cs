using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine.Reliability;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class FailureTests
{
    private readonly InterceptedFileSystem _files = new(new MemoryFileSystem());

    private static CancellationToken Token => TestDatabase.Token;

    [Fact]
    public async Task A_full_disk_refuses_the_write_and_the_next_one_works_again()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(_files);
        await database.InsertAsync((1, "before"));
        Fail(FileOperation.Write, ".log", "No space left on device");

        HeliosException error = await Assert.ThrowsAsync<HeliosException>(() => database.InsertAsync((0, "refused")));

        Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing of this batch was written", error.Message, StringComparison.Ordinal);
        Assert.Equal([(1, "before")], Pairs(database));
        _files.Before = null;
        Assert.Equal(2, (await database.InsertAsync((0, "after"))).Keys[0].ToInt64());
        await database.ReopenAsync();
        Assert.Equal([(1, "before"), (2, "after")], Pairs(database));
    }

    [Fact]
    public async Task A_segment_that_could_not_be_brought_to_the_disk_in_pieces_is_written_anew()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(_files);
        await database.InsertAsync((1, "before"));
        Fail(FileOperation.WriteBack, ".seg.tmp", "I/O error");

        HeliosException error = await Assert.ThrowsAsync<HeliosException>(() => database.Engine.CheckpointAsync(Token));

        Assert.Contains("I/O error", error.Message, StringComparison.Ordinal);
        Assert.Equal([(1, "before")], Pairs(database));
        _files.Before = null;
        await database.Engine.CheckpointAsync(Token);
        await database.ReopenAsync();
        Assert.Equal(0, database.Engine.Recovery.Rows);
        Assert.Equal([(1, "before")], Pairs(database));
    }

    [Fact]
    public async Task A_failed_sync_of_the_log_makes_the_database_read_only_for_good()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(_files);
        await database.InsertAsync((1, "before"));
        Fail(FileOperation.Sync, ".log", "I/O error");

        await Assert.ThrowsAsync<HeliosReadOnlyException>(() => database.InsertAsync((2, "unknown")));
        _files.Before = null;

        Assert.Equal([(1, "before")], Pairs(database));
        for (int i = 0; i < 2; i++)
        {
            HeliosReadOnlyException error = await Assert.ThrowsAsync<HeliosReadOnlyException>(() => database.InsertAsync((3, "refused")));
            Assert.Contains("takes no more writes", error.Message, StringComparison.Ordinal);
            Assert.Contains("I/O error", error.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<HeliosReadOnlyException>(() => database.Engine.CheckpointAsync(Token));
        }

        await database.ReopenAsync();
        Assert.Equal("before", database.Find(1));
        await database.InsertAsync((3, "after"));
    }

    [Fact]
    public async Task A_log_that_cannot_be_cut_back_takes_no_more_writes()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(_files);
        await database.InsertAsync((1, "before"));
        _files.Before = (operation, path) =>
        {
            if (operation is FileOperation.Write or FileOperation.SetLength && path.EndsWith(".log", StringComparison.Ordinal))
            {
                throw new IOException("The disk is gone");
            }
        };

        await Assert.ThrowsAsync<HeliosReadOnlyException>(() => database.InsertAsync((2, "refused")));
        _files.Before = null;

        HeliosReadOnlyException error = await Assert.ThrowsAsync<HeliosReadOnlyException>(() => database.InsertAsync((3, "refused")));
        Assert.Contains("takes no more writes", error.Message, StringComparison.Ordinal);
        await database.ReopenAsync();
        Assert.Equal([(1, "before")], Pairs(database));
    }

    [Theory]
    [InlineData(FileOperation.Open, ".seg.tmp")]
    [InlineData(FileOperation.Write, ".seg.tmp")]
    [InlineData(FileOperation.Sync, ".seg.tmp")]
    [InlineData(FileOperation.Rename, ".seg")]
    [InlineData(FileOperation.Write, ".del.tmp")]
    [InlineData(FileOperation.Write, "MANIFEST-000001")]
    [InlineData(FileOperation.Open, ".log")]
    public async Task A_flush_that_fails_loses_nothing_and_is_tried_again(FileOperation operation, string end)
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(_files);
        await database.InsertAsync((1, "one"), (2, "two"));
        await database.Engine.CheckpointAsync(Token);
        await database.UpsertAsync((2, "zwei"), (3, "drei"));
        Fail(operation, end, "No space left on device");

        HeliosException error = await Assert.ThrowsAsync<HeliosException>(() => database.Engine.CheckpointAsync(Token));

        Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
        (long, string)[] expected = [(1, "one"), (2, "zwei"), (3, "drei")];
        Assert.Equal(expected, Pairs(database));
        _files.Before = null;
        await database.UpsertAsync((1, "eins"));
        await database.Engine.CheckpointAsync(Token);
        await database.ReopenAsync();
        Assert.Equal([(1, "eins"), .. expected[1..]], Pairs(database));
        Assert.Equal(0, database.Engine.Recovery.Commits);
        Assert.Empty(database.Engine.Recovery.RemovedFiles);
    }

    [Fact]
    public async Task A_manifest_that_cannot_be_synced_makes_the_database_read_only()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(_files);
        await database.InsertAsync((1, "one"));
        Fail(FileOperation.Sync, "MANIFEST-000001", "I/O error");

        await Assert.ThrowsAsync<HeliosReadOnlyException>(() => database.Engine.CheckpointAsync(Token));
        _files.Before = null;

        await Assert.ThrowsAsync<HeliosReadOnlyException>(() => database.InsertAsync((2, "two")));
        Assert.Equal([(1, "one")], Pairs(database));
        await database.ReopenAsync();
        Assert.Equal([(1, "one")], Pairs(database));
        await database.InsertAsync((2, "two"));
    }

    [Fact]
    public async Task A_flush_whose_old_logs_cannot_be_listed_is_done_all_the_same()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(_files);
        await database.InsertAsync((1, "one"));
        Fail(FileOperation.List, "db", "Too many open files");

        await database.Engine.CheckpointAsync(Token);
        _files.Before = null;
        await database.InsertAsync((2, "two"));
        await database.Engine.CheckpointAsync(Token);

        Assert.Equal([(1, "one"), (2, "two")], Pairs(database));
        await database.ReopenAsync();
        Assert.Equal([(1, "one"), (2, "two")], Pairs(database));
    }

    [Fact]
    public async Task Writes_after_a_manifest_broke_start_no_flush_and_leave_nothing_open()
    {
        DeterministicScheduler scheduler = new();
        EngineOptions options = TestDatabase.OptionsOn(_files) with { Background = scheduler, MemtableBytes = 1 };
        TestDatabase database = await TestDatabase.OpenAsync(options);
        for (int i = 1; i <= 4; i++)
        {
            await database.InsertAsync((i, $"row {i}"));
        }

        Fail(FileOperation.Sync, "MANIFEST-000001", "I/O error");
        scheduler.RunAll();
        int opened = 0;
        _files.Before = (operation, _) => opened += operation == FileOperation.Open ? 1 : 0;
        for (int i = 0; i < 3; i++)
        {
            Task refused = database.InsertAsync((10, "refused"));
            HeliosReadOnlyException error = await Assert.ThrowsAsync<HeliosReadOnlyException>(() => scheduler.RunUntilAsync(refused));
            Assert.Contains("takes no more writes", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, opened);
        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
        Assert.Equal(0, _files.OpenFiles);
        Assert.Equal(0, database.Allocator.AllocatedBytes);
    }

    [Theory]
    [InlineData(Durability.None)]
    [InlineData(Durability.Interval)]
    public async Task Closing_tells_of_commits_that_could_not_be_synced(Durability durability)
    {
        EngineOptions options = TestDatabase.OptionsOn(_files) with { Durability = durability, Clock = new ManualClock() };
        TestDatabase database = await TestDatabase.OpenAsync(options);
        await database.InsertAsync((1, "one"));
        Fail(FileOperation.Sync, ".log", "I/O error");

        HeliosException error = await Assert.ThrowsAsync<HeliosException>(() => database.DisposeAsync().AsTask());

        Assert.Contains("commits 1 to 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("I/O error", error.Message, StringComparison.Ordinal);
        Assert.Equal((0L, 0), (database.Allocator.AllocatedBytes, _files.OpenFiles));
        _files.Before = null;
        await using TestDatabase reopened = await TestDatabase.OpenAsync(options);
    }

    [Fact]
    public async Task A_logger_that_throws_keeps_no_lock_after_a_failed_opening_and_a_failed_closing()
    {
        using ThrowingLoggers loggers = new();
        EngineOptions options = TestDatabase.OptionsOn(_files) with { Loggers = loggers };
        await Assert.ThrowsAnyAsync<Exception>(() => TestDatabase.OpenAsync(options));

        loggers.ThrowsAt = "Failed to flush";
        TestDatabase database = await TestDatabase.OpenAsync(options);
        await database.InsertAsync((1, "one"));
        Fail(FileOperation.Open, ".seg.tmp", "No space left on device");
        await Assert.ThrowsAsync<HeliosException>(() => database.Engine.CheckpointAsync(Token));
        await Assert.ThrowsAnyAsync<Exception>(() => database.DisposeAsync().AsTask());

        Assert.Equal((0L, 0), (database.Allocator.AllocatedBytes, _files.OpenFiles));
        _files.Before = null;
        await using TestDatabase reopened = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(_files));
        Assert.Equal([(1, "one")], Pairs(reopened));
    }

    [Fact]
    public async Task A_logger_that_throws_lets_nobody_wait_for_an_index_that_failed()
    {
        using ThrowingLoggers loggers = new() { ThrowsAt = "Failed to index" };
        DeterministicScheduler scheduler = new();
        EngineOptions options = TestDatabase.OptionsOn(_files) with { Loggers = loggers, Background = scheduler };
        TestDatabase database = await TestDatabase.OpenAsync(options, TestDatabase.Points(index: IndexKind.Hnsw));
        await database.InsertAsync((1, "one"), (2, "two"), (3, "three"));
        await scheduler.RunUntilAsync(database.Engine.CheckpointAsync(Token));
        Fail(FileOperation.Open, ".graph.tmp", "I/O error");

        Task indexed = EngineInside.StartIndexing(database.Engine);
        scheduler.RunAll();

        Assert.IsType<HeliosException>(indexed.Exception?.InnerException);
        await Assert.ThrowsAnyAsync<Exception>(() => scheduler.RunUntilAsync(database.DisposeAsync().AsTask()));
        Assert.Equal((0L, 0), (database.Allocator.AllocatedBytes, _files.OpenFiles));
    }

    [Fact]
    public async Task A_logger_that_throws_at_a_flush_does_not_have_it_done_again_nor_keep_the_next_from_it()
    {
        using ThrowingLoggers loggers = new() { ThrowsAt = "Flushed" };
        DeterministicScheduler scheduler = new();
        TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(_files) with { Loggers = loggers, Background = scheduler });
        await database.InsertAsync((1, "one"));

        // Keeps the memtable, so that it could be written once more.
        using (database.Engine.OpenSnapshot(database.Table))
        {
            await scheduler.RunUntilAsync(database.Engine.CheckpointAsync(Token));
            loggers.ThrowsAt = "Nothing";
            await database.InsertAsync((2, "two"));
            await scheduler.RunUntilAsync(database.Engine.CheckpointAsync(Token));
        }

        Assert.Equal([(1, "one"), (2, "two")], Pairs(database));
        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task Writes_are_refused_when_memtables_outgrow_a_log_that_cannot_be_followed()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(_files) with { MemtableBytes = 1 << 20 });
        string name = new('x', 1 << 20);
        Fail(FileOperation.Open, ".log", "Too many open files");
        HeliosException? error = null;
        long written = 0;
        while (written < 50 && error is null)
        {
            error = await Record.ExceptionAsync(() => database.InsertAsync((written + 1, name))) as HeliosException;
            written += error is null ? 1 : 0;
        }

        Assert.InRange(written, 4, 10);
        Assert.Contains("Too many open files", error!.Message, StringComparison.Ordinal);
        _files.Before = null;
        await database.InsertAsync((100, "goes on"));
        await database.ReopenAsync();
        Assert.Equal(written + 1, database.Rows().Count);
    }

    [Fact]
    public async Task Writers_are_told_when_memory_fills_because_flushing_fails_and_go_on_when_it_works()
    {
        EngineOptions options = TestDatabase.OptionsOn(_files) with { MemtableBytes = 1 };
        await using TestDatabase database = await TestDatabase.OpenAsync(options);
        Fail(FileOperation.Open, ".seg.tmp", "No space left on device");
        HeliosException? error = null;
        long written = 0;
        for (int i = 1; i <= 50 && error is null; i++)
        {
            error = await Record.ExceptionAsync(() => database.InsertAsync((i, "row"))) as HeliosException;
            written += error is null ? 1 : 0;
        }

        Assert.Contains("No space left on device", error!.Message, StringComparison.Ordinal);
        Assert.Equal(written, database.Rows().Count);
        _files.Before = null;
        await database.InsertAsync((100, "row"));
        await database.Engine.CheckpointAsync(Token);
        await database.ReopenAsync();
        Assert.Equal(written + 1, database.Rows().Count);
    }

    [Fact]
    public async Task A_merge_that_fails_leaves_the_segments_as_they_were()
    {
        DeterministicScheduler scheduler = new();
        await using TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(_files) with { Background = scheduler });
        int opened = 0;
        int failed = 0;
        _files.Before = (operation, path) =>
        {
            // The flushes open four; what is opened after them is the merge's.
            if (operation == FileOperation.Open && path.EndsWith(".seg.tmp", StringComparison.Ordinal) && ++opened > 4)
            {
                failed++;
                throw new IOException("No space left on device");
            }
        };
        for (int i = 1; i <= 4; i++)
        {
            await database.InsertAsync((i, $"row {i}"));
            await scheduler.RunUntilAsync(database.Engine.CheckpointAsync(Token));
        }

        scheduler.RunAll();
        Assert.Equal(1, failed);
        _files.Before = null;
        Assert.Equal(4, database.Rows().Count);
        await database.InsertAsync((5, "row 5"));
        await scheduler.RunUntilAsync(database.Engine.CheckpointAsync(Token));
        scheduler.RunAll();
        using (TableSnapshot snapshot = database.Engine.OpenSnapshot(database.Table))
        {
            Assert.Single(snapshot.Sources);
        }

        await scheduler.RunUntilAsync(database.ReopenAsync());
        Assert.Equal(5, database.Rows().Count);
        Assert.Empty(database.Engine.Recovery.RemovedFiles);
        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task Memory_that_runs_out_refuses_the_write_and_the_database_opens_again()
    {
        LimitedAllocator allocator = new();
        TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(_files) with { Allocator = allocator });
        await database.InsertAsync((1, "before"));
        allocator.Limit = allocator.AllocatedBytes;
        long id = 1;
        Exception? error = null;
        while (error is null)
        {
            error = await Record.ExceptionAsync(() => database.InsertAsync((++id, new string('x', 10_000))));
        }

        Assert.True(error is HeliosException or OutOfMemoryException, error.ToString());
        Assert.Equal(id - 1, database.Rows().Count);
        await database.DisposeAsync();
        Assert.Equal(0, allocator.AllocatedBytes);
        allocator.Limit = long.MaxValue;
        await using TestDatabase reopened = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(_files) with { Allocator = allocator });
        Assert.InRange(reopened.Rows().Count, id - 1, id);
        await reopened.UpsertAsync((id, "after"));
    }

    [Fact]
    public async Task Memory_that_runs_out_while_opening_leaves_nothing_behind()
    {
        LimitedAllocator allocator = new();
        EngineOptions options = TestDatabase.OptionsOn(_files) with { Allocator = allocator };
        TestDatabase database = await TestDatabase.OpenAsync(options);
        await database.InsertAsync((1, "one"));
        await database.DisposeAsync();
        allocator.Limit = 0;

        await Assert.ThrowsAsync<OutOfMemoryException>(() => TestDatabase.OpenAsync(options));

        Assert.Equal(0, allocator.AllocatedBytes);
        allocator.Limit = long.MaxValue;
        await using TestDatabase reopened = await TestDatabase.OpenAsync(options);
        Assert.Equal([(1, "one")], Pairs(reopened));
    }

    private void Fail(FileOperation failing, string end, string message) =>
        _files.Before = (operation, path) =>
        {
            if (operation == failing && path.EndsWith(end, StringComparison.Ordinal))
            {
                throw new IOException(message);
            }
        };

    private static IEnumerable<(long Id, string Name)> Pairs(TestDatabase database) => database.Rows().Select(row => (row.Key, row.Value));
}
