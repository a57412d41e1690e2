using System.ComponentModel;

namespace Helios.Typed;

/// <summary>Is a column of vectors, nullable or not.</summary>
/// <typeparam name="TElement"><see cref="float"/> or <see cref="Half"/>.</typeparam>
public abstract class VectorColumn<TElement> : Column
    where TElement : unmanaged
{
    private protected VectorColumn(string name, Metric metric)
        : base(name) => Metric = metric;

    internal Metric Metric { get; }
}

/// <summary>Is a column of vectors that are compared by one metric.</summary>
/// <typeparam name="TElement"><see cref="float"/> or <see cref="Half"/>.</typeparam>
/// <typeparam name="TMetric">The metric's marker.</typeparam>
public sealed class VectorColumn<TElement, TMetric> : VectorColumn<TElement>
    where TElement : unmanaged
    where TMetric : struct, IMetricMarker
{
    /// <summary>Names a column.</summary>
    /// <param name="name">The column's name.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public VectorColumn(string name)
        : base(name, TMetric.Metric)
    {
    }
}
