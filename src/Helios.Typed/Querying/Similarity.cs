using System.Globalization;

namespace Helios.Typed.Querying;

/// <summary>Relates distances, which fall as things get nearer, to similarities, which rise.</summary>
internal static class Similarity
{
    /// <summary>Gives the similarity of a distance: cosine, inner product, or 1 / (1 + distance).</summary>
    public static double OfDistance(Metric metric, double distance) => metric switch
    {
        Metric.Cosine => 1 - distance,
        Metric.InnerProduct => -distance,
        _ => 1 / (1 + distance),
    };

    /// <summary>Gives the greatest distance whose similarity is not below another.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No two vectors have such a similarity.</exception>
    public static double ToDistance(Metric metric, double minSimilarity)
    {
        if (double.IsNaN(minSimilarity))
        {
            throw new ArgumentOutOfRangeException(nameof(minSimilarity), minSimilarity, "The least similarity is NaN, which nothing compares with.");
        }

        switch (metric)
        {
            case Metric.Cosine:
                return minSimilarity is >= -1 and <= 1
                    ? Tighten(metric, minSimilarity, (double)(1m - (decimal)minSimilarity))
                    : throw OutOfRange(minSimilarity, "cosine similarity is from -1 to 1");
            case Metric.InnerProduct:
                return -minSimilarity;
            default:
                return minSimilarity is > 0 and <= 1
                    ? Tighten(metric, minSimilarity, (1 / minSimilarity) - 1)
                    : throw OutOfRange(minSimilarity, "the similarity of a Euclidean distance d is 1 / (1 + d), above 0 and up to 1");
        }
    }

    // The rounding of the conversion must not let in what is less similar than was asked for.
    private static double Tighten(Metric metric, double similarity, double distance)
    {
        while (OfDistance(metric, distance) < similarity)
        {
            distance = Math.BitDecrement(distance);
        }

        return distance;
    }

    private static ArgumentOutOfRangeException OutOfRange(double minSimilarity, string rule) =>
        new(nameof(minSimilarity), minSimilarity, string.Create(CultureInfo.InvariantCulture, $"The least similarity is {minSimilarity}, but {rule}."));
}
