using System.Runtime.InteropServices;
using Helios.Typed.Primitives;

namespace Helios.Typed.Tests.Engine.Reliability;

/// <summary>Refuses one allocation, or all from one on.</summary>
internal sealed unsafe class FailingAllocator(long failsAt, bool forever) : NativeAllocator
{
    private long _count;

    /// <summary>Gets how many allocations were asked for.</summary>
    public long Count => Volatile.Read(ref _count);

    protected override nint AllocateAligned(long bytes)
    {
        long number = Interlocked.Increment(ref _count);
        if (number == failsAt || (forever && number > failsAt))
        {
#pragma warning disable CA2201 // What the system's allocator throws, which is what this one stands in for.
            throw new OutOfMemoryException($"{bytes} bytes were refused (simulated), allocation {number}.");
#pragma warning restore CA2201
        }

        void* memory = NativeMemory.AlignedAlloc((nuint)bytes, NativeBuffer.Alignment);
        NativeMemory.Clear(memory, (nuint)bytes);
        return (nint)memory;
    }

    protected override void FreeAligned(nint address) => NativeMemory.AlignedFree((void*)address);
}
