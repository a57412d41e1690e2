using System.Runtime.InteropServices;

namespace Helios.Typed.Engine;

/// <summary>Computes what cosine keeps beside each vector.</summary>
internal static class InverseNorm
{
    /// <summary>Computes 1 / |x|, summed in double precision; 0 for a zero vector.</summary>
    /// <param name="vector">The elements' bytes.</param>
    /// <param name="isHalf">Whether they are <see cref="Half"/> rather than <see cref="float"/>.</param>
    public static float Of(ReadOnlySpan<byte> vector, bool isHalf)
    {
        double squares = 0;
        if (isHalf)
        {
            foreach (Half element in MemoryMarshal.Cast<byte, Half>(vector))
            {
                squares += (double)element * (double)element;
            }
        }
        else
        {
            foreach (float element in MemoryMarshal.Cast<byte, float>(vector))
            {
                squares += (double)element * element;
            }
        }

        return squares > 0 ? (float)(1 / Math.Sqrt(squares)) : 0;
    }
}
