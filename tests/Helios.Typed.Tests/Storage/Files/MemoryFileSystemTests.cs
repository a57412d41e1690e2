using Helios.Typed.Storage.Files;

namespace Helios.Typed.Tests.Storage.Files;

public sealed class MemoryFileSystemTests : FileSystemContract
{
    private protected override IFileSystem Files { get; } = Prepared();

    private protected override string Root => Path.GetFullPath("/database");

    private static MemoryFileSystem Prepared()
    {
        var files = new MemoryFileSystem();
        files.CreateDirectory(Path.GetFullPath("/database"));
        return files;
    }
}
