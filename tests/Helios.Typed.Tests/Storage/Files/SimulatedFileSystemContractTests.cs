using Helios.Typed.Storage.Files;
using Helios.Typed.TestKit.Files;

namespace Helios.Typed.Tests.Storage.Files;

public sealed class SimulatedFileSystemContractTests : FileSystemContract
{
    private protected override IFileSystem Files { get; } = Prepared();

    private protected override string Root => Path.GetFullPath("/database");

    private static SimulatedFileSystem Prepared()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory(Path.GetFullPath("/database"));
        return files;
    }
}
