using System.Globalization;
using System.Runtime.CompilerServices;
using Helios.Typed.Schema;

namespace Helios.Typed.Records;

/// <summary>Says what is wrong with a vector, stored or asked for.</summary>
/// <remarks>One bad vector would spoil every distance that meets it, so none gets in: neither by a write nor by a query.</remarks>
internal static class VectorRules
{
    /// <summary>The largest squared norm: beyond it, distances between two vectors overflow a float.</summary>
    private const double MaxSquaredNorm = 1e37;

    /// <summary>Names the first problem of a vector, or gives null where it is fine.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="Half"/>.</typeparam>
    /// <param name="shape">The column's settings.</param>
    /// <param name="vector">The elements.</param>
    public static string? FindProblem<T>(VectorShape shape, ReadOnlySpan<T> vector)
        where T : unmanaged
    {
        if (vector.Length != shape.Dimensions)
        {
            return string.Create(CultureInfo.InvariantCulture, $"vectors have {shape.Dimensions} dimensions, and this one has {vector.Length}{(vector.IsEmpty ? " (was it ever set?)" : "")}");
        }

        double squaredNorm = SquaredNorm(vector);
        if (!double.IsFinite(squaredNorm))
        {
            int at = 0;
            while (double.IsFinite(ElementOf(vector[at])))
            {
                at++;
            }

            return string.Create(CultureInfo.InvariantCulture, $"element {at} of the vector is {ElementOf(vector[at])}; elements are finite numbers");
        }

        if (squaredNorm > MaxSquaredNorm)
        {
            return string.Create(CultureInfo.InvariantCulture, $"the vector's length is {Math.Sqrt(squaredNorm):G3}, and distances overflow beyond {Math.Sqrt(MaxSquaredNorm):G3}; scale the vectors down");
        }

        // A vector too short for a float's inverse norm has no direction either.
        return squaredNorm < 1e-37 && shape.Metric == Metric.Cosine
            ? "the vector is zero, which has no direction and so no cosine; leave the value null (in a nullable column) or use another metric"
            : null;
    }

    // Four sums, because one would wait for itself at each element; a NaN or an infinity comes through any of them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double SquaredNorm<T>(ReadOnlySpan<T> vector)
        where T : unmanaged
    {
        (double a, double b, double c, double d) = (0, 0, 0, 0);
        int i = 0;
        for (; i <= vector.Length - 4; i += 4)
        {
            a += Square(vector[i]);
            b += Square(vector[i + 1]);
            c += Square(vector[i + 2]);
            d += Square(vector[i + 3]);
        }

        for (; i < vector.Length; i++)
        {
            a += Square(vector[i]);
        }

        return a + b + c + d;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Square<T>(T element)
        where T : unmanaged
    {
        double value = ElementOf(element);
        return value * value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double ElementOf<T>(T element)
        where T : unmanaged => typeof(T) == typeof(Half) ? (double)(Half)(object)element : (float)(object)element;
}
