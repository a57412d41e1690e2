using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class CrashTests
{
    private const int Seed = 20_261_124;

    public static TheoryData<string> Policies => [.. Enum.GetNames<CrashPolicy>()];

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task Power_lost_during_any_operation_loses_no_acknowledged_commit(string policyName)
    {
        CrashPolicy policy = Enum.Parse<CrashPolicy>(policyName);
        CrashWorkload workload = await CrashWorkload.RunAsync(new SimulatedFileSystem());
        Assert.False(workload.HasFailed);
        for (long operation = 1; operation <= workload.Files.OperationCount + 1; operation++)
        {
            SimulatedFileSystem survivor = workload.Files.CrashAt(operation, policy, Seed + (int)operation);
            string place = $"{policy} at {operation} ({Describe(workload, operation)}), seed {Seed + operation}";

            SortedDictionary<long, string> rows = await RecoverAsync(survivor, place);

            Assert.True(workload.FindViolation(rows, operation) is null, $"{place}: {workload.FindViolation(rows, operation)}");
        }
    }

    [Theory]
    [InlineData(Durability.Interval)]
    [InlineData(Durability.None)]
    public async Task Without_full_durability_power_loss_takes_the_newest_commits_and_never_one_from_the_middle(Durability durability)
    {
        CrashWorkload workload = await CrashWorkload.RunAsync(new SimulatedFileSystem(), durability);
        Assert.False(workload.HasFailed);
        CrashPolicy[] policies = Enum.GetValues<CrashPolicy>();
        for (long operation = 1; operation <= workload.Files.OperationCount + 1; operation++)
        {
            CrashPolicy policy = policies[operation % policies.Length];
            string place = $"{policy} at {operation} ({Describe(workload, operation)}), seed {Seed + operation}";

            SortedDictionary<long, string> rows = await RecoverAsync(workload.Files.CrashAt(operation, policy, Seed + (int)operation), place);

            string? violation = workload.FindViolation(rows, operation, mayLoseAcknowledged: true);
            Assert.True(violation is null, $"{place}: {violation}");
        }
    }

    [Fact]
    public async Task Power_lost_again_during_recovery_changes_nothing()
    {
        CrashWorkload workload = await CrashWorkload.RunAsync(new SimulatedFileSystem());
        CrashPolicy[] policies = Enum.GetValues<CrashPolicy>();
        for (long operation = 3; operation <= workload.Files.OperationCount; operation += 7)
        {
            SimulatedFileSystem first = workload.Files.CrashAt(operation, policies[operation % policies.Length], Seed);
            string place = $"operation {operation} ({Describe(workload, operation)})";
            SimulatedFileSystem probe = first.CrashAt(1, CrashPolicy.KeepAll, Seed);
            SortedDictionary<long, string> expected = await RecoverAsync(probe, place, writes: false);
            for (long again = 1; again <= probe.OperationCount; again += 3)
            {
                SimulatedFileSystem second = probe.CrashAt(again, policies[again % policies.Length], Seed);
                Assert.Equal(expected, await RecoverAsync(second, $"{place}, then {again}", writes: false));
            }
        }
    }

    [Theory]
    [InlineData(nameof(FaultKind.IoError), false)]
    [InlineData(nameof(FaultKind.IoError), true)]
    [InlineData(nameof(FaultKind.NoSpace), false)]
    [InlineData(nameof(FaultKind.NoSpace), true)]
    [InlineData(nameof(FaultKind.SyncLosesPages), false)]
    [InlineData(nameof(FaultKind.SyncRevertsPages), false)]
    public async Task A_fault_in_any_operation_loses_no_acknowledged_commit_and_is_over_after_reopening(string kindName, bool forever)
    {
        FaultKind kind = Enum.Parse<FaultKind>(kindName);
        CrashWorkload whole = await CrashWorkload.RunAsync(new SimulatedFileSystem());
        int stride = forever ? 5 : 3;
        for (long operation = 1 + (int)kind; operation <= whole.Files.OperationCount; operation += stride)
        {
            SimulatedFileSystem files = new();
            files.FailAt(operation, kind, forever);
            CrashWorkload workload = await CrashWorkload.RunAsync(files);
            files.Repair();
            string place = $"{kind} at {operation}{(forever ? " and after" : "")}";

            SortedDictionary<long, string> rows = await RecoverAsync(files, place, CheckNewest);

            void CheckNewest(SortedDictionary<long, string> found) =>
                Assert.True(workload.IsNewest(found), $"{place}: recovered [{string.Join(", ", found)}]");
        }
    }

    private static async Task<SortedDictionary<long, string>> RecoverAsync(
        SimulatedFileSystem files, string place, Action<SortedDictionary<long, string>>? check = null, bool writes = true)
    {
        DeterministicScheduler scheduler = new();
        TestDatabase? database = null;
        try
        {
            database = await TestDatabase.OpenAsync(CrashWorkload.OptionsOn(files, scheduler), CrashWorkload.Table);
            SortedDictionary<long, string> rows = database.Rows();
            check?.Invoke(rows);
            if (writes)
            {
                await database.UpsertAsync((77, "after the crash"));
                await scheduler.RunUntilAsync(database.Engine.CheckpointAsync(TestDatabase.Token));
                scheduler.RunAll();
                await scheduler.RunUntilAsync(database.ReopenAsync());
                SortedDictionary<long, string> expected = new(rows) { [77] = "after the crash" };
                Assert.Equal(expected, database.Rows());
            }

            return rows;
        }
        catch (Exception error) when (error is HeliosException or IOException or ObjectDisposedException)
        {
            throw new InvalidOperationException($"{place}: {error.Message}", error);
        }
        finally
        {
            if (database is not null)
            {
                await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
                Assert.Equal(0, database.Allocator.AllocatedBytes);
            }
        }
    }

    private static string Describe(CrashWorkload workload, long operation) =>
        operation <= workload.Files.OperationCount ? workload.Files.Trace[(int)operation - 1].ToString() : "the end";
}
