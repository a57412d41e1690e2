using System.Runtime.InteropServices;

namespace Helios.Typed.Primitives;

/// <summary>Takes native memory from the operating system.</summary>
internal sealed unsafe class SystemAllocator : NativeAllocator
{
    /// <inheritdoc/>
    protected override nint AllocateAligned(long bytes)
    {
        void* memory = NativeMemory.AlignedAlloc(checked((nuint)bytes), NativeBuffer.Alignment);
        NativeMemory.Clear(memory, (nuint)bytes);
        return (nint)memory;
    }

    /// <inheritdoc/>
    protected override void FreeAligned(nint address) => NativeMemory.AlignedFree((void*)address);
}
