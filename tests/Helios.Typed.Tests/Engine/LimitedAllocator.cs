using System.Runtime.InteropServices;
using Helios.Typed.Primitives;

namespace Helios.Typed.Tests.Engine;

/// <summary>Hands out memory up to a limit, and tells a test of what comes back.</summary>
internal sealed unsafe class LimitedAllocator : NativeAllocator
{
    public long Limit { get; set; } = long.MaxValue;

    /// <summary>Is told, on the thread that does it, that memory was given back.</summary>
    public Action? Freed { get; set; }

    protected override nint AllocateAligned(long bytes)
    {
        if (AllocatedBytes + bytes > Limit)
        {
#pragma warning disable CA2201 // What the system's allocator throws, which is what this one stands in for.
            throw new OutOfMemoryException($"{bytes} bytes beyond {Limit}");
#pragma warning restore CA2201
        }

        void* memory = NativeMemory.AlignedAlloc((nuint)bytes, NativeBuffer.Alignment);
        NativeMemory.Clear(memory, (nuint)bytes);
        return (nint)memory;
    }

    protected override void FreeAligned(nint address)
    {
        NativeMemory.AlignedFree((void*)address);
        Freed?.Invoke();
    }
}
