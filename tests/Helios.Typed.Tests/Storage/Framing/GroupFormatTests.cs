using Helios.Typed.Storage.Framing;
using Xunit;

namespace Helios.Typed.Tests.Storage.Framing;

public sealed class GroupFormatTests
{
    [Theory]
    [InlineData(7, 4096, true)]
    [InlineData(7, 8192, false)]
    [InlineData(8, 4096, false)]
    public void A_header_is_one_only_in_its_own_file_and_place(ulong number, long offset, bool isOne)
    {
        var header = new GroupHeader(IsSeal: false, 100, First: 3, Last: 5, DurableEnd: 4096, PreviousChecksum: 9, PayloadChecksum: 11);
        byte[] bytes = new byte[GroupFormat.HeaderBytes];
        ulong written = GroupFormat.WriteHeader(bytes, header, GroupFormat.Seed(7, 4096));

        Assert.Equal(isOne, GroupFormat.TryReadHeader(bytes, GroupFormat.Seed(number, offset), out GroupHeader read, out ulong checksum));
        if (isOne)
        {
            Assert.Equal((header, written), (read, checksum));
        }
    }

    [Fact]
    public void Half_a_header_is_none()
    {
        byte[] bytes = new byte[GroupFormat.HeaderBytes];
        GroupFormat.WriteHeader(bytes, default, seed: 1);

        Assert.True(GroupFormat.TryReadHeader(bytes, 1, out _, out _));
        Assert.False(GroupFormat.TryReadHeader(bytes.AsSpan(0, bytes.Length - 1), 1, out _, out _));
        Assert.False(GroupFormat.TryReadHeader([], 1, out _, out _));
    }
}
