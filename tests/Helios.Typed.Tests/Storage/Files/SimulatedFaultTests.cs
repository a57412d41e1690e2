using Helios.Typed.Storage.Files;
using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Storage.Files;

/// <summary>Tests what the simulated disk does beside losing power: failing reads, lies, a bounded disk, and what it counts.</summary>
public sealed class SimulatedFaultTests
{
    private static readonly string _root = Path.GetFullPath("/database");

    private readonly SimulatedFileSystem _files = new();

    public SimulatedFaultTests() => _files.CreateDirectory(_root);

    [Fact]
    public void Every_kind_of_operation_is_counted()
    {
        using IFile file = Create("a", 10, value: 1);
        file.SetLength(5);
        file.Sync();
        _files.Rename(At("a"), At("b"));
        _files.SyncDirectory(_root);
        file.ReadAt(new byte[5], 0);
        _files.List(_root);
        _files.Delete(At("b"));
        _files.FailAt(1, FaultKind.IoError);
        Assert.Throws<IOException>(() => file.WriteAt([1], 0));

        OperationKind[] kinds = [OperationKind.Create, OperationKind.Write, OperationKind.SetLength, OperationKind.Sync, OperationKind.Rename, OperationKind.SyncDirectory, OperationKind.Delete, OperationKind.Read];
        Assert.Equal([1, 2, 1, 1, 1, 1, 1, 2], kinds.Select(_files.CountOf));
        Assert.Equal(8, _files.OperationCount);
        Assert.True(_files.Trace[^1].HasFailed);
    }

    [Fact]
    public void A_read_fails_once_or_for_good_and_by_the_error_of_the_system()
    {
        using IFile file = Create("a", 4, value: 7);
        byte[] buffer = new byte[4];
        file.ReadAt(buffer, 0);
        _files.FailReadAt(2, ReadFault.IoError);
        IOException error = Assert.Throws<IOException>(() => file.ReadAt(buffer, 0));
        Assert.False(DiskSpace.IsExhausted(error));
        Assert.Equal(4, file.ReadAt(buffer, 0));

        _files.FailReadAt(_files.ReadCount + 1, ReadFault.IoError, forever: true);
        Assert.Throws<IOException>(() => file.ReadAt(buffer, 0));
        Assert.Throws<IOException>(() => _files.List(_root));
        Assert.Throws<IOException>(() => _files.Open(At("a"), FileOpenMode.Read));
        _files.Repair();
        Assert.Equal(4, file.ReadAt(buffer, 0));
        Assert.Equal(Filled(4, 7), buffer);
    }

    [Fact]
    public void A_stale_read_gives_what_the_sectors_held_before()
    {
        Create("old", 6000, value: 1).Dispose();
        _files.Delete(At("old"));
        using IFile file = Create("new", 6000, value: 2);
        byte[] buffer = new byte[6000];

        _files.FailReadAt(1, ReadFault.Stale);
        Assert.Equal(6000, file.ReadAt(buffer, 0));
        Assert.Equal(Filled(6000, 1), buffer);

        file.ReadAt(buffer, 0);
        Assert.Equal(Filled(6000, 2), buffer);
    }

    [Fact]
    public void A_misdirected_read_gives_the_bytes_of_another_place()
    {
        using IFile file = Create("a", 3 * 4096, value: 1);
        file.WriteAt(Filled(4096, 2), 2 * 4096);
        byte[] buffer = new byte[4096];
        _files.FailReadAt(1, ReadFault.Misdirected);
        file.ReadAt(buffer, 2 * 4096);
        Assert.Equal(Filled(4096, 1), buffer);

        Create("b", 4096, value: 9).Dispose();
        _files.FailReadAt(1, ReadFault.Misdirected);
        file.ReadAt(buffer, 0);
        Assert.Equal(Filled(4096, 9), buffer);
    }

    [Fact]
    public void A_flipped_read_differs_in_one_bit_and_only_once()
    {
        using IFile file = Create("a", 100, value: 0);
        byte[] buffer = new byte[100];
        _files.FailReadAt(1, ReadFault.FlippedBit);
        file.ReadAt(buffer, 0);
        Assert.Equal(1, buffer.Sum(value => System.Numerics.BitOperations.PopCount(value)));
        file.ReadAt(buffer, 0);
        Assert.Equal(Filled(100, 0), buffer);
    }

    [Fact]
    public void A_short_write_leaves_a_part_and_waits_for_a_write()
    {
        using IFile file = Create("a", 0, value: 0);
        _files.FailAt(1, FaultKind.ShortWrite);
        file.Sync();

        IOException error = Assert.Throws<IOException>(() => file.WriteAt(Filled(1000, 3), 0));

        Assert.False(DiskSpace.IsExhausted(error));
        byte[] written = _files.ReadAllBytes(At("a"));
        Assert.InRange(written.Length, 1, 999);
        Assert.Equal(Filled(written.Length, 3), written);
    }

    [Fact]
    public void A_lost_write_is_acknowledged_and_reads_as_zeros_for_good()
    {
        using IFile file = Create("a", 10, value: 1);
        _files.LieAt(1, SilentFault.LostWrite);
        file.WriteAt(Filled(10, 2), 5);
        file.Sync();
        _files.SyncDirectory(_root);

        byte[] expected = [.. Filled(10, 1), .. Filled(5, 0)];
        Assert.Equal(expected, _files.ReadAllBytes(At("a")));
        Assert.Equal(expected, _files.Restart(CrashPolicy.KeepNone, seed: 1).ReadAllBytes(At("a")));
    }

