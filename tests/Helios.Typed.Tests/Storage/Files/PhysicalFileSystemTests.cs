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
    public void What_goes_past_the_cache_is_read_back_through_it()
    {
        string path = Path.Combine(Root, "a");
        byte[] expected = new byte[64 * IFile.SectorBytes];
        new Random(1).NextBytes(expected);
        using IFile file = Files.Open(path, FileOpenMode.Create);
        bool bypasses = file.TryBypassCache();
        for (int first = 0, sectors = 1; first < 64; first += sectors, sectors *= 2)
        {
            // At every alignment of the memory, and overlapping the sector written before.
            int from = Math.Max(0, first - 1);
            int count = Math.Min(sectors + 1, 64 - from);
            byte[] shifted = new byte[(count * IFile.SectorBytes) + 7];
            expected.AsSpan(from * IFile.SectorBytes, count * IFile.SectorBytes).CopyTo(shifted.AsSpan(first % 7));
            file.WriteAt(shifted.AsSpan(first % 7, count * IFile.SectorBytes), from * (long)IFile.SectorBytes);
            file.Sync();

            Assert.Equal(expected[..((from + count) * IFile.SectorBytes)], File.ReadAllBytes(path));
        }

        file.SetLength(3 * IFile.SectorBytes);
        file.WriteAt(expected.AsSpan(0, IFile.SectorBytes), 3 * IFile.SectorBytes);
        Assert.Equal([.. expected[..(3 * IFile.SectorBytes)], .. expected[..IFile.SectorBytes]], File.ReadAllBytes(path));
        Assert.Equal(bypasses, file.TryBypassCache());
        if (bypasses)
        {
            Assert.Throws<InvalidOperationException>(() => file.ReadAt(new byte[10], 0));
        }
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
