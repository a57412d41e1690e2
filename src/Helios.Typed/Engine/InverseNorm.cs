using System.Runtime.InteropServices;
using Helios.Typed.Numerics;

namespace Helios.Typed.Engine;

/// <summary>Computes what cosine keeps beside each vector.</summary>
internal static class InverseNorm
{
    /// <summary>Computes 1 / |x| of a vector as it is stored.</summary>
    /// <param name="vector">The elements' bytes.</param>
    /// <param name="isHalf">Whether they are <see cref="Half"/> rather than <see cref="float"/>.</param>
    public static float Of(ReadOnlySpan<byte> vector, bool isHalf) => isHalf
        ? NormKernel.Inverse(MemoryMarshal.Cast<byte, Half>(vector))
        : NormKernel.Inverse(MemoryMarshal.Cast<byte, float>(vector));
}
