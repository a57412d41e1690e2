using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Storage.Crashes;

/// <summary>Loses power at every operation of a workload, and during the recovery from that.</summary>
public sealed class CrashTests
{
    public static TheoryData<string> Policies => [.. Enum.GetNames<CrashPolicy>()];

    [Theory]
    [MemberData(nameof(Policies))]
    public void Power_lost_at_any_operation_costs_no_acknowledged_commit(string policy)
    {
        SimulatedFileSystem files = Workload.NewFiles();
        var workload = new Workload(files);
        workload.Run();
        Assert.True(workload.Acknowledged > 20);

        for (long operation = 1; operation <= files.OperationCount + 1; operation++)
        {
            for (int seed = 0; seed < 3; seed++)
            {
                SimulatedFileSystem after = files.CrashAt(operation, Enum.Parse<CrashPolicy>(policy), seed);
                ulong found = AssertRecovers(after, workload, workload.AcknowledgedBefore(operation), $"operation {operation}, seed {seed}");
                AssertRecovers(after, workload, found, $"operation {operation}, seed {seed}, opened again");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Power_lost_again_during_recovery_costs_no_acknowledged_commit(string policy)
    {
        SimulatedFileSystem files = Workload.NewFiles();
        var workload = new Workload(files);
        workload.Run();
        CrashPolicy[] policies = Enum.GetValues<CrashPolicy>();
        for (long operation = 1; operation <= files.OperationCount + 1; operation += 3)
        {
            ulong acknowledged = workload.AcknowledgedBefore(operation);
            SimulatedFileSystem first = files.CrashAt(operation, Enum.Parse<CrashPolicy>(policy), seed: 1);
            AssertRecovers(first, workload, acknowledged, $"operation {operation}");
            for (long second = 1; second <= first.OperationCount; second++)
            {
                string where = $"operations {operation} and {second}";
                CrashPolicy other = policies[(operation + second) % policies.Length];
                SimulatedFileSystem twice = first.CrashAt(second, other, seed: 2);
                AssertRecovers(twice, workload, acknowledged, where);
                SimulatedFileSystem thrice = twice.CrashAt(1 + (second % (twice.OperationCount + 1)), CrashPolicy.TornSectors, seed: 3);
                AssertRecovers(thrice, workload, acknowledged, where + ", a third time");
            }
        }
    }

    [Fact]
    public void A_commit_after_a_recovery_is_kept_like_any_other()
    {
        SimulatedFileSystem files = Workload.NewFiles();
        var workload = new Workload(files);
        workload.Run();
        for (long operation = 1; operation <= files.OperationCount + 1; operation++)
        {
            SimulatedFileSystem after = files.CrashAt(operation, CrashPolicy.TornSectors, seed: 5);
            ulong last;
            using (var store = new MiniStore(after, Workload.Directory))
            {
                store.Commit([1, 2, 3]);
                store.Flush();
                store.Commit([4, 5, 6]);
                last = store.Last;
            }

            using var again = new MiniStore(after.Restart(CrashPolicy.KeepNone, seed: 1), Workload.Directory);
            Assert.Equal(last, again.Last);
            Assert.Equal([1, 2, 3], again.Rows[last - 1]);
            Assert.Equal([4, 5, 6], again.Rows[last]);
        }
    }

    private static ulong AssertRecovers(SimulatedFileSystem files, Workload workload, ulong acknowledged, string where)
    {
        using var store = Open(files, where);
        Assert.True(store.Last >= acknowledged, $"{where}: {acknowledged} was acknowledged, {store.Last} is the last found");
        ulong expected = 1;
        foreach ((ulong sequence, byte[] row) in store.Rows)
        {
            Assert.True(sequence == expected++, $"{where}: found {sequence} without the one before it");
            Assert.True(row.AsSpan().SequenceEqual(workload.Tried[sequence]), $"{where}: {sequence} is not what was written");
        }

        return store.Last;
    }

    private static MiniStore Open(SimulatedFileSystem files, string where)
    {
        try
        {
            return new MiniStore(files, Workload.Directory);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{where}: {e.Message}", e);
        }
    }
}
