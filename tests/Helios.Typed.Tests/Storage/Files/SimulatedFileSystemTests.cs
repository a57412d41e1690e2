using Helios.Typed.Storage.Files;
using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Storage.Files;

/// <summary>Tests the instrument: a simulation that is too kind proves nothing.</summary>
public sealed class SimulatedFileSystemTests
{
    private const int Seeds = 60;

    private static readonly string _root = Path.GetFullPath("/database");

    private readonly SimulatedFileSystem _files = new();

    public SimulatedFileSystemTests() => _files.CreateDirectory(_root);

    [Fact]
    public void A_file_without_a_synced_name_is_gone_though_its_data_was_synced()
    {
        using IFile file = Create("a", 10, value: 1);
        file.Sync();
        Assert.False(Restart(CrashPolicy.KeepNone).FileExists(At("a")));

        _files.SyncDirectory(_root);
        Assert.Equal(Filled(10, 1), Restart(CrashPolicy.KeepNone).ReadAllBytes(At("a")));
    }

    [Fact]
    public void What_was_not_synced_goes_or_stays_as_the_policy_says()
    {
        using IFile file = Durable("a", 10, value: 1);
        file.WriteAt(Filled(20, 2), 5);

        Assert.Equal(Filled(10, 1), Restart(CrashPolicy.KeepNone).ReadAllBytes(At("a")));
        Assert.Equal([.. Filled(5, 1), .. Filled(20, 2)], Restart(CrashPolicy.KeepAll).ReadAllBytes(At("a")));
        Assert.Equal([.. Filled(10, 1), .. Filled(15, 0)], Restart(CrashPolicy.ZeroedLengths).ReadAllBytes(At("a")));
    }

    [Fact]
    public void A_prefix_keeps_no_later_write_without_the_earlier_ones()
    {
        using IFile a = Durable("a", 0, 0);
        using IFile b = Durable("b", 0, 0);
        a.WriteAt(Filled(4, 1), 0);
        b.WriteAt(Filled(4, 2), 0);
        a.WriteAt(Filled(4, 3), 4);
        HashSet<(int, int)> seen = [];
        for (int seed = 0; seed < Seeds; seed++)
        {
            SimulatedFileSystem after = _files.Restart(CrashPolicy.Prefix, seed);
            (int a, int b) lengths = (after.ReadAllBytes(At("a")).Length, after.ReadAllBytes(At("b")).Length);
            Assert.True(lengths.b == 0 || lengths.a >= 4, $"seed {seed}: {lengths}");
            Assert.True(lengths.a <= 4 || lengths.b == 4, $"seed {seed}: {lengths}");
            seen.Add(lengths);
        }

        Assert.Superset(new HashSet<(int, int)> { (0, 0), (4, 0), (4, 4), (8, 4) }, seen);
        Assert.Contains(seen, lengths => lengths.Item1 is 1 or 2 or 3);
    }

    [Fact]
    public void Pages_survive_whole_and_each_for_itself()
    {
        using IFile file = Durable("a", 3 * 4096, value: 1);
        file.WriteAt(Filled(3 * 4096, 2), 0);
        HashSet<string> seen = [];
        for (int seed = 0; seed < Seeds; seed++)
        {
            byte[] bytes = _files.Restart(CrashPolicy.Pages, seed).ReadAllBytes(At("a"));
            byte[][] pages = [.. bytes.Chunk(4096)];
            Assert.All(pages, page => Assert.Single(page.Distinct()));
            seen.Add(string.Concat(pages.Select(page => page[0])));
        }

        Assert.Equal(8, seen.Count);
    }

    [Fact]
    public void Sectors_tear_inside_a_page()
    {
        using IFile file = Durable("a", 4096, value: 1);
        file.WriteAt(Filled(4096, 2), 0);

        byte[][] sectors = [.. Restart(CrashPolicy.TornSectors).ReadAllBytes(At("a")).Chunk(512)];

        Assert.All(sectors, sector => Assert.Single(sector.Distinct()));
        Assert.Equal([1, 2], sectors.Select(sector => sector[0]).Distinct().Order().ToArray());
    }

