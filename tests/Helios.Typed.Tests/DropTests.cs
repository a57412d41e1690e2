using System.Runtime.InteropServices;
using System.Text;
using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Helios.Typed.TestKit.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests;

public sealed class DropTests
{
    private const string Marker = "a secret that should go";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_dropped_table_is_gone_with_its_files_and_its_name_is_free(bool isFlushed)
    {
        MemoryFileSystem files = new();
        await using (HeliosDatabase database = Open(files))
        {
            HeliosTable items = database.Table(Items().Build());
            await WriteAsync(items, 1, Marker);
            if (isFlushed)
            {
                await database.CheckpointAsync(Token);
            }

            Assert.True(await database.DropTableAsync("ITEMS", Token));
            Assert.False(await database.DropTableAsync("items", Token));
            Assert.Equal(0, await items.CountAsync(cancellationToken: Token));
            await WriteAsync(items, 2, "new");
        }

        await using HeliosDatabase again = Open(files);
        Assert.Equal([2L], (await again.Table(Items().Build()).ListAsync(cancellationToken: Token)).Select(row => row["id"]));
        await again.CheckpointAsync(Token);
        Assert.False(IsOnDisk(files, Marker));
    }

    [Fact]
    public async Task A_reader_keeps_a_dropped_table_until_it_is_done()
    {
        MemoryFileSystem files = new();
        await using TestDatabase database = await TestDatabase.OpenAsync(files);
        await database.InsertAsync((1, "one"), (2, "two"));
        await database.Engine.CheckpointAsync(Token);
        using (TableSnapshot snapshot = database.Engine.OpenSnapshot(database.Table))
        {
            Assert.True(await database.Engine.DropTableAsync("points", Token));
            await database.Engine.CheckpointAsync(Token);
            Assert.Equal(["one", "two"], TestDatabase.Rows(snapshot).Values);
            Assert.Throws<HeliosSchemaException>(() => database.Engine.OpenSnapshot(database.Table));
            await Assert.ThrowsAsync<HeliosSchemaException>(() => database.InsertAsync((3, "three")));
        }

        Assert.DoesNotContain(files.List("/data/db"), name => name.EndsWith(".seg", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_backup_that_begins_before_the_flush_after_a_drop_keeps_the_segments_that_its_manifest_names()
    {
        MemoryFileSystem files = new();
        await using TestDatabase database = await TestDatabase.OpenAsync(files);
        await database.InsertAsync((1, "one"), (2, "two"));
        await database.Engine.CheckpointAsync(Token);
        Assert.True(await database.Engine.DropTableAsync("points", Token));
        using (FileHold hold = database.Engine.HoldFiles())
        {
            await database.Engine.CheckpointAsync(Token);
            Assert.True(files.FileExists(Path.Combine("/data/db", Assert.Single(hold.Manifest.Segments).FileName)));
        }

        Assert.Empty(SegmentsOf(files));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_flush_or_a_merge_wrote_of_a_table_that_was_dropped_meanwhile_goes_with_the_next_flush(bool isMerge)
    {
        InterceptedFileSystem files = new(new MemoryFileSystem());
        await using TestDatabase database = await TestDatabase.OpenAsync(files);
        await database.InsertAsync((1, "one"), (2, "two"));
        if (isMerge)
        {
            await database.Engine.CheckpointAsync(Token);
            await database.DeleteAsync(1);
            await database.Engine.CheckpointAsync(Token);
        }

        bool wasDropped = false;
        files.Before = (operation, path) =>
        {
            if (operation == FileOperation.Open && path.EndsWith(".seg.tmp", StringComparison.Ordinal))
            {
                files.Before = null;
                wasDropped = Drop(database);
            }
        };
        await (isMerge ? database.Engine.PurgeAsync(Token) : database.Engine.CheckpointAsync(Token));
        Assert.True(wasDropped);
        await database.Engine.CheckpointAsync(Token);

        Assert.Empty(SegmentsOf(files));
    }

    [Fact]
    public async Task A_purge_goes_on_where_a_table_is_dropped_and_the_manifest_follows_between_two_of_its_segments()
    {
        InterceptedFileSystem files = new(new MemoryFileSystem());
        await using TestDatabase database = await TestDatabase.OpenAsync(files);
        for (long id = 1; id <= 3; id += 2)
        {
            await database.InsertAsync((id, "stays"), (id + 1, "goes"));
            await database.Engine.CheckpointAsync(Token);
        }

        await database.DeleteAsync(2, 4);
        await database.Engine.CheckpointAsync(Token);
        int written = 0;
        files.Before = (operation, path) =>
        {
            if (operation == FileOperation.Open && path.EndsWith(".seg.tmp", StringComparison.Ordinal) && ++written == 1)
            {
                Drop(database);
                Task.Run(() => database.Engine.CheckpointAsync(Token), Token).GetAwaiter().GetResult();
            }
        };

        PurgeResult purged = await database.Engine.PurgeAsync(Token);

        Assert.Equal((1, 1), (written, purged.SegmentsRewritten));
        await database.Engine.CheckpointAsync(Token);
        Assert.Empty(SegmentsOf(files));
    }

    [Fact]
    public async Task The_id_of_a_dropped_table_is_never_used_again()
    {
        MemoryFileSystem files = new();
        await using TestDatabase database = await TestDatabase.OpenAsync(files);
        await database.InsertAsync((1, "one"));
        uint id = database.Table.Table.Id.Value;
        await database.Engine.DropTableAsync("points", Token);
        await database.Engine.CheckpointAsync(Token);

        await database.ReopenAsync();

        Assert.True(database.Table.Table.Id.Value > id);
    }

    [Fact]
    public async Task Power_lost_during_any_operation_leaves_the_table_whole_or_gone()
    {
        SimulatedFileSystem files = new();
        long begun;
        long dropped;
        await using (HeliosDatabase database = Open(files))
        {
            HeliosTable items = database.Table(Items().Build());
            await WriteAsync(items, 1, "a");
            await database.CheckpointAsync(Token);
            await WriteAsync(items, 2, "b");
            begun = files.OperationCount;
            await database.DropTableAsync("items", Token);
            dropped = files.OperationCount;
            await WriteAsync(items, 3, "c");
            await database.CheckpointAsync(Token);
        }

        CrashPolicy[] policies = Enum.GetValues<CrashPolicy>();
        for (long operation = begun + 1; operation <= files.OperationCount + 1; operation++)
        {
            await using HeliosDatabase database = Open(files.CrashAt(operation, policies[operation % policies.Length], (int)operation));
            string ids = string.Join(",", (await database.Table(Items().Build()).ListAsync(cancellationToken: Token)).Select(row => row["id"]));
            Assert.Contains(ids, operation <= dropped ? new[] { "1,2", "" } : ["", "3"]);
        }
    }

    [Fact]
    public async Task A_dropped_column_leaves_the_disk_and_its_name_is_free()
    {
        MemoryFileSystem files = new();
        await using (HeliosDatabase database = Open(files))
        {
            await WriteAsync(database.Table(Items().Build()), 1, Marker);
            await database.CheckpointAsync(Token);
            HeliosSchemaException declared = await Assert.ThrowsAsync<HeliosSchemaException>(() => database.DropColumnAsync("items", "name", Token));
            Assert.Contains("code of this process declares it", declared.Message, StringComparison.Ordinal);
        }

        await using (HeliosDatabase database = Open(files))
        {
            HeliosTable narrow = database.Table(Narrow().Build());
            await WriteAsync(narrow, 2, null);
            await database.CheckpointAsync(Token);
            await database.WaitForIndexingAsync(cancellationToken: Token);
            Assert.True(IsOnDisk(files, Marker));

            await database.DropColumnAsync("items", "name", Token);
            await database.DropColumnAsync("items", "mood", Token);
            await WriteAsync(narrow, 3, null);
            await WriteAsync(narrow, 5, null);
            await database.CheckpointAsync(Token);
            await database.WaitForIndexingAsync(cancellationToken: Token);
        }

        await using HeliosDatabase again = Open(files);
        HeliosTable items = again.Table(Items(nullable: true).Build());
        Assert.Equal([null, null, null, null], (await items.ListAsync(cancellationToken: Token)).Select(row => row["name"]));
        await WriteAsync(items, 4, "new");
        Assert.Equal("new", (await items.FindAsync(HeliosKey.Create(4L), Token))!["name"]);
        Assert.Equal(new float[] { 4, 5 }, (await items.FindAsync(HeliosKey.Create(4L), Token))!["mood"]);
        Assert.Equal(4L, (await items.NearestAsync("mood", new float[] { 4, 5 }, 1, cancellationToken: Token))[0].Record["id"]);
        Assert.False(IsOnDisk(files, Marker));
    }

    [Fact]
    public async Task A_purge_takes_the_values_of_a_dropped_column_out_of_segments_that_nothing_else_rewrites()
    {
        MemoryFileSystem files = new();
        await using (HeliosDatabase database = Open(files))
        {
            HeliosTable items = database.Table(Items().Build());
            await WriteAsync(items, 1, Marker);
            await WriteAsync(items, 2, Marker + " too");
            await database.WaitForIndexingAsync(cancellationToken: Token);
        }

        await using HeliosDatabase narrower = Open(files);
        HeliosTable narrow = narrower.Table(Narrow().Build());
        await WriteAsync(narrow, 3, null);
        Assert.Equal(0, (await narrower.PurgeAsync(Token)).SegmentsRewritten);
        Assert.True(IsOnDisk(files, Marker));

        await narrower.DropColumnAsync("items", "name", Token);
        await narrower.CheckpointAsync(Token);
        Assert.True(IsOnDisk(files, Marker));
        PurgeResult purged = await narrower.PurgeAsync(Token);

        Assert.False(IsOnDisk(files, Marker));
        Assert.Equal((2, 0L), (purged.SegmentsRewritten, purged.RowsRemoved));
        Assert.True(purged.BytesFreed > 0);
        Assert.Equal([1L, 2L, 3L], (await narrow.ListAsync(cancellationToken: Token)).Select(row => row["id"]));
        Assert.Equal(default, await narrower.PurgeAsync(Token));

        // A vector's values too, and a column that came and went later is in none of the files.
        float[] mood = [1, 2];
        Assert.True(IsOnDisk(files, MemoryMarshal.AsBytes<float>(mood)));
        await narrower.DropColumnAsync("items", "mood", Token);
        Assert.Equal(2, (await narrower.PurgeAsync(Token)).SegmentsRewritten);
        Assert.False(IsOnDisk(files, MemoryMarshal.AsBytes<float>(mood)));
    }

    [Fact]
    public async Task A_column_that_came_after_a_segment_and_was_dropped_gives_a_purge_nothing_to_do()
    {
        MemoryFileSystem files = new();
        await using (HeliosDatabase database = Open(files))
        {
            await WriteAsync(database.Table(Narrow().Build()), 1, null);
            await database.CheckpointAsync(Token);
            await WriteAsync(database.Table(Narrow().Column("late", ColumnType.Text, nullable: true).Build()), 2, null);
        }

        await using HeliosDatabase again = Open(files);
        again.Table(Narrow().Build());
        await again.DropColumnAsync("items", "late", Token);

        Assert.Equal(default, await again.PurgeAsync(Token));
    }

    private static bool Drop(TestDatabase database) => database.Engine.DropTableAsync("points", Token).GetAwaiter().GetResult();

    private static IEnumerable<string> SegmentsOf(IFileSystem files) =>
        files.List("/data/db").Where(name => name.EndsWith(".seg", StringComparison.Ordinal));

    [Theory]
    [InlineData("nothing", "name", "no table 'nothing'")]
    [InlineData("items", "nothing", "no column 'nothing'; it has id, mood, place, name")]
    [InlineData("items", "id", "it is the key")]
    public async Task What_cannot_be_dropped_is_refused(string table, string column, string says)
    {
        MemoryFileSystem files = new();
        await using HeliosDatabase database = Open(files);
        await WriteAsync(database.Table(Items().Build()), 1, "a");

        HeliosSchemaException error = await Assert.ThrowsAsync<HeliosSchemaException>(() => database.DropColumnAsync(table, column, Token));

        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    private static TableDefinitionBuilder Items(bool nullable = false) => TableDefinition.Create("items")
        .Key("id", ColumnType.Int64)
        .Vector("mood", new VectorColumnAttribute(2, Metric.Euclidean), nullable: true)
        .Vector("place", new VectorColumnAttribute(2, Metric.Euclidean) { Index = IndexKind.Hnsw })
        .Column("name", ColumnType.Text, nullable);

    private static TableDefinitionBuilder Narrow() => TableDefinition.Create("items")
        .Key("id", ColumnType.Int64)
        .Vector("place", new VectorColumnAttribute(2, Metric.Euclidean) { Index = IndexKind.Hnsw });

    private static Task WriteAsync(HeliosTable table, long id, string? name)
    {
        HeliosRow row = new(table.Definition) { ["id"] = id, ["place"] = new float[] { id, 0 } };
        if (name is not null)
        {
            (row["name"], row["mood"]) = (name, new float[] { id, id + 1 });
        }

        return table.WriteAsync(new HeliosRowBatch().Insert(row), Token).AsTask();
    }

    private static bool IsOnDisk(MemoryFileSystem files, string text) => IsOnDisk(files, Encoding.UTF8.GetBytes(text));

    private static bool IsOnDisk(MemoryFileSystem files, ReadOnlySpan<byte> searched)
    {
        foreach (string name in files.List("/data/db"))
        {
            using IFile file = files.Open($"/data/db/{name}", FileOpenMode.Read);
            byte[] bytes = new byte[file.Length];
            file.ReadAt(bytes, 0);
            if (bytes.AsSpan().IndexOf(searched) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static HeliosDatabase Open(IFileSystem files) => new(TestDatabase.OptionsOn(files), "/data/db");
}
