using System.Runtime.CompilerServices;
using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class SnapshotTests
{
    [Fact]
    public async Task A_snapshot_keeps_its_memory_past_the_database_until_it_is_disposed()
    {
        TestDatabase database = await TestDatabase.OpenAsync();
        await database.InsertAsync((1, "one"));
        TableSnapshot snapshot = database.Engine.OpenSnapshot(database.Table);
        await database.DisposeAsync();

        Assert.Equal("one", database.Find(snapshot, 1));
        Assert.True(database.Allocator.AllocatedBytes > 0);
        snapshot.Dispose();
        snapshot.Dispose();
        Assert.Equal(0, database.Allocator.AllocatedBytes);
    }

    [Fact]
    public async Task A_snapshot_that_was_abandoned_is_reported_and_let_go()
    {
        using CollectingLoggers events = new();
        TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(new MemoryFileSystem()) with { Loggers = events });
        await database.InsertAsync((1, "one"));
        Abandon(database);
        await database.DisposeAsync();

        while (events.Count(1003) == 0)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Yield();
        }

        Assert.Equal(1, events.Count(1003));
        Assert.Equal(0, database.Allocator.AllocatedBytes);
    }

    [Fact]
    public async Task A_disposed_snapshot_is_not_reported()
    {
        using CollectingLoggers events = new();
        await using TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(new MemoryFileSystem()) with { Loggers = events });
        await database.InsertAsync((1, "one"));
        database.Engine.OpenSnapshot(database.Table).Dispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Equal(0, events.Count(1003));
        Assert.Equal(1, events.Count(1000));
    }

    [Fact]
    public async Task A_snapshot_pinned_amid_a_drop_shows_the_rows_at_every_commit_before_it()
    {
        LimitedAllocator allocator = new();
        await using TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(new MemoryFileSystem()) with { Allocator = allocator });
        long inserted = (await database.InsertAsync((1, "one"))).Sequence;
        List<EngineSnapshot> pinned = [];

        // The rows' memory goes with the version that had the table: when its successor has just taken its place.
        allocator.Freed = () => pinned.Add(database.Engine.OpenSnapshot());
        await database.Engine.DropTableAsync("points", TestDatabase.Token);
        allocator.Freed = null;

        Assert.NotEmpty(pinned);
        foreach (EngineSnapshot snapshot in pinned)
        {
            using (snapshot)
            using (TableSnapshot table = snapshot.OpenTable(database.Table))
            {
                bool isBefore = snapshot.Sequence.Value <= (ulong)inserted;
                Assert.True(isBefore == TestDatabase.Rows(table).ContainsKey(1), $"at commit {snapshot.Sequence.Value}");
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Abandon(TestDatabase database) => _ = database.Engine.OpenSnapshot(database.Table).Sources.Count;
}
