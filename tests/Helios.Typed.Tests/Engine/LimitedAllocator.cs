using System.Runtime.InteropServices;
using Helios.Typed.Primitives;

namespace Helios.Typed.Tests.Engine;

/// <summary>Hands out memory up to a limit.</summary>
internal sealed unsafe class LimitedAllocator : NativeAllocator
{
    public long Limit { get; set; } = long.MaxValue;

    protected override nint AllocateAligned(long bytes)
    {
        if (AllocatedBytes + bytes > Limit)
        {
            throw new OutOfMemoryException($"{bytes} bytes beyond {Limit}");
        }

        void* memory = NativeMemory.AlignedAlloc((nuint)bytes, NativeBuffer.Alignment);
        NativeMemory.Clear(memory, (nuint)bytes);
        return (nint)memory;
    }

    protected override void FreeAligned(nint address) => NativeMemory.AlignedFree((void*)address);
}
