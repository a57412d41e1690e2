using Helios.Typed.Primitives;
using Xunit;

namespace Helios.Typed.Tests.Primitives;

public sealed class SystemAllocatorTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4_097)]
    [InlineData((4 << 20) - 1)]
    [InlineData(4 << 20)]
    [InlineData((9 << 20) + 12_345)]
    public unsafe void Memory_is_zeroed_aligned_counted_and_given_back(int bytes)
    {
        SystemAllocator allocator = new();
        for (int round = 0; round < 2; round++)
        {
            using NativeBuffer buffer = allocator.Allocate(bytes);

            Assert.Equal(0u, (nuint)buffer.Address % NativeBuffer.Alignment);
            Assert.False(buffer.AsSpan<byte>(0, bytes).ContainsAnyExcept((byte)0));
            Assert.Equal(bytes, allocator.AllocatedBytes);
            buffer.AsSpan<byte>(0, bytes).Fill(0xA5);
        }

        Assert.Equal(0, allocator.AllocatedBytes);
    }
}
