using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Helios.Typed.Numerics.Lanes;
using Helios.Typed.Primitives;

namespace Helios.Typed.Numerics;

/// <summary>Computes inner products of codes of 7 bits with weights of 8.</summary>
internal static class CodeDotKernel
{
    /// <summary>The length whose multiples every width sums without a rest.</summary>
    public const int WholeLength = 64;

    /// <summary>Computes <c>Σ codes[i]·weights[i]</c> of two vectors of shape [d], exactly.</summary>
    /// <param name="codes">Bytes of up to 127.</param>
    /// <param name="weights">Bytes of −127 to 127; at most 133,000 of them, so that the sum fits.</param>
    /// <exception cref="ArgumentException">The vectors differ in length.</exception>
    public static int Dot(ReadOnlySpan<byte> codes, ReadOnlySpan<sbyte> weights)
    {
        Throw.IfLengthsDiffer(codes, weights);
        return Dot(in MemoryMarshal.GetReference(codes), in MemoryMarshal.GetReference(weights), codes.Length);
    }

    /// <summary>Computes the inner product of two vectors whose lengths the caller has checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Dot(ref readonly byte codes, ref readonly sbyte weights, int length) =>
        ByteLanes512.IsSupported && length >= ByteLanes512.Count ? Core<ByteLanes512>(in codes, in weights, length)
            : ByteLanes256.IsSupported && length >= ByteLanes256.Count ? Core<ByteLanes256>(in codes, in weights, length)
            : ByteLanes128.IsSupported && length >= ByteLanes128.Count ? Core<ByteLanes128>(in codes, in weights, length)
            : Reference(in codes, in weights, length);

    /// <summary>Sums in registers of one width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int Core<TLanes>(ref readonly byte codes, ref readonly sbyte weights, int length)
        where TLanes : struct, IByteLanes<TLanes>
    {
        TLanes sum0 = TLanes.Zero, sum1 = TLanes.Zero, sum2 = TLanes.Zero, sum3 = TLanes.Zero;
        int width = TLanes.Count;
        int i = 0;
        for (; i <= length - (4 * width); i += 4 * width)
        {
            sum0 = TLanes.AddProducts(in codes, in weights, (nuint)i, sum0);
            sum1 = TLanes.AddProducts(in codes, in weights, (nuint)(i + width), sum1);
            sum2 = TLanes.AddProducts(in codes, in weights, (nuint)(i + (2 * width)), sum2);
            sum3 = TLanes.AddProducts(in codes, in weights, (nuint)(i + (3 * width)), sum3);
        }

        for (; i <= length - width; i += width)
        {
            sum0 = TLanes.AddProducts(in codes, in weights, (nuint)i, sum0);
        }

        int sum = TLanes.Sum(sum0 + sum1 + (sum2 + sum3));
        return i == length ? sum : sum + Reference(in Unsafe.Add(ref Unsafe.AsRef(in codes), i), in Unsafe.Add(ref Unsafe.AsRef(in weights), i), length - i);
    }

    /// <summary>The definition, in its plainest form; tests hold every width to it.</summary>
    internal static int Reference(ref readonly byte codes, ref readonly sbyte weights, int length)
    {
        int sum = 0;
        for (int i = 0; i < length; i++)
        {
            sum += Unsafe.Add(ref Unsafe.AsRef(in codes), i) * Unsafe.Add(ref Unsafe.AsRef(in weights), i);
        }

        return sum;
    }
}
