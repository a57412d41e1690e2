using Helios.Typed.Operations;
using Helios.Typed.TestKit.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Operations;

/// <summary>Loses power at every operation of a first and of a second backup and of a restore, and fails each once.</summary>
public sealed class BackupCrashTests
{
    private const int Seed = 4100;
    private const string Restored = "/data/restored";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Power_lost_during_a_backup_leaves_the_old_one_or_the_new_one_and_the_database_untouched(bool copyFiles)
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        long firstBegun = fixture.Files.OperationCount;
        SortedDictionary<long, string> first = fixture.Database.Rows();
        fixture.Backup(copyFiles: copyFiles);
        long firstEnded = fixture.Files.OperationCount;
        await fixture.ChangeAsync();
        long secondBegun = fixture.Files.OperationCount;
        SortedDictionary<long, string> second = fixture.Database.Rows();
        fixture.Backup(copyFiles: copyFiles);
        long secondEnded = fixture.Files.OperationCount;

        await CrashAsync(fixture, firstBegun + 1, firstEnded + 1, first, older: null);
        await CrashAsync(fixture, secondBegun + 1, secondEnded + 1, second, older: first);
    }

    [Fact]
    public async Task Power_lost_during_a_restore_leaves_nothing_that_opens_until_it_has_ended()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        SortedDictionary<long, string> rows = fixture.Database.Rows();
        fixture.Backup();
        long begun = fixture.Files.OperationCount;
        fixture.Restore(Restored);
        long ended = fixture.Files.OperationCount;
        foreach (CrashPolicy policy in Enum.GetValues<CrashPolicy>())
        {
            for (long operation = begun + 1; operation <= ended + 1; operation++)
            {
                SimulatedFileSystem survivor = fixture.Files.CrashAt(operation, policy, Seed + (int)operation);
                string place = Describe(fixture.Files, operation, policy);

                SortedDictionary<long, string>? found = await BackupFixture.ReadAsync(survivor, Restored);

                Assert.True(found is null ? operation <= ended : found.SequenceEqual(rows), place);
                if (found is null)
                {
                    BackupFixture.Restore(survivor, Restored);
                    Assert.Equal(rows, await BackupFixture.ReadAsync(survivor, Restored));
                }
            }
        }
    }

    [Theory]
    [InlineData(nameof(FaultKind.IoError))]
    [InlineData(nameof(FaultKind.NoSpace))]
    [InlineData(nameof(FaultKind.SyncLosesPages))]
    public async Task A_fault_in_any_operation_of_a_backup_is_told_and_harms_neither_the_database_nor_the_backup_before(string kindName)
    {
        FaultKind kind = Enum.Parse<FaultKind>(kindName);
        for (long at = 1; ; at++)
        {
            await using BackupFixture fixture = await BackupFixture.CreateAsync();
            await fixture.FillAsync();
            SortedDictionary<long, string> first = fixture.Database.Rows();
            fixture.Backup(copyFiles: true);
            await fixture.ChangeAsync();
            SortedDictionary<long, string> second = fixture.Database.Rows();
            long begun = fixture.Files.OperationCount;
            fixture.Files.FailAt(begun + at, kind);
            bool failed = false;
            long ended = long.MaxValue;
            try
            {
                fixture.Backup(copyFiles: true);
                ended = fixture.Files.OperationCount;
            }
            catch (HeliosException error)
            {
                Assert.True(error is HeliosDiskFullException == (kind == FaultKind.NoSpace), error.Message);
                failed = true;
            }

            fixture.Files.Repair();
            Assert.True(failed || kind != FaultKind.IoError || at > ended - begun || IsCleaning(fixture.Files, begun + at), $"{kind} at {at} went unnoticed");
            await fixture.Database.UpsertAsync((50, "after the fault"));
            SimulatedFileSystem survivor = fixture.Files.Restart(CrashPolicy.KeepNone, Seed);
            SortedDictionary<long, string>? found = await BackupFixture.ReadAsync(survivor, BackupFixture.Target);
            Assert.True(found!.SequenceEqual(first) || found!.SequenceEqual(second), $"{kind} at {at}");
            fixture.Backup(copyFiles: true);
            Assert.Equal(fixture.Database.Rows(), await BackupFixture.ReadAsync(fixture.Files, BackupFixture.Target));
            if (at > ended - begun)
            {
                Assert.False(failed);
                break;
            }
        }
    }

    // What is not needed any more may stay.
    private static bool IsCleaning(SimulatedFileSystem files, long operation) =>
        !files.Trace.Skip((int)operation).Any(later => later.Kind is OperationKind.Rename or OperationKind.Sync);

    private static async Task CrashAsync(BackupFixture fixture, long from, long through, SortedDictionary<long, string> newer, SortedDictionary<long, string>? older)
    {
        foreach (CrashPolicy policy in Enum.GetValues<CrashPolicy>())
        {
            for (long operation = from; operation <= through; operation++)
            {
                SimulatedFileSystem survivor = fixture.Files.CrashAt(operation, policy, Seed + (int)operation);
                string place = Describe(fixture.Files, operation, policy);
                SimulatedFileSystem untouched = survivor.CrashAt(1, CrashPolicy.KeepAll, Seed);

                SortedDictionary<long, string>? found;
                SortedDictionary<long, string>? read;
                try
                {
                    read = await BackupFixture.ReadAsync(survivor, BackupFixture.Target, readOnly: true);
                    found = await BackupFixture.ReadAsync(survivor, BackupFixture.Target);
                }
                catch (HeliosException error)
                {
                    throw new InvalidOperationException($"{place}: {error.Message}", error);
                }

                Assert.True(read is null ? found is null : found is not null && read.SequenceEqual(found), place);
                bool isOlder = older is null ? found is null : found is not null && found.SequenceEqual(older);
                bool isNewer = found is not null && found.SequenceEqual(newer);
                Assert.True(isNewer || (isOlder && operation < through), $"{place}: found [{(found is null ? "nothing" : string.Join(", ", found))}]");

                // The database itself is as it was, and can be backed up again to what the power loss left.
                await BackUpAgainAsync(untouched, newer, place);
            }
        }
    }

    private static async Task BackUpAgainAsync(SimulatedFileSystem files, SortedDictionary<long, string> rows, string place)
    {
        DeterministicScheduler scheduler = new();
        TestDatabase database = await TestDatabase.OpenAsync(BackupFixture.OptionsOn(files, BackupFixture.Source, scheduler), BackupFixture.Table);
        Assert.True(database.Rows().SequenceEqual(rows), place);
        Backup.Run(database.Engine, files, BackupFixture.Target, new BackupOptions(), null, TestDatabase.Token);
        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
        VerificationReport report = Verification.Run(files, BackupFixture.Target, new ManualClock(), null, TestDatabase.Token);
        Assert.True(report.IsClean, $"{place}: {string.Join("; ", report.Problems)}");
        SortedDictionary<long, string>? found = await BackupFixture.ReadAsync(files, BackupFixture.Target);
        Assert.True(found is not null && found.SequenceEqual(rows), place);
    }

    private static string Describe(SimulatedFileSystem files, long operation, CrashPolicy policy) =>
        $"{policy} at {operation} ({(operation <= files.OperationCount ? files.Trace[(int)operation - 1] : "the end")}), seed {Seed + operation}";
}
