using Helios.Typed.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Storage.Files;

public sealed class PhysicalFileSystemTests : FileSystemContract, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private protected override IFileSystem Files => PhysicalFileSystem.Instance;

    private protected override string Root => _directory.Path;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Files_and_directories_are_the_owners_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        string directory = Path.Combine(Root, "d");
        Files.CreateDirectory(directory);
        string path = Path.Combine(directory, "a");
        Files.Open(path, FileOpenMode.Create).Dispose();
        using IDisposable held = Files.Lock(directory);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, Mode(path));
        Assert.Equal(Mode(path), Mode(Path.Combine(directory, FileNames.Lock)));
        Assert.Equal(Mode(path), Mode(Path.Combine(directory, FileNames.LockHolder)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, Mode(directory));
    }

    [Fact]
    public void A_lock_file_left_by_a_dead_process_is_no_obstacle()
    {
        File.WriteAllText(Path.Combine(Root, FileNames.Lock), "");
        File.WriteAllText(Path.Combine(Root, FileNames.LockHolder), "process 1 (gone) on host elsewhere");

        using (Files.Lock(Root))
        {
            string holder = File.ReadAllText(Path.Combine(Root, FileNames.LockHolder));
            Assert.Contains($"process {Environment.ProcessId} ", holder, StringComparison.Ordinal);
        }

        Assert.Equal([FileNames.Lock], Files.List(Root));
    }

    [Fact]
    public void A_lock_seen_through_a_link_is_the_same_lock()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links take a privilege on Windows.");
        string directory = Path.Combine(Root, "d");
        string link = Path.Combine(Root, "link");
        Files.CreateDirectory(directory);
        Directory.CreateSymbolicLink(link, directory);
        using IDisposable held = Files.Lock(directory);

        HeliosLockedException e = Assert.Throws<HeliosLockedException>(() => Files.Lock(link));
        Assert.Contains($"process {Environment.ProcessId} ", e.Holder, StringComparison.Ordinal);
    }

    private static UnixFileMode Mode(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);
}
