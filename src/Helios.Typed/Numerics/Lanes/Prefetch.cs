using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Helios.Typed.Numerics.Lanes;

/// <summary>Asks for memory before it is needed; does nothing where the machine has no such instruction.</summary>
internal static unsafe class Prefetch
{
    /// <summary>The bytes that one request brings.</summary>
    public const int LineBytes = 64;

    /// <summary>Asks for the line that holds an address; the address need not be readable.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line(void* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }

    /// <summary>Asks for the first lines of a stretch of memory; the machine notices the rest by itself.</summary>
    /// <param name="address">Where it starts.</param>
    /// <param name="bytes">How much is wanted.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lines(byte* address, nuint bytes)
    {
        if (Sse.IsSupported)
        {
            for (nuint at = 0; at < bytes; at += LineBytes)
            {
                Sse.Prefetch0(address + at);
            }
        }
    }
}
