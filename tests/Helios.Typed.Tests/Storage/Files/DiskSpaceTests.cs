using Helios.Typed.Storage.Files;
using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Storage.Files;

public sealed class DiskSpaceTests
{
    [Fact]
    public void A_lack_of_room_is_told_from_other_errors_of_the_disk()
    {
        int quota = OperatingSystem.IsWindows() ? unchecked((int)0x8007050F) : OperatingSystem.IsLinux() ? 122 : 69;
        Assert.True(DiskSpace.IsExhausted(new IOException("full", DiskSpace.HResult)));
        Assert.True(DiskSpace.IsExhausted(new IOException("over the quota", quota)));
        Assert.False(DiskSpace.IsExhausted(new IOException("No space left on device")));
        Assert.False(DiskSpace.IsExhausted(new IOException("Input/output error", 5)));
        Assert.False(DiskSpace.IsExhausted(new InvalidDataException("no error of the disk")));
    }

    [Fact]
    public void The_system_reports_a_full_disk_as_one()
    {
        // A device that is always full; elsewhere than on Linux there is none to write to.
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /dev/full");
        using IFile file = PhysicalFileSystem.Instance.Open("/dev/full", FileOpenMode.ReadWrite);
        IOException error = Assert.ThrowsAny<IOException>(() => file.WriteAt(new byte[4096], 0));
        Assert.True(DiskSpace.IsExhausted(error), error.ToString());
    }

    [Fact]
    public void The_simulated_disk_reports_faults_as_a_real_one_does()
    {
        SimulatedFileSystem files = new();
        files.FailAt(1, FaultKind.NoSpace);
        Assert.True(DiskSpace.IsExhausted(Assert.Throws<IOException>(() => files.Open("/a", FileOpenMode.Create))));
        files.FailAt(2, FaultKind.IoError);
        Assert.False(DiskSpace.IsExhausted(Assert.Throws<IOException>(() => files.Open("/a", FileOpenMode.Create))));
    }
}
