using Helios.Typed.Engine;
using Helios.Typed.Operations;
using Helios.Typed.Storage.Files;
using Helios.Typed.TestKit.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Operations;

/// <summary>Goes on from positions in databases that gave commit numbers out again.</summary>
public sealed class HistoryTests
{
    private const string Restored = "/data/restored";

    private static CancellationToken Token => TestDatabase.Token;

    [Fact]
    public async Task A_restored_database_goes_on_from_what_the_backup_had_and_refuses_what_came_after_it()
    {
        MemoryFileSystem files = new();
        Ids ids = new();
        await using TestDatabase database = await OpenAsync(files, BackupFixture.Source, ids);
        await database.InsertAsync((1, "one"));
        await database.Engine.CheckpointAsync(Token);
        await database.InsertAsync((2, "two"));
        BackUp(database, files);
        ChangePosition inBackup = await PositionAsync(database);
        await database.InsertAsync((3, "three"));
        ChangePosition after = await PositionAsync(database);

        Restore(files, ids);
        await using TestDatabase restored = await OpenAsync(files, Restored, ids);

        Assert.Equal((2, 3), (inBackup.Sequence, after.Sequence));
        await RefusesAsync(restored, after);
        Assert.Empty(await ReadAsync(restored, inBackup));

        // The number is given out again: this is where a bare number would say that nothing was missed.
        await restored.InsertAsync((4, "another three"));
        await restored.InsertAsync((5, "five"));
        await RefusesAsync(restored, after);
        Assert.Equal(["another three", "five"], await ReadAsync(restored, inBackup));
        ChangePosition present = await PositionAsync(restored);
        Assert.NotEqual(after.History, present.History);
        Assert.Equal(["five"], await ReadAsync(restored, present with { Sequence = 3 }));
        Assert.Equal(["two", "another three", "five"], await ReadAsync(restored, present with { Sequence = 1 }));

        // Nor does the old database take the new one's.
        await RefusesAsync(database, present);
        Assert.Equal(["three"], await ReadAsync(database, inBackup));
    }

    [Fact]
    public async Task A_restore_of_a_restored_database_goes_on_from_both()
    {
        MemoryFileSystem files = new();
        Ids ids = new();
        ChangePosition first;
        await using (TestDatabase database = await OpenAsync(files, BackupFixture.Source, ids))
        {
            await database.InsertAsync((1, "one"));
            first = await PositionAsync(database);
        }

        // A closed database is moved whole: its readers go on.
        BackupFixture.Restore(files, "/data/second", BackupFixture.Source, newId: ids.Next);
        ChangePosition second;
        await using (TestDatabase database = await OpenAsync(files, "/data/second", ids))
        {
            await database.InsertAsync((2, "two"));
            second = await PositionAsync(database);
        }

        BackupFixture.Restore(files, "/data/third", "/data/second", newId: ids.Next);
        await using TestDatabase third = await OpenAsync(files, "/data/third", ids);
        await third.InsertAsync((3, "three"));

        Assert.Equal(["two", "three"], await ReadAsync(third, first));
        Assert.Equal(["three"], await ReadAsync(third, second));
        await RefusesAsync(third, first with { Sequence = 2 });
        await RefusesAsync(third, second with { Sequence = 3 });
        await RefusesAsync(third, new ChangePosition(Guid.NewGuid(), 1));
    }

