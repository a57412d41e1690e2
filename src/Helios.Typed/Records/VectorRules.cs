using System.Globalization;
using System.Runtime.CompilerServices;
using Helios.Typed.Numerics;
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

        // Nearly every vector is answered by the kernel: what is no finite number comes through its sum, and the sum's last
        // bits do not matter so far inside of both limits.
        float sum = PairSum.Compute<DotKernel.Product, T, T>(vector, vector);
        if (sum is > 1e-30f and < 1e36f)
        {
            return null;
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

    private static double SquaredNorm<T>(ReadOnlySpan<T> vector)
        where T : unmanaged
    {
        double sum = 0;
        foreach (T element in vector)
        {
            double value = ElementOf(element);
            sum += value * value;
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double ElementOf<T>(T element)
        where T : unmanaged => typeof(T) == typeof(Half) ? (double)(Half)(object)element : (float)(object)element;
}
