namespace Helios.Typed;

/// <summary>Is implemented by the markers that carry a metric in a column's type.</summary>
public interface IMetricMarker
{
    /// <summary>Gets the metric.</summary>
    static abstract Metric Metric { get; }
}

/// <summary>Marks <see cref="Metric.Cosine"/> in a column's type.</summary>
public readonly struct CosineMetric : IMetricMarker
{
    /// <inheritdoc/>
    public static Metric Metric => Metric.Cosine;
}

/// <summary>Marks <see cref="Metric.Euclidean"/> in a column's type.</summary>
public readonly struct EuclideanMetric : IMetricMarker
{
    /// <inheritdoc/>
    public static Metric Metric => Metric.Euclidean;
}

/// <summary>Marks <see cref="Metric.InnerProduct"/> in a column's type.</summary>
public readonly struct InnerProductMetric : IMetricMarker
{
    /// <inheritdoc/>
    public static Metric Metric => Metric.InnerProduct;
}