    [Fact]
    public void A_misdirected_write_lands_elsewhere_and_leaves_its_own_place_as_it_was()
    {
        Create("b", 4096, value: 9).Dispose();
        using IFile file = Create("a", 3 * 4096, value: 1);
        _files.LieAt(1, SilentFault.MisdirectedWrite);
        file.WriteAt(Filled(4096, 2), 3 * 4096);
        Assert.Equal([.. Filled(2 * 4096, 1), .. Filled(4096, 2), .. Filled(4096, 0)], _files.ReadAllBytes(At("a")));

        _files.LieAt(1, SilentFault.MisdirectedWrite);
        file.WriteAt(Filled(100, 3), 0);
        Assert.Equal(Filled(100, 3), _files.ReadAllBytes(At("b"))[..100]);
        Assert.Equal(1, _files.ReadAllBytes(At("a"))[0]);
    }

    [Fact]
    public void A_disk_of_so_many_bytes_takes_no_more_until_room_is_given_back()
    {
        _files.CapacityBytes = 100;
        using IFile file = Create("a", 60, value: 1);
        Assert.Equal(60, _files.UsedBytes);
        using IFile other = Create("b", 0, value: 0);

        IOException error = Assert.Throws<IOException>(() => other.WriteAt(Filled(50, 2), 0));

        Assert.True(DiskSpace.IsExhausted(error));
        Assert.Equal(Filled(40, 2), _files.ReadAllBytes(At("b")));
        Assert.Throws<IOException>(() => file.SetLength(61));
        Assert.Throws<IOException>(() => _files.Open(At("c"), FileOpenMode.Create));
        file.WriteAt(Filled(60, 3), 0);
        file.Sync();
        file.SetLength(50);
        other.WriteAt(Filled(50, 2), 0);
        _files.Delete(At("a"));
        Create("c", 50, value: 4).Dispose();
        _files.CapacityBytes = 200;
        Create("d", 100, value: 5).Dispose();
    }

    [Fact]
    public void Whoever_waits_before_an_operation_holds_up_no_other()
    {
        using IFile file = Create("a", 4, value: 1);
        List<string> order = [];
        _files.Before = operation =>
        {
            if (operation.Kind == OperationKind.Sync)
            {
                // As a slow disk does: meanwhile another thread writes and reads.
                file.WriteAt([5], 0);
                file.ReadAt(new byte[1], 0);
            }

            order.Add(operation.Kind.ToString());
        };

        file.Sync();

        Assert.Equal(["Write", "Read", "Sync"], order);
    }

    [Fact]
    public void The_points_of_a_run_are_the_crashes_of_its_operations()
    {
        Create("a", 5000, value: 1).Dispose();
        _files.SyncDirectory(_root);
        using IFile file = Create("b", 5000, value: 2);
        file.Sync();
        _files.Rename(At("b"), At("a"));

        CrashPoint[] points = [.. _files.CrashPoints()];

        Assert.Equal(_files.OperationCount + 1, points.Length);
        foreach (CrashPoint point in points)
        {
            foreach (CrashPolicy policy in Enum.GetValues<CrashPolicy>())
            {
                Assert.Equal(_files.CrashAt(point.Number, policy, 3).Fingerprint(), point.LosePower(policy, 3).Fingerprint());
            }
        }

        Assert.Equal(_files.Fork().Fingerprint(), points[^1].Kill().Fingerprint());
        Assert.True(points.Select(point => point.LosePower(CrashPolicy.KeepAll, 1).Fingerprint()).Distinct().Count() >= 5);
    }

    [Fact]
    public void After_the_process_alone_ends_all_is_there_and_power_may_still_take_it()
    {
        Create("a", 10, value: 1).Dispose();
        _files.SyncDirectory(_root);

        SimulatedFileSystem killed = _files.Fork();
        Assert.Equal(Filled(10, 1), killed.ReadAllBytes(At("a")));
        Assert.Empty(killed.CrashAt(1, CrashPolicy.KeepNone, 1).ReadAllBytes(At("a")));
        using (IFile file = killed.Open(At("a"), FileOpenMode.ReadWrite))
        {
            file.WriteAt([2], 0);
            Assert.Equal(1, _files.ReadAllBytes(At("a"))[0]);

            // What was unsynced before the fork is older than what came after it.
            file.WriteAt([3], 1);
        }

        for (int seed = 0; seed < 40; seed++)
        {
            byte[] bytes = killed.Restart(CrashPolicy.Prefix, seed).ReadAllBytes(At("a"));
            bool hasLast = bytes.Length > 1 && bytes[1] == 3;
            Assert.True(!hasLast || (bytes.Length == 10 && bytes[0] == 2), $"seed {seed}: a later write without the earlier");
        }
    }

    private static string At(string name) => Path.Combine(_root, name);

    private static byte[] Filled(int length, byte value)
    {
        byte[] bytes = new byte[length];
        bytes.AsSpan().Fill(value);
        return bytes;
    }

    private IFile Create(string name, int length, byte value)
    {
        IFile file = _files.Open(At(name), FileOpenMode.Create);
        file.WriteAt(Filled(length, value), 0);
        return file;
    }
}
