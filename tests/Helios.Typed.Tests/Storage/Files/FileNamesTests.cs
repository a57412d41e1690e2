using Helios.Typed.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Storage.Files;

public sealed class FileNamesTests
{
    [Theory]
    [InlineData(0UL)]
    [InlineData(42UL)]
    [InlineData(999_999UL)]
    [InlineData(1_000_000UL)]
    [InlineData(ulong.MaxValue)]
    public void Every_name_reads_back_as_its_kind_and_number(ulong number)
    {
        Assert.Equal((FileKind.Manifest, number), Parse(FileNames.Manifest(number)));
        Assert.Equal((FileKind.Log, number), Parse(FileNames.Log(number)));
        Assert.Equal((FileKind.Segment, number), Parse(FileNames.Segment(number)));
        Assert.Equal((FileKind.Graph, number), Parse(FileNames.Graph(number)));
        Assert.Equal((FileKind.Deletions, number), Parse(FileNames.Deletions(number)));
        Assert.Equal((FileKind.Temporary, number), Parse(FileNames.Temporary(FileNames.Segment(number))));
    }

    [Fact]
    public void Names_without_a_number_read_back_as_their_kind()
    {
        Assert.Equal((FileKind.Current, 0UL), Parse("CURRENT"));
        Assert.Equal((FileKind.Lock, 0UL), Parse("LOCK"));
        Assert.Equal((FileKind.LockHolder, 0UL), Parse("LOCK.holder"));
        Assert.Equal((FileKind.Temporary, 0UL), Parse("CURRENT.tmp"));
        Assert.Equal("000042.log", FileNames.Log(42));
        Assert.Equal("MANIFEST-000001", FileNames.Manifest(1));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".log")]
    [InlineData("42.log")]
    [InlineData("0000042.log")]
    [InlineData("000042.LOG")]
    [InlineData("000042.txt")]
    [InlineData("000042")]
    [InlineData("+00042.log")]
    [InlineData("000042.log.tmp.tmp")]
    [InlineData("report.tmp")]
    [InlineData(".tmp")]
    [InlineData("MANIFEST-")]
    [InlineData("MANIFEST-1")]
    [InlineData("MANIFEST-000001.log")]
    [InlineData("current")]
    [InlineData("18446744073709551616.log")]
    public void Other_names_are_not_ours(string name) => Assert.False(FileNames.TryParse(name, out _, out _));

    private static (FileKind Kind, ulong Number) Parse(string name)
    {
        Assert.True(FileNames.TryParse(name, out FileKind kind, out ulong number), name);
        return (kind, number);
    }
}
