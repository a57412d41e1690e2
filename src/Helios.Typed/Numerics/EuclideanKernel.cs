using System.Runtime.CompilerServices;
using Helios.Typed.Numerics.Lanes;

namespace Helios.Typed.Numerics;

/// <summary>Computes squared Euclidean distances.</summary>
internal static class EuclideanKernel
{
    /// <summary>Computes <c>Σ (x[i] − y[i])²</c> of two vectors of shape [d].</summary>
    /// <remarks>Sums lane by lane, so it may differ from <see cref="Reference"/> by up to 2·(d + 2)·ε·Σ(x[i] − y[i])². NaN propagates.</remarks>
    /// <exception cref="ArgumentException">The vectors differ in length.</exception>
    public static float Squared(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => PairSum.Compute<SquaredDifference, float, float>(x, y);

    /// <inheritdoc cref="Squared(ReadOnlySpan{float}, ReadOnlySpan{float})"/>
    public static float Squared(ReadOnlySpan<float> x, ReadOnlySpan<Half> y) => PairSum.Compute<SquaredDifference, float, Half>(x, y);

    /// <summary>The definition, in its plainest form; tests hold every width to it.</summary>
    internal static float Reference(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        float sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            float difference = x[i] - y[i];
            sum += difference * difference;
        }

        return sum;
    }

    /// <summary>Is <c>(x − y)²</c>.</summary>
    internal readonly struct SquaredDifference : ITerm
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Add<TLanes>(TLanes x, TLanes y, TLanes sum)
            where TLanes : struct, ILanes<TLanes>
        {
            TLanes difference = x - y;
            return TLanes.MultiplyAdd(difference, difference, sum);
        }

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Of(float x, float y) => (x - y) * (x - y);
    }
}
