using System.Runtime.CompilerServices;
using Helios.Typed.Primitives;

namespace Helios.Typed.Numerics;

/// <summary>Computes the lengths of vectors.</summary>
internal static class NormKernel
{
    // Below it, squares of elements start to fall under a float's smallest normal number and lose digits.
    private const float SmallestExact = 1e-30f;

    /// <summary>Computes <c>1 / √Σ x[i]²</c> of a vector of shape [d].</summary>
    /// <remarks>Correct to a few ε for any vector whose length and its inverse a float can hold; infinite for the zero vector.</remarks>
    /// <typeparam name="TElement"><see cref="float"/> or <see cref="Half"/>.</typeparam>
    public static float Inverse<TElement>(ReadOnlySpan<TElement> x)
        where TElement : unmanaged
    {
        float squared = PairSum.Compute<DotKernel.Product, TElement, TElement>(x, x);
        return squared is >= SmallestExact and <= float.MaxValue ? 1 / MathF.Sqrt(squared) : InverseReference(x);
    }

    /// <summary>Computes the inverse norms of rows that lie one after the other, of shape [rows, d].</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="dimensions">The elements of each.</param>
    /// <param name="inverseNorms">Filled; its length is the number of rows.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public static void Inverse<TElement>(ReadOnlySpan<TElement> rows, int dimensions, Span<float> inverseNorms)
        where TElement : unmanaged
    {
        if (rows.Length != (long)inverseNorms.Length * dimensions)
        {
            throw new ArgumentException($"{rows.Length} elements are not {inverseNorms.Length} rows of {dimensions}.");
        }

        for (int i = 0; i < inverseNorms.Length; i++)
        {
            inverseNorms[i] = Inverse(rows.Slice(i * dimensions, dimensions));
        }
    }

    /// <summary>Writes a vector, widened and scaled, into another of its length.</summary>
    /// <exception cref="ArgumentException">The vectors differ in length.</exception>
    public static void Scale<TElement>(ReadOnlySpan<TElement> x, float factor, Span<float> scaled)
        where TElement : unmanaged
    {
        Throw.IfLengthsDiffer<TElement, float>(x, scaled);
        for (int i = 0; i < x.Length; i++)
        {
            scaled[i] = PairSum.ToFloat(x[i]) * factor;
        }
    }

    /// <summary>The definition, in double precision; tests hold the kernel to it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static float InverseReference<TElement>(ReadOnlySpan<TElement> x)
        where TElement : unmanaged
    {
        double squared = 0;
        foreach (ref readonly TElement element in x)
        {
            double value = PairSum.ToFloat(element);
            squared += value * value;
        }

        return (float)(1 / Math.Sqrt(squared));
    }
}