    [Fact]
    public async Task A_backup_that_is_opened_for_writing_begins_a_history_and_one_that_is_read_does_not()
    {
        MemoryFileSystem files = new();
        Ids ids = new();
        await using TestDatabase database = await OpenAsync(files, BackupFixture.Source, ids);
        await database.InsertAsync((1, "one"));
        await database.Engine.CheckpointAsync(Token);
        await database.InsertAsync((2, "two"));
        BackUp(database, files);
        ChangePosition inBackup = await PositionAsync(database);

        await using (TestDatabase read = await TestDatabase.OpenAsync(Options(files, BackupFixture.Target, ids) with { ReadOnly = true }))
        {
            Assert.Equal(inBackup, await PositionAsync(read));
            Assert.Equal(["two"], await ReadAsync(read, inBackup with { Sequence = 1 }));
        }

        for (int opening = 0; opening < 2; opening++)
        {
            await using TestDatabase written = await OpenAsync(files, BackupFixture.Target, ids);
            await written.UpsertAsync((3, $"other {opening}"));
            await RefusesAsync(written, inBackup with { Sequence = 3 });

            // As far as its segments go, it is known to have what the other had.
            Assert.Equal(opening == 0 ? ["two", "other 0"] : ["two", "other 0", "other 1"], await ReadAsync(written, inBackup with { Sequence = 1 }));
            Assert.NotEqual(inBackup.History, written.Engine.History);
        }
    }

    [Fact]
    public async Task A_backup_of_commits_that_could_not_be_made_durable_ends_the_history_before_them()
    {
        SimulatedFileSystem files = new();
        Ids ids = new();
        DeterministicScheduler scheduler = new();
        TestDatabase database = await TestDatabase.OpenAsync(Options(files, BackupFixture.Source, ids) with { Durability = Durability.None, Background = scheduler });
        await database.InsertAsync((1, "one"));
        await scheduler.RunUntilAsync(database.Engine.FlushAsync(Token));
        ChangePosition durable = await PositionAsync(database);
        await database.InsertAsync((2, "two"));
        files.FailAt(files.OperationCount + 1, FaultKind.IoError);

        BackupResult backup = BackUp(database, files);
        files.Repair();

        Assert.Equal(2, backup.Sequence);
        Restore(files, ids);
        await using TestDatabase restored = await OpenAsync(files, Restored, ids);
        Assert.Equal(2, restored.Rows().Count);
        await RefusesAsync(restored, durable with { Sequence = 2 });
        Assert.Equal(["two"], await ReadAsync(restored, durable));
        await Assert.ThrowsAsync<HeliosException>(() => scheduler.RunUntilAsync(database.DisposeAsync().AsTask()));
    }

