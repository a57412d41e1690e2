using Helios.Typed.Storage.Manifest;
using Helios.Typed.TestKit.Files;
using Xunit;
using static Helios.Typed.Tests.Storage.Manifest.ManifestStates;

namespace Helios.Typed.Tests.Storage.Manifest;

public sealed class ManifestCrashTests
{
    private const int Commits = 30;

    private static readonly string _directory = Path.GetFullPath("/database");

    [Fact]
    public void Power_lost_at_any_operation_gives_the_state_before_the_commit_or_after_it()
    {
        SimulatedFileSystem files = NewFiles();
        List<long> committed = Run(files);
        Assert.Contains(files.Trace, operation => operation.Target?.EndsWith("CURRENT", StringComparison.Ordinal) == true && operation.Inode > 2);
        for (long operation = 1; operation <= files.OperationCount + 1; operation++)
        {
            int certain = committed.Count(end => end < operation);
            foreach (CrashPolicy policy in Enum.GetValues<CrashPolicy>())
            {
                SimulatedFileSystem after = files.CrashAt(operation, policy, (int)operation);
                using ManifestStore store = Open(after);
                Assert.InRange(store.Current.Tables.Count, Math.Max(certain - 1, 0), certain);
            }
        }
    }

    [Fact]
    public void A_switch_that_a_killed_process_did_not_sync_is_synced_before_anything_follows_it()
    {
        SimulatedFileSystem files = NewFiles();
        Run(files);
        int lastSwitch = files.Trace.ToList().FindLastIndex(operation => operation.Target?.EndsWith("CURRENT", StringComparison.Ordinal) == true);

        files = NewFiles();
        files.FailAt(lastSwitch + 2, FaultKind.IoError);
        Assert.Throws<IOException>(() => Run(files));
        int tables;
        using (ManifestStore reopened = Open(files))
        {
            reopened.Commit(WithOneMore(reopened.Current));
            tables = reopened.Current.Tables.Count;
        }

        using ManifestStore found = Open(files.Restart(CrashPolicy.KeepNone, seed: 1));
        Assert.Equal(tables, found.Current.Tables.Count);
    }

    private static SimulatedFileSystem NewFiles()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory(_directory);
        return files;
    }

    private static ManifestStore Open(SimulatedFileSystem files) =>
        ManifestStore.Open(files, _directory, () => new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), rolloverBytes: 0);

    private static ManifestState WithOneMore(ManifestState state) =>
        state with { Tables = [.. state.Tables, Table((uint)state.Tables.Count + 1)] };

    /// <summary>Commits tables, and gives how many operations there had been after the creation and after each commit.</summary>
    private static List<long> Run(SimulatedFileSystem files)
    {
        using ManifestStore store = Open(files);
        List<long> committed = [files.OperationCount];
        for (int i = 0; i < Commits; i++)
        {
            store.Commit(WithOneMore(store.Current));
            committed.Add(files.OperationCount);
        }

        return committed;
    }
}