    [Fact]
    public void Garbage_is_found_only_where_something_was_being_written()
    {
        using IFile file = Durable("a", 8192, value: 1);
        file.WriteAt(Filled(4096, 2), 4096);
        bool seen = false;
        for (int seed = 0; seed < Seeds; seed++)
        {
            byte[] bytes = _files.Restart(CrashPolicy.Garbage, seed).ReadAllBytes(At("a"));
            Assert.Equal(Filled(4096, 1), bytes[..4096]);
            seen |= bytes.Any(value => value > 2);
        }

        Assert.True(seen);
    }

    [Fact]
    public void A_rename_may_reach_the_disk_before_the_data()
    {
        using IFile file = Create("a.tmp", 10, value: 1);
        _files.Rename(At("a.tmp"), At("a"));

        SimulatedFileSystem after = Restart(CrashPolicy.NamesOnly);
        Assert.Equal(["a"], after.List(_root));
        Assert.Empty(after.ReadAllBytes(At("a")));
    }

    [Fact]
    public void A_renaming_replaces_in_one_step_under_every_policy()
    {
        Durable("a", 10, value: 1).Dispose();
        Durable("a.tmp", 10, value: 2).Dispose();
        _files.Rename(At("a.tmp"), At("a"));
        HashSet<byte> seen = [];
        foreach (CrashPolicy policy in Enum.GetValues<CrashPolicy>())
        {
            for (int seed = 0; seed < Seeds; seed++)
            {
                byte[] bytes = _files.Restart(policy, seed).ReadAllBytes(At("a"));
                Assert.Equal(10, bytes.Length);
                seen.Add(Assert.Single(bytes.Distinct()));
            }
        }

        Assert.Equal([1, 2], seen.Order().ToArray());
    }

    [Fact]
    public void Names_survive_each_for_itself()
    {
        Create("a", 0, 0).Dispose();
        Create("b", 0, 0).Dispose();
        var seen = Enumerable.Range(0, Seeds).Select(seed => string.Join(',', _files.Restart(CrashPolicy.DataOnly, seed).List(_root))).ToHashSet();

        Assert.Equal(["", "a", "a,b", "b"], seen.Order(StringComparer.Ordinal).ToArray());
    }

    [Fact]
    public void After_a_power_loss_nothing_answers()
    {
        using IFile file = Durable("a", 10, value: 1);
        _files.LosePowerAt(_files.OperationCount + 2);
        file.WriteAt([5], 0);

        Assert.Throws<SimulatedPowerLossException>(() => file.Sync());
        Assert.True(_files.HasLostPower);
        Assert.Throws<SimulatedPowerLossException>(() => file.ReadAt(new byte[1], 0));
        Assert.Throws<SimulatedPowerLossException>(() => _files.FileExists(At("a")));
        Assert.Throws<SimulatedPowerLossException>(() => _files.List(_root));
        Assert.Equal(Filled(10, 1), Restart(CrashPolicy.KeepNone).ReadAllBytes(At("a")));
        Assert.Equal(5, Restart(CrashPolicy.KeepAll).ReadAllBytes(At("a"))[0]);
    }

    [Fact]
    public void A_crash_made_from_the_trace_is_the_crash_that_happened()
    {
        foreach (CrashPolicy policy in Enum.GetValues<CrashPolicy>())
        {
            SimulatedFileSystem whole = Prepared();
            Work(whole);
            for (long operation = 1; operation <= whole.OperationCount; operation++)
            {
                SimulatedFileSystem interrupted = Prepared();
                interrupted.LosePowerAt(operation);
                Assert.Throws<SimulatedPowerLossException>(() => Work(interrupted));

                Assert.Equal(Contents(interrupted.Restart(policy, 7)), Contents(whole.CrashAt(operation, policy, 7)));
            }
        }
    }