    [Theory]
    [InlineData(Durability.Interval)]
    [InlineData(Durability.None)]
    public async Task A_backup_makes_durable_what_it_holds(Durability durability)
    {
        SimulatedFileSystem files = new();
        DeterministicScheduler scheduler = new();
        TestDatabase database = await TestDatabase.OpenAsync(Options(files, BackupFixture.Source, new Ids()) with { Durability = durability, Background = scheduler, Clock = new ManualClock() });
        await database.InsertAsync((1, "one"));

        BackUp(database, files);

        SimulatedFileSystem survivor = files.CrashAt(files.OperationCount + 1, CrashPolicy.KeepNone, 1);
        Assert.Equal("one", Assert.Single((await BackupFixture.ReadAsync(survivor, BackupFixture.Source))!).Value);
        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_copy_of_a_database_that_was_not_closed_takes_for_common_what_is_durable_for_sure(bool isBackedUp)
    {
        SimulatedFileSystem files = new();
        Ids ids = new();
        DeterministicScheduler scheduler = new();
        TestDatabase database = await TestDatabase.OpenAsync(Options(files, BackupFixture.Source, ids) with { Durability = Durability.None, Background = scheduler });
        await database.InsertAsync((1, "one"));
        await scheduler.RunUntilAsync(database.Engine.CheckpointAsync(Token));
        await database.InsertAsync((2, "two"));
        Guid history = database.Engine.History;
        SimulatedFileSystem survivor = files.CrashAt(files.OperationCount + 1, CrashPolicy.KeepAll, 1);

        if (isBackedUp)
        {
            await using TestDatabase read = await TestDatabase.OpenAsync(Options(survivor, BackupFixture.Source, ids) with { ReadOnly = true });
            Assert.Equal(2, BackUp(read, survivor).Sequence);
        }

        Restore(survivor, ids, isBackedUp ? BackupFixture.Target : BackupFixture.Source);

        await using TestDatabase restored = await OpenAsync(survivor, Restored, ids);
        Assert.Equal(2, restored.Rows().Count);
        Assert.Equal(["two"], await ReadAsync(restored, new ChangePosition(history, 1)));
        await RefusesAsync(restored, new ChangePosition(history, 2));
        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task A_salvaged_database_refuses_every_position_of_before_and_tells_nothing_of_before()
    {
        MemoryFileSystem files = new();
        Ids ids = new();
        ChangePosition before;
        await using (TestDatabase database = await OpenAsync(files, BackupFixture.Source, ids))
        {
            await database.InsertAsync((1, "one"));
            await database.Engine.CheckpointAsync(Token);
            await database.InsertAsync((2, "two"));
            await database.InsertAsync((3, "three"));
            before = await PositionAsync(database);
        }

        Damage(files, FileNames.Log(2), 2 * 4096);
        await using TestDatabase salvaged = await TestDatabase.OpenAsync(Options(files, BackupFixture.Source, ids) with { RecoveryMode = RecoveryMode.Salvage });
        await salvaged.InsertAsync((4, "four"));
        await salvaged.InsertAsync((5, "five"));

        Assert.NotEmpty(salvaged.Engine.Recovery.Losses);
        for (long sequence = 1; sequence <= 3; sequence++)
        {
            await RefusesAsync(salvaged, before with { Sequence = sequence });
        }

        HeliosChangesTrimmedException error = await Assert.ThrowsAsync<HeliosChangesTrimmedException>(() => ReadAsync(salvaged, ChangePosition.Start));
        Assert.Equal((await PositionAsync(salvaged)) with { Sequence = 2 }, error.AvailableSince);
        Assert.Equal(["four", "five"], await ReadAsync(salvaged, error.AvailableSince));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_salvage_that_loses_a_log_of_the_feed_alone_leaves_the_history_and_trims_the_feed(bool isMissing)
    {
        MemoryFileSystem files = new();
        Ids ids = new();
        ChangePosition last;
        await using (TestDatabase database = await OpenAsync(files, BackupFixture.Source, ids))
        {
            foreach (string name in new[] { "one", "two", "three" })
            {
                await database.InsertAsync((0, name));
                await database.Engine.CheckpointAsync(Token);
            }

            last = await PositionAsync(database);
        }

        string damaged = Path.Combine(BackupFixture.Source, FileNames.Log(2));
        if (isMissing)
        {
            files.Delete(damaged);
        }
        else
        {
            Damage(files, FileNames.Log(2), 4096);
        }

        await using TestDatabase salvaged = await TestDatabase.OpenAsync(Options(files, BackupFixture.Source, ids) with { RecoveryMode = RecoveryMode.Salvage });

        RecoveryLoss loss = Assert.Single(salvaged.Engine.Recovery.Losses);
        Assert.Equal((damaged, 0), (loss.File, loss.Rows));
        Assert.Equal(isMissing, loss.KeptAs is null);
        Assert.Equal(last, await PositionAsync(salvaged));
        Assert.Empty(await ReadAsync(salvaged, last));
        HeliosChangesTrimmedException error = await Assert.ThrowsAsync<HeliosChangesTrimmedException>(() => ReadAsync(salvaged, last with { Sequence = 1 }));
        Assert.Equal(last with { Sequence = 2 }, error.AvailableSince);
        Assert.Equal(["three"], await ReadAsync(salvaged, error.AvailableSince));
        Assert.Equal(3, salvaged.Rows().Count);
        Assert.Empty(Verification.Run(salvaged.Engine, null, Token).Problems);
    }

    [Fact]
    public async Task A_salvage_that_finds_nothing_leaves_the_history()
    {
        MemoryFileSystem files = new();
        Ids ids = new();
        ChangePosition before;
        await using (TestDatabase database = await OpenAsync(files, BackupFixture.Source, ids))
        {
            await database.InsertAsync((1, "one"));
            before = await PositionAsync(database);
        }

        await using TestDatabase salvaged = await TestDatabase.OpenAsync(Options(files, BackupFixture.Source, ids) with { RecoveryMode = RecoveryMode.Salvage });

        Assert.Equal(before, await PositionAsync(salvaged));
    }

    [Fact]
    public async Task Power_lost_at_any_operation_of_a_salvage_never_leaves_lost_commits_under_the_old_history()
    {
        SimulatedFileSystem files = new();
        Guid before;
        await using (TestDatabase database = await OpenAsync(files, BackupFixture.Source, new Ids()))
        {
            before = database.Engine.History;
            await database.InsertAsync((1, "one"));
            await database.InsertAsync((2, "two"));
            await database.InsertAsync((3, "three"));
        }

        Damage(files, FileNames.Log(1), 2 * 4096);
        long begun = files.OperationCount;
        Ids ids = new(100);
        await using (await TestDatabase.OpenAsync(Options(files, BackupFixture.Source, ids) with { RecoveryMode = RecoveryMode.Salvage }))
        {
        }

        long ended = files.OperationCount;
        int opened = 0;
        foreach (CrashPolicy policy in Enum.GetValues<CrashPolicy>())
        {
            for (long operation = begun + 1; operation <= ended + 1; operation++)
            {
                SimulatedFileSystem survivor = files.CrashAt(operation, policy, (int)operation);
                foreach (RecoveryMode mode in new[] { RecoveryMode.Strict, RecoveryMode.Salvage })
                {
                    try
                    {
                        await using TestDatabase database = await TestDatabase.OpenAsync(Options(survivor, BackupFixture.Source, new Ids(200)) with { RecoveryMode = mode });
                        Assert.True(database.Engine.History != before, $"{policy} at {operation}: {database.Rows().Count} rows under the old history");
                        opened++;
                    }
                    catch (HeliosCorruptionException) when (mode == RecoveryMode.Strict)
                    {
                        // As the damage was before the salvage.
                    }
                }
            }
        }

        Assert.True(opened > 2 * (ended - begun), $"{opened}");
    }

    private static EngineOptions Options(IFileSystem files, string path, Ids ids) =>
        TestDatabase.OptionsOn(files, path) with { ChangeRetentionBytes = 1 << 20, NewId = ids.Next };

    private static Task<TestDatabase> OpenAsync(IFileSystem files, string path, Ids ids) => TestDatabase.OpenAsync(Options(files, path, ids));

    private static BackupResult BackUp(TestDatabase database, IFileSystem files) =>
        Backup.Run(database.Engine, files, BackupFixture.Target, new BackupOptions { CopyFiles = true }, null, Token);

    private static void Restore(IFileSystem files, Ids ids, string target = BackupFixture.Target) =>
        BackupFixture.Restore(files, Restored, target, newId: ids.Next);

    private static async Task<ChangePosition> PositionAsync(TestDatabase database) => await database.Engine.FindPositionAsync(null, Token);

    private static async Task<List<string>> ReadAsync(TestDatabase database, ChangePosition since)
    {
        using ChangeReader reader = database.Engine.OpenChanges(database.Table, since, follows: false);
        List<string> names = [];
        while (await reader.ReadAsync(Token) is { } changes)
        {
            names.AddRange(changes.Select(change => ChangeModel.Of(change, database).Name!));
        }

        return names;
    }

    private static async Task RefusesAsync(TestDatabase database, ChangePosition since)
    {
        HeliosChangesDivergedException error = Assert.Throws<HeliosChangesDivergedException>(() => database.Engine.OpenChanges(database.Table, since, follows: false));
        Assert.Equal(since, error.Since);
        Assert.Equal(await PositionAsync(database), error.Newest);
        Assert.Contains("copy all rows anew", error.Message, StringComparison.Ordinal);
    }

    private static void Damage(IFileSystem files, string name, long offset)
    {
        using IFile file = files.Open(Path.Combine(BackupFixture.Source, name), FileOpenMode.ReadWrite);
        file.WriteAt([0x55], offset + 70);
        file.Sync();
    }

    /// <summary>Makes one id after the other, so that two histories never have the same.</summary>
    private sealed class Ids(int last = 0)
    {
        private int _last = last;

        public Guid Next() => new(++_last, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    }
}
