using Helios.Typed.Engine;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class FlushTests
{
    private static CancellationToken Token => TestDatabase.Token;

    [Fact]
    public async Task A_flushed_row_is_read_from_its_segment_also_after_reopening()
    {
        MemoryFileSystem files = new();
        await using TestDatabase database = await TestDatabase.OpenAsync(files);
        await database.InsertAsync((2, "two"), (1, "one"), (3, "three"));

        await database.Engine.CheckpointAsync(Token);

        Assert.Equal("one", database.Find(1));
        Assert.IsType<Segment>(Assert.Single(Sources(database)));
        Assert.Single(Names(files, FileKind.Segment));
        await database.ReopenAsync();
        Assert.Equal([(1, "one"), (2, "two"), (3, "three")], Pairs(database));
        Assert.Equal(0, database.Engine.Recovery.Commits);
        Assert.IsType<Segment>(Assert.Single(Sources(database)));
    }

    [Fact]
    public async Task Rows_of_a_segment_can_be_replaced_and_deleted_and_stay_so()
    {
        MemoryFileSystem files = new();
        await using TestDatabase database = await TestDatabase.OpenAsync(files);
        await database.InsertAsync((1, "one"), (2, "two"), (3, "three"), (4, "four"), (5, "five"), (6, "six"), (7, "seven"));
        await database.Engine.CheckpointAsync(Token);
        await database.UpsertAsync((1, "uno"));
        await database.DeleteAsync(2);
        await database.UpdateAsync((3, "tre"));
        (long, string)[] expected = [(1, "uno"), (3, "tre"), (4, "four"), (5, "five"), (6, "six"), (7, "seven")];
        Assert.Equal(expected, Pairs(database));

        await database.ReopenAsync();
        Assert.Equal(expected, Pairs(database));
        Assert.Equal(3, database.Engine.Recovery.Commits);

        await database.Engine.CheckpointAsync(Token);
        Assert.Equal(expected, Pairs(database));
        Assert.Single(Names(files, FileKind.Deletions));

        await database.ReopenAsync();
        Assert.Equal(expected, Pairs(database));
        Assert.Equal(0, database.Engine.Recovery.Commits);
        await Assert.ThrowsAsync<HeliosDuplicateKeyException>(() => database.InsertAsync((1, "again")));
        await database.InsertAsync((2, "due"));
    }

    [Fact]
    public async Task A_log_goes_when_its_rows_are_in_segments()
    {
        MemoryFileSystem files = new();
        await using TestDatabase database = await TestDatabase.OpenAsync(files);
        await database.InsertAsync((1, "one"));
        string first = Assert.Single(Names(files, FileKind.Log));

        await database.Engine.CheckpointAsync(Token);

        Assert.NotEqual(first, Assert.Single(Names(files, FileKind.Log)));
    }

    [Fact]
    public async Task A_flush_does_not_wait_for_what_is_sealed_after_it_was_asked_for()
    {
        InterceptedFileSystem files = new(new MemoryFileSystem());
        DeterministicScheduler scheduler = new();
        TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(files) with { Background = scheduler, MemtableBytes = 1 << 20 });
        using ManualResetEventSlim gate = new();
        int flushes = 0;
        files.Before = (operation, path) =>
        {
            if (operation == FileOperation.Open && path.EndsWith(".seg.tmp", StringComparison.Ordinal))
            {
                // The first flush meets a commit that is sealed at once; that one's flush waits for the first to be reported.
                if (++flushes == 1)
                {
                    Task.Run(() => database.InsertAsync((2, new string('x', 2 << 20)))).GetAwaiter().GetResult();
                }
                else
                {
                    gate.Wait(Token);
                }
            }
        };
        await database.InsertAsync((1, "one"));
        Task flush = database.Engine.CheckpointAsync(Token);
        var background = Task.Run(scheduler.RunAll, Token);
        try
        {
            await flush.WaitAsync(TimeSpan.FromSeconds(30), Token);
        }
        finally
        {
            gate.Set();
        }

        await background;
        Assert.Equal(2, flushes);
        Assert.Equal([1, 2], database.Rows().Keys);
        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task A_flush_of_nothing_makes_nothing()
    {
        MemoryFileSystem files = new();
        await using TestDatabase database = await TestDatabase.OpenAsync(files);
        await database.Engine.CheckpointAsync(Token);
        await database.InsertAsync((1, "one"));
        await database.DeleteAsync(1);

        await database.Engine.CheckpointAsync(Token);
        await database.Engine.CheckpointAsync(Token);

        Assert.Empty(Names(files, FileKind.Segment));
        Assert.Empty(database.Rows());
        await database.ReopenAsync();
        Assert.Empty(database.Rows());
        Assert.Equal(2, (await database.InsertAsync((0, "two"))).Keys[0].ToInt64());
    }

    [Fact]
    public async Task Deletions_of_a_segments_rows_persist_without_a_new_row()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync();
        await database.InsertAsync((1, "one"), (2, "two"));
        await database.Engine.CheckpointAsync(Token);
        await database.DeleteAsync(1);

        await database.Engine.CheckpointAsync(Token);
        await database.ReopenAsync();

        Assert.Equal(0, database.Engine.Recovery.Commits);
        Assert.Equal([(2, "two")], Pairs(database));
    }

    [Fact]
    public async Task Rows_that_end_while_their_own_flush_waits_stay_ended()
    {
        DeterministicScheduler scheduler = new();
        EngineOptions options = TestDatabase.OptionsOn(new MemoryFileSystem()) with { Background = scheduler, MemtableBytes = 1 };
        await using TestDatabase database = await TestDatabase.OpenAsync(options);
        await database.InsertAsync((1, "one"), (2, "two"));

        // Each commit is sealed by itself: the later sets end rows of a segment that is not there yet.
        await database.UpsertAsync((1, "eins"));
        await database.DeleteAsync(2);
        Assert.Equal(3, database.Engine.ReadStatistics().WaitingFlushes);
        scheduler.RunAll();
        await scheduler.RunUntilAsync(database.ReopenAsync());

        Assert.Equal(0, database.Engine.Recovery.Commits);
        Assert.Equal([(1, "eins")], Pairs(database));
        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task A_merge_writes_no_column_that_was_only_declared()
    {
        DeterministicScheduler scheduler = new();
        TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(new MemoryFileSystem()) with { Background = scheduler });
        TableShape declared = database.Declared;
        for (int i = 1; i <= 4; i++)
        {
            await database.InsertAsync((i, $"row {i}"));
            if (i == 4)
            {
                database.Engine.Bind(With(declared, "x", ColumnType.Int32));
            }

            await scheduler.RunUntilAsync(database.Engine.CheckpointAsync(Token));
        }

        scheduler.RunAll();
        Assert.Single(Sources(database));

        // Nothing was written under that declaration, so that its column's number may become another's.
        database.Declared = With(declared, "y", ColumnType.Int64);
        await scheduler.RunUntilAsync(database.ReopenAsync());
        await database.InsertAsync((5, "row 5"));
        await scheduler.RunUntilAsync(database.Engine.CheckpointAsync(Token));
        await scheduler.RunUntilAsync(database.ReopenAsync());

        Assert.Equal([1, 2, 3, 4, 5], database.Rows().Keys);
        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task Memtables_are_flushed_by_themselves_when_they_are_full()
    {
        MemoryFileSystem files = new();
        EngineOptions options = TestDatabase.OptionsOn(files) with { MemtableBytes = 64 << 10 };
        await using TestDatabase database = await TestDatabase.OpenAsync(options);
        for (int i = 0; i < 40; i++)
        {
            await database.InsertAsync([.. Enumerable.Range(i * 100, 100).Select(id => ((long)id + 1, $"row {id}"))]);
        }

        await database.Engine.CheckpointAsync(Token);

        Assert.Equal(4_000, database.Rows().Count);
        await database.ReopenAsync();
        Assert.Equal(4_000, database.Rows().Count);
        Assert.InRange(Names(files, FileKind.Log).Count(), 1, 2);
    }

    [Fact]
    public async Task Segments_that_pile_up_are_merged()
    {
        MemoryFileSystem files = new();
        DeterministicScheduler scheduler = new();
        await using TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(files) with { Background = scheduler });
        for (int i = 0; i < 30; i++)
        {
            await database.UpsertAsync((i + 1, $"row {i}"), (1_000, $"newest {i}"));
            await scheduler.RunUntilAsync(database.Engine.CheckpointAsync(Token));
            scheduler.RunAll();
        }

        Assert.InRange(Sources(database).Length, 1, MergePlanner.MaxScanned);
        Assert.Equal(Sources(database).Length, Names(files, FileKind.Segment).Count());
        Assert.Equal(31, database.Rows().Count);
        Assert.Equal("newest 29", database.Find(1_000));
        await scheduler.RunUntilAsync(database.ReopenAsync());
        Assert.Equal(31, database.Rows().Count);
        Assert.Equal("newest 29", database.Find(1_000));
        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task A_snapshot_shows_the_same_rows_through_writes_flushes_and_merges()
    {
        MemoryFileSystem files = new();
        DeterministicScheduler scheduler = new();
        await using TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(files) with { Background = scheduler });
        await database.InsertAsync((1, "one"), (2, "two"));
        TableSnapshot before = database.Engine.OpenSnapshot(database.Table);
        for (int i = 0; i < 10; i++)
        {
            await database.UpsertAsync((1, $"one {i}"), (10 + i, $"more {i}"));
            await database.DeleteAsync(2);
            await scheduler.RunUntilAsync(database.Engine.CheckpointAsync(Token));
            scheduler.RunAll();
            Assert.Equal([(1L, "one"), (2L, "two")], TestDatabase.Rows(before).Select(row => (row.Key, row.Value)));
            Assert.Equal("two", database.Find(before, 2));
        }

        using TableSnapshot middle = database.Engine.OpenSnapshot(database.Table);
        before.Dispose();
        await database.DeleteAsync(1);
        Assert.Equal("one 9", database.Find(middle, 1));
        Assert.Null(database.Find(1));
        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
        Assert.Equal("one 9", database.Find(middle, 1));
        middle.Dispose();
        Assert.Equal(0, database.Allocator.AllocatedBytes);
    }

    [Fact]
    public async Task Statistics_count_what_is_there()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(definition: TestDatabase.Points(index: IndexKind.Hnsw));
        await database.InsertAsync([.. Enumerable.Range(1, 20).Select(id => ((long)id, "row"))]);
        await database.Engine.WaitForIndexingAsync(null, null, Token);
        await database.DeleteAsync(1, 2);
        await database.InsertAsync((30, "fresh"));

        DatabaseStatistics statistics = database.Engine.ReadStatistics();

        TableStatistics table = Assert.Single(statistics.Tables);
        Assert.Equal(("points", 19L, 2L, 1, 1, 1L), (table.Name, table.Rows, table.EndedVersions, table.Segments, table.SegmentsWithGraph, table.MemtableRows));
        Assert.True(table.MemtableBytes > 0);
        Assert.Equal(3, statistics.PublishedSequence);
        Assert.Equal(3, statistics.DurableSequence);
        Assert.Equal(database.Allocator.AllocatedBytes, statistics.Memory.NativeBytes);
        Assert.Null(statistics.ReadOnlyCause);
    }

    [Fact]
    public async Task A_column_added_by_a_later_declaration_is_empty_in_older_rows()
    {
        MemoryFileSystem files = new();
        await using TestDatabase database = await TestDatabase.OpenAsync(files);
        await database.InsertAsync((1, "flushed"));
        await database.Engine.CheckpointAsync(Token);
        await database.InsertAsync((2, "in memory"));
        TableShape declared = TestDatabase.Points().Shape;
        ColumnShape[] added =
        [
            new(9, "note", ColumnType.Text, IsArray: false, IsNullable: true, IsIndexed: false, Vector: null),
            declared.Columns[2] with { Id = 10, Name = "other" },
        ];

        TableHandle wider = database.Engine.Bind(declared with { Columns = [.. declared.Columns, .. added] });
        using (RowBatch batch = new(wider.Schema))
        {
            using RowEncoder row = new(wider.Schema);
            row.WriteScalar(1, "wide");
            row.WriteScalar(3, "a note");
            row.WriteVector<float>(4, [4, 3, 2, 1]);
            row.Complete();
            batch.Write(WriteOperation.Insert, HeliosKey.Create(3L), row);
            await database.Engine.CommitAsync(wider, batch, Token);
        }

        await database.InsertAsync((4, "by the older declaration"));
        for (int i = 0; i < 3; i++)
        {
            using (TableSnapshot snapshot = database.Engine.OpenSnapshot(wider))
            {
                Assert.Equal([null, null, "a note", null], new long[] { 1, 2, 3, 4 }.Select(id => Read(snapshot, id).ReadObject(3)));
                Assert.Equal([4, 3, 2, 1], Read(snapshot, 3).ReadVector<float>(4));
                Assert.Equal([true, true, false, true], new long[] { 1, 2, 3, 4 }.Select(id => Read(snapshot, id).IsNull(4)));
            }

            if (i == 0)
            {
                database.Declared = wider.Schema.Declared;
                await database.ReopenAsync();
                wider = database.Engine.Bind(wider.Schema.Declared);
            }
            else
            {
                await database.Engine.CheckpointAsync(Token);
            }
        }
    }

    private static TableShape With(TableShape shape, string name, ColumnType type) => shape with
    {
        Columns = [.. shape.Columns, new(9, name, type, IsArray: false, IsNullable: true, IsIndexed: false, Vector: null)],
    };

    private static RowDecoder Read(TableSnapshot snapshot, long id)
    {
        Assert.True(snapshot.TryFind(KeyCodec.Encode(HeliosKey.Create(id)), out RowLocation location));
        using RowCursor cursor = snapshot.Sources[location.Source].OpenCursor(snapshot.Schema);
        cursor.MoveTo(location.Ordinal);
        return cursor.Decode();
    }

    private static RowSource[] Sources(TestDatabase database)
    {
        using TableSnapshot snapshot = database.Engine.OpenSnapshot(database.Table);
        return [.. snapshot.Sources];
    }

    private static IEnumerable<string> Names(MemoryFileSystem files, FileKind kind) =>
        files.List("/data/db").Where(name => FileNames.TryParse(name, out FileKind found, out _) && found == kind);

    private static IEnumerable<(long Id, string Name)> Pairs(TestDatabase database) => database.Rows().Select(row => (row.Key, row.Value));
}