    [Fact]
    public void Faults_come_once_or_stay_and_are_taken_back()
    {
        using IFile file = Durable("a", 0, 0);
        _files.FailAt(_files.OperationCount + 1, FaultKind.IoError);
        Assert.Throws<IOException>(() => file.WriteAt([1], 0));
        file.WriteAt([2], 0);

        _files.FailAt(_files.OperationCount + 1, FaultKind.IoError, forever: true);
        Assert.Throws<IOException>(() => file.WriteAt([3], 0));
        Assert.Throws<IOException>(() => _files.Delete(At("a")));
        _files.Repair();

        Assert.Equal([2], _files.ReadAllBytes(At("a")));
    }

    [Fact]
    public void A_full_disk_takes_half_a_write_and_still_shrinks()
    {
        using IFile file = Durable("a", 10, value: 1);
        _files.FailAt(1, FaultKind.NoSpace, forever: true);

        Assert.Throws<IOException>(() => file.WriteAt(Filled(10, 2), 10));
        Assert.Equal([.. Filled(10, 1), .. Filled(5, 2)], _files.ReadAllBytes(At("a")));
        Assert.Throws<IOException>(() => _files.Open(At("b"), FileOpenMode.Create));
        Assert.Throws<IOException>(() => file.SetLength(100));
        file.SetLength(10);
        file.Sync();
        _files.Delete(At("a"));
    }

    [Theory]
    [InlineData(nameof(FaultKind.SyncLosesPages), 2)]
    [InlineData(nameof(FaultKind.SyncRevertsPages), 1)]
    public void A_failed_sync_forgets_what_it_could_not_write(string kind, byte shown)
    {
        using IFile file = Durable("a", 10, value: 1);
        _files.FailAt(1, Enum.Parse<FaultKind>(kind));
        file.WriteAt(Filled(10, 2), 0);

        Assert.Throws<IOException>(file.Sync);
        Assert.Equal(Filled(10, shown), _files.ReadAllBytes(At("a")));
        file.Sync();
        Assert.Equal(Filled(10, 1), Restart(CrashPolicy.KeepAll).ReadAllBytes(At("a")));
    }

    [Fact]
    public void Flipped_bits_stay_through_a_power_loss()
    {
        Durable("a", 3, value: 1).Dispose();
        _files.Flip(At("a"), 1, 0x80);

        Assert.Equal([1, 0x81, 1], _files.ReadAllBytes(At("a")));
        Assert.Equal([1, 0x81, 1], Restart(CrashPolicy.KeepNone).ReadAllBytes(At("a")));
    }

    private static SimulatedFileSystem Prepared()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory(_root);
        return files;
    }

    private static void Work(SimulatedFileSystem files)
    {
        using IFile file = files.Open(At("a"), FileOpenMode.Create);
        file.WriteAt(Filled(6000, 1), 0);
        file.Sync();
        files.SyncDirectory(_root);
        file.WriteAt(Filled(6000, 2), 3000);
        file.SetLength(8000);
        using IFile other = files.Open(At("b"), FileOpenMode.Create);
        other.WriteAt(Filled(100, 3), 0);
        files.Rename(At("b"), At("c"));
        file.Sync();
        files.Delete(At("a"));
        files.SyncDirectory(_root);
    }

    private static string Contents(SimulatedFileSystem files) =>
        string.Join(';', files.List(_root).Select(name => $"{name}:{Convert.ToHexString(files.ReadAllBytes(At(name)))}"));

    private static string At(string name) => Path.Combine(_root, name);

    private static byte[] Filled(int length, byte value)
    {
        byte[] bytes = new byte[length];
        bytes.AsSpan().Fill(value);
        return bytes;
    }

    private SimulatedFileSystem Restart(CrashPolicy policy) => _files.Restart(policy, seed: 3);

    private IFile Create(string name, int length, byte value)
    {
        IFile file = _files.Open(At(name), FileOpenMode.Create);
        file.WriteAt(Filled(length, value), 0);
        return file;
    }

    private IFile Durable(string name, int length, byte value)
    {
        IFile file = Create(name, length, value);
        file.Sync();
        _files.SyncDirectory(_root);
        return file;
    }
}
