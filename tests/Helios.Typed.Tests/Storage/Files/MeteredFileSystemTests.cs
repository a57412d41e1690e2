using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Storage.Files;

/// <summary>Holds the meter to the behaviour of what it stands before, and to its count.</summary>
public sealed class MeteredFileSystemTests : FileSystemContract
{
    private readonly MeteredFileSystem _files = Prepared(new MemoryFileSystem());

    private protected override IFileSystem Files => _files;

    private protected override string Root => Path.GetFullPath("/database");

    [Theory]
    [InlineData("000001.seg", FileKind.Segment)]
    [InlineData("000001.seg.tmp", FileKind.Segment)]
    [InlineData("000002.graph", FileKind.Graph)]
    [InlineData("000003.del.tmp", FileKind.Deletions)]
    [InlineData("000004.log", FileKind.Log)]
    [InlineData("MANIFEST-000001", FileKind.Manifest)]
    [InlineData("CURRENT.tmp", FileKind.Current)]
    [InlineData("notes.txt", FileKind.Temporary)]
    [InlineData("notes.tmp", FileKind.Temporary)]
    internal void What_is_written_counts_for_the_kind_that_the_file_is_to_become(string name, FileKind kind)
    {
        using (IFile created = _files.Open(Path.Combine(Root, name), FileOpenMode.Create))
        {
            created.WriteAt(new byte[10], 0);
            created.WriteAt(new byte[3], 0);
        }

        using (IFile again = _files.Open(Path.Combine(Root, name), FileOpenMode.ReadWrite))
        {
            again.WriteAt(new byte[4], 20);
            again.SetLength(1000);
        }

        Assert.Equal(
            Enum.GetValues<FileKind>().Select(other => other == kind ? 17L : 0L),
            Enum.GetValues<FileKind>().Select(_files.WrittenTo));
    }

    [Fact]
    public void A_write_that_fails_is_not_counted()
    {
        InterceptedFileSystem failing = new(new MemoryFileSystem());
        MeteredFileSystem files = Prepared(failing);
        using IFile file = files.Open(Path.Combine(Root, "000001.log"), FileOpenMode.Create);
        failing.Before = (operation, _) => throw new IOException($"{operation} fails.");

        Assert.Throws<IOException>(() => file.WriteAt(new byte[10], 0));
        failing.Before = null;
        file.WriteAt(new byte[2], 0);

        Assert.Equal(2, files.WrittenTo(FileKind.Log));
    }

    private static MeteredFileSystem Prepared(IFileSystem inner)
    {
        inner.CreateDirectory(Path.GetFullPath("/database"));
        return new MeteredFileSystem(inner);
    }
}
