using System.Runtime.CompilerServices;
using Helios.Typed.Numerics.Lanes;

namespace Helios.Typed.Numerics;

/// <summary>Computes inner products.</summary>
internal static class DotKernel
{
    /// <summary>Computes the inner product <c>Σ x[i]·y[i]</c> of two vectors of shape [d].</summary>
    /// <remarks>Sums lane by lane, so it may differ from <see cref="Reference"/> by up to 2·d·ε·Σ|x[i]·y[i]|. NaN propagates.</remarks>
    /// <exception cref="ArgumentException">The vectors differ in length.</exception>
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => PairSum.Compute<Product, float, float>(x, y);

    /// <inheritdoc cref="Dot(ReadOnlySpan{float}, ReadOnlySpan{float})"/>
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<Half> y) => PairSum.Compute<Product, float, Half>(x, y);

    /// <summary>The definition, in its plainest form; tests hold every width to it.</summary>
    internal static float Reference(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        float sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }

    /// <summary>Is <c>x·y</c>.</summary>
    internal readonly struct Product : ITerm
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Add<TLanes>(TLanes x, TLanes y, TLanes sum)
            where TLanes : struct, ILanes<TLanes> => TLanes.MultiplyAdd(x, y, sum);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Of(float x, float y) => x * y;
    }
}
