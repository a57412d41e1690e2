using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Storage.Crashes;

/// <summary>Makes every operation of a workload fail, once and for good.</summary>
public sealed class FaultTests
{
    public static TheoryData<string, bool> Faults
    {
        get
        {
            var faults = new TheoryData<string, bool>();
            foreach (string kind in Enum.GetNames<FaultKind>())
            {
                faults.Add(kind, false);
                faults.Add(kind, true);
            }

            return faults;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void An_error_at_any_operation_costs_no_acknowledged_commit(string kind, bool forever)
    {
        long operations = Operations();
        for (long operation = 1; operation <= operations; operation++)
        {
            SimulatedFileSystem files = Workload.NewFiles();
            var workload = new Workload(files);
            files.FailAt(operation, Enum.Parse<FaultKind>(kind), forever);

            // A store that is not broken goes on; one that is takes nothing more, and is opened again.
            workload.Run(survive: (e, _) => e is IOException or HeliosException);

            // Power is lost at the fault, at the end, and at places between, where the store went on from what the fault left.
            CrashPolicy[] policies = Enum.GetValues<CrashPolicy>();
            long after = files.OperationCount + 1 - operation;
            for (int i = 0; i < policies.Length; i++)
            {
                long crash = operation + (after * i / (policies.Length - 1));
                CrashPolicy policy = policies[(i + operation) % policies.Length];
                AssertKeeps(files.CrashAt(crash, policy, (int)operation), workload, crash, $"error at {operation}, {policy} at {crash}");
            }
        }
    }

    private static void AssertKeeps(SimulatedFileSystem files, Workload workload, long crash, string where)
    {
        ulong acknowledged = workload.AcknowledgedBefore(crash);
        using var store = new MiniStore(files, Workload.Directory);
        Assert.True(store.Last >= acknowledged, $"{where}: {acknowledged} was acknowledged, {store.Last} is the last found");
        for (ulong sequence = 1; sequence <= acknowledged; sequence++)
        {
            Assert.True(store.Rows.ContainsKey(sequence), $"{where}: {sequence} of {acknowledged} acknowledged is gone");
            Assert.True(store.Rows[sequence].AsSpan().SequenceEqual(workload.AcknowledgedPayload(sequence)), $"{where}: {sequence} is not what was acknowledged");
        }
    }

    [Fact]
    public void After_a_failed_sync_the_store_takes_nothing_more_and_syncs_no_more()
    {
        SimulatedFileSystem files = Workload.NewFiles();
        using var store = new MiniStore(files, Workload.Directory);
        store.Commit([1]);
        files.FailAt(files.OperationCount + 2, FaultKind.SyncLosesPages);

        Assert.Throws<IOException>(() => store.Commit([2]));
        long operations = files.OperationCount;
        Assert.True(store.IsBroken);
        HeliosException e = Assert.Throws<HeliosException>(() => store.Commit([3]));
        Assert.Contains("000001.log", e.Message, StringComparison.Ordinal);
        Assert.Equal(operations, files.OperationCount);
    }

    [Fact]
    public void A_commit_that_a_full_disk_refused_leaves_room_for_a_smaller_one()
    {
        SimulatedFileSystem files = Workload.NewFiles();
        using (var store = new MiniStore(files, Workload.Directory))
        {
            store.Commit([1]);
            files.FailAt(files.OperationCount + 1, FaultKind.NoSpace);
            Assert.Throws<IOException>(() => store.Commit(new byte[20_000]));
            Assert.False(store.IsBroken);
            store.Commit([2]);
        }

        using var again = new MiniStore(files.Restart(CrashPolicy.KeepNone, seed: 1), Workload.Directory);
        Assert.Equal([[1], [2]], again.Rows.Values);
    }

    [Fact]
    public void Where_even_cutting_back_fails_the_store_is_broken()
    {
        SimulatedFileSystem files = Workload.NewFiles();
        using var store = new MiniStore(files, Workload.Directory);
        store.Commit([1]);
        files.FailAt(files.OperationCount + 1, FaultKind.IoError, forever: true);
        Assert.Throws<IOException>(() => store.Commit([2]));
        files.Repair();

        Assert.True(store.IsBroken);
        Assert.Throws<HeliosException>(() => store.Commit([2]));
    }

    private static long Operations()
    {
        SimulatedFileSystem files = Workload.NewFiles();
        new Workload(files).Run();
        return files.OperationCount;
    }
}
