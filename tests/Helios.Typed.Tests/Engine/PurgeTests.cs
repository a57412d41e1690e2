using System.Runtime.InteropServices;
using System.Text;
using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine.Reliability;
using Xunit;

namespace Helios.Typed.Tests.Engine;

/// <summary>Plants markers in rows, deletes them, and looks for them in every byte of the directory.</summary>
public sealed class PurgeTests
{
    private const string Marker = "PLANTED-MARKER";
    private const long MarkedKey = 0x6B65_794D_6172_6B65;

    private static CancellationToken Token => TestDatabase.Token;

    [Theory]
    [InlineData(Durability.Full)]
    [InlineData(Durability.None)]
    public async Task What_was_deleted_or_replaced_is_in_no_file_after_a_purge(Durability durability)
    {
        InterceptedFileSystem files = new(new MemoryFileSystem());
        await using TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(files) with { Durability = durability, ChangeRetentionBytes = 1 << 20 }, Table);
        await PlantAsync(database);

        PurgeResult purged = await database.Engine.PurgeAsync(Token);

        AssertGone(files, database);
        Assert.Equal((3, 4L), (purged.SegmentsRewritten, purged.RowsRemoved));
        Assert.True(purged.BytesFreed > 0);
        Assert.Equal([(1L, "replaced"), (3L, "stays"), (4L, "stays"), (5L, "stays"), (8L, "stays too")], database.Rows().Select(row => (row.Key, row.Value)));
        Assert.Equal(default, await database.Engine.PurgeAsync(Token));
        await database.ReopenAsync();
        AssertGone(files, database);
        Assert.Empty(database.Engine.Recovery.RemovedFiles);
    }

    [Fact]
    public async Task A_purge_waits_for_the_snapshot_that_still_reads_and_can_cease_to()
    {
        InterceptedFileSystem files = new(new MemoryFileSystem());
        await using TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(files), Table);
        await database.InsertAsync((MarkedKey, Marker), (3, "stays"));
        await database.Engine.CheckpointAsync(Token);
        TableSnapshot snapshot = database.Engine.OpenSnapshot(database.Table);
        await database.DeleteAsync(MarkedKey);

        using CancellationTokenSource cancelling = new();
        Task<PurgeResult> cancelled = database.Engine.PurgeAsync(cancelling.Token);
        Task<PurgeResult> waiting = database.Engine.PurgeAsync(Token);
        while (database.Engine.ReadStatistics().Tables[0].EndedVersions > 0)
        {
            await Task.Yield();
        }

        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(waiting.IsCompleted);
        Assert.Equal([(3L, "stays"), (MarkedKey, Marker)], TestDatabase.Rows(snapshot).Select(row => (row.Key, row.Value)));
        Assert.NotEmpty(FilesWith(files, database.Options.Path, Encoding.UTF8.GetBytes(Marker)));

        snapshot.Dispose();
        await waiting;
        AssertGone(files, database);
    }

    [Fact]
    public async Task A_purge_waits_for_the_files_that_a_merge_replaced_before_it()
    {
        DeterministicScheduler scheduler = new();
        InterceptedFileSystem files = new(new MemoryFileSystem());
        await using TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(files) with { Background = scheduler }, TestDatabase.Points());
        await database.InsertAsync((MarkedKey, Marker), (3, "stays"));
        await scheduler.RunUntilAsync(database.Engine.CheckpointAsync(Token));
        TableSnapshot snapshot = database.Engine.OpenSnapshot(database.Table);
        await database.DeleteAsync(MarkedKey);
        for (int i = 0; i < 4; i++)
        {
            await database.InsertAsync((10 + i, "fills"));
            await scheduler.RunUntilAsync(database.Engine.CheckpointAsync(Token));
        }

        scheduler.RunAll();
        Task<PurgeResult> purge = database.Engine.PurgeAsync(Token);
        for (int i = 0; i < 100; i++)
        {
            scheduler.RunAll();
            await Task.Yield();
        }

        Assert.False(purge.IsCompleted);
        snapshot.Dispose();
        await scheduler.RunUntilAsync(purge);
        AssertGone(files, database);
        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task A_purge_leaves_the_logs_to_a_hold_that_was_taken_before_it_and_waits_for_no_later_one()
    {
        DeterministicScheduler scheduler = new();
        InterceptedFileSystem files = new(new MemoryFileSystem());
        await using TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(files) with { Background = scheduler }, TestDatabase.Points());
        await database.InsertAsync((MarkedKey, Marker), (3, "stays"));
        await database.DeleteAsync(MarkedKey);
        FileHold hold = database.Engine.HoldFiles();
        Assert.NotEmpty(hold.Logs);

        Task<PurgeResult> purge = database.Engine.PurgeAsync(Token);
        while (!EngineInside.IsWaitingForHolds(database.Engine))
        {
            scheduler.RunAll();
            Assert.False(purge.IsCompleted);
            await Task.Yield();
        }

        Assert.All(hold.Logs, log => Assert.True(files.FileExists(Path.Combine(hold.Directory, log.FileName)), log.FileName));
        FileHold later = database.Engine.HoldFiles();
        hold.Dispose();
        await scheduler.RunUntilAsync(purge);
        AssertGone(files, database);
        Assert.All(later.Logs, log => Assert.True(files.FileExists(Path.Combine(later.Directory, log.FileName)), log.FileName));
        later.Dispose();
        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task A_file_that_cannot_be_deleted_is_no_purge()
    {
        InterceptedFileSystem files = new(new MemoryFileSystem());
        await using TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(files), Table);
        await PlantAsync(database);
        files.Before = (operation, path) =>
        {
            if (operation == FileOperation.Delete && path.EndsWith(".seg", StringComparison.Ordinal))
            {
                throw new IOException("held by a virus scanner");
            }
        };

        HeliosException error = await Assert.ThrowsAsync<HeliosException>(() => database.Engine.PurgeAsync(Token));

        Assert.Contains("still there", error.Message, StringComparison.Ordinal);
        Assert.Contains("virus scanner", error.Message, StringComparison.Ordinal);
        files.Before = null;
        await database.ReopenAsync();
        await database.Engine.PurgeAsync(Token);
        AssertGone(files, database);
    }

    [Fact]
    public async Task On_a_real_disk_nothing_is_left_either()
    {
        using Storage.Files.TemporaryDirectory directory = new();
        EngineOptions options = TestDatabase.OptionsOn(PhysicalFileSystem.Instance, Path.Combine(directory.Path, "db"));
        await using TestDatabase database = await TestDatabase.OpenAsync(options, Table);
        await PlantAsync(database);

        await database.Engine.PurgeAsync(Token);

        AssertGone(PhysicalFileSystem.Instance, database);
    }

    private static TableDefinition Table => TestDatabase.Points(index: IndexKind.Hnsw);

    // Of no segment have so many rows ended that it is rewritten without a purge.
    // A marked row in a segment with a graph, one replaced in another, one that never left the log, one replaced and then deleted.
    private static async Task PlantAsync(TestDatabase database)
    {
        await database.InsertAsync((MarkedKey, Marker + " 1"), (1, Marker + " 2"), (3, "stays"), (4, "stays"), (5, "stays"));
        await database.Engine.WaitForIndexingAsync(database.Table, null, Token);
        await database.InsertAsync((8, "stays too"), (9, Marker + " 3"));
        await database.Engine.CheckpointAsync(Token);
        await database.DeleteAsync(MarkedKey);
        await database.UpsertAsync((1, "replaced"), (MarkedKey + 1, Marker + " 4"));
        await database.Engine.CheckpointAsync(Token);
        await database.DeleteAsync(9, MarkedKey + 1);
        foreach (byte[] marker in Markers())
        {
            Assert.NotEmpty(FilesWith(database.Options.Files, database.Options.Path, marker));
        }
    }

    private static void AssertGone(IFileSystem files, TestDatabase database)
    {
        foreach (byte[] marker in Markers())
        {
            Assert.Empty(FilesWith(files, database.Options.Path, marker));
        }
    }

    /// <summary>The row's text, the key as stored in order and as it is in a row, and the vector's numbers.</summary>
    private static byte[][] Markers() =>
    [
        Encoding.UTF8.GetBytes(Marker),
        Records.KeyBytes(MarkedKey),
        MemoryMarshal.AsBytes(TestBatch.PlaceOf(Marker + " 1").AsSpan()[1..3]).ToArray(),
    ];

    private static List<string> FilesWith(IFileSystem files, string directory, byte[] marker)
    {
        List<string> found = [];
        foreach (string name in files.List(directory).Where(name => name is not (FileNames.Lock or FileNames.LockHolder)))
        {
            using IFile file = files.Open(Path.Combine(directory, name), FileOpenMode.Read);
            byte[] bytes = new byte[file.Length];
            file.ReadAt(bytes, 0);
            if (bytes.AsSpan().IndexOf(marker) >= 0)
            {
                found.Add(name);
            }
        }

        return found;
    }

    private static class Records
    {
        // Without the first byte, whose highest bit orders negative keys.
        public static byte[] KeyBytes(long key) => Helios.Typed.Records.KeyCodec.Encode(HeliosKey.Create(key))[1..];
    }
}
