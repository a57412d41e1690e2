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

    [Fact]
    public unsafe void A_block_of_a_memtable_has_its_pages_before_it_is_written()
    {
        if (!OperatingSystem.IsLinux() || Environment.OSVersion.Version < new Version(5, 14))
        {
            return;
        }

        using NativeBuffer buffer = new SystemAllocator().AllocateUninitialized(1 << 20);

        // One entry of 8 bytes for each page of the process; the highest bit says that it is there.
        using FileStream pages = new("/proc/self/pagemap", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        byte[] entry = new byte[8];
        int there = 0;
        int whole = 0;
        long page = Environment.SystemPageSize;
        for (long at = ((long)buffer.Address + page - 1) / page; (at + 1) * page <= (long)buffer.Address + buffer.Bytes; at++)
        {
            pages.Position = at * entry.Length;
            pages.ReadExactly(entry);
            there += entry[^1] >> 7;
            whole++;
        }

        Assert.InRange(whole, 1, int.MaxValue);
        Assert.Equal(whole, there);
    }
}
