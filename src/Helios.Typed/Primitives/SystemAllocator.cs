using System.Runtime.InteropServices;

namespace Helios.Typed.Primitives;

/// <summary>Takes native memory from the operating system, large blocks on huge pages where it has them.</summary>
/// <remarks>
/// A graph walk touches a page per step. With pages of 4 KiB each step also misses the table of pages; with 2 MiB it does not.
/// Blocks below that, such as a memtable grows by, have their pages made at once, which takes half as long as a fault for each.
/// </remarks>
internal sealed unsafe partial class SystemAllocator : NativeAllocator
{
    private const long HugePageBytes = 2 << 20;

    // Below two pages the rounding would cost more memory than the misses cost time.
    private const long SmallestHugeBlock = 2 * HugePageBytes;

    // Below it a block may be part of a page, and mostly is of memory that was used before.
    private const long SmallestFilledBlock = 64 << 10;

    // linux/mman.h
    private const int AdviseHugePages = 14;
    private const int AdvisePopulateForWriting = 23;

    /// <inheritdoc/>
    protected override nint AllocateAligned(long bytes)
    {
        bool isHuge = bytes >= SmallestHugeBlock && OperatingSystem.IsLinux();
        void* memory = NativeMemory.AlignedAlloc(checked((nuint)bytes), isHuge ? (nuint)HugePageBytes : NativeBuffer.Alignment);
        if (isHuge)
        {
            // Advice, so a refusal changes nothing. It has to come before the first touch, which decides the page's size.
            _ = Advise(memory, (nuint)(bytes & ~(HugePageBytes - 1)), AdviseHugePages);
        }
        else if (bytes >= SmallestFilledBlock && OperatingSystem.IsLinux())
        {
            // Whole pages of the block alone. Advice as well: kernels before 5.14 do not know it.
            nuint page = (nuint)Environment.SystemPageSize;
            nuint first = ((nuint)memory + page - 1) & ~(page - 1);
            nuint end = ((nuint)memory + (nuint)bytes) & ~(page - 1);
            if (end > first)
            {
                _ = Advise((void*)first, end - first, AdvisePopulateForWriting);
            }
        }

        return (nint)memory;
    }

    /// <inheritdoc/>
    protected override void FreeAligned(nint address) => NativeMemory.AlignedFree((void*)address);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint bytes, int advice);
}
