using Helios.Typed.Schema;

namespace Helios.Typed.Querying;

/// <summary>Is the nearness that a query asks for.</summary>
/// <param name="Column">The vector column as declared.</param>
/// <param name="Vector">The query's vector, already checked; of a half column, widened.</param>
internal sealed record VectorPart(ColumnShape Column, ReadOnlyMemory<float> Vector)
{
    /// <summary>Gets the distance beyond which rows are left out; positive infinity for none.</summary>
    public double MaxDistance { get; init; } = double.PositiveInfinity;

    /// <summary>Gets the graph's ef, or 0 for the column's own.</summary>
    public int Beam { get; init; }

    /// <summary>Gets whether graphs are passed over.</summary>
    public bool IsExact { get; init; }

    /// <summary>Gets the column's metric.</summary>
    public Metric Metric => Column.Vector!.Metric;

    /// <summary>Gets the greatest float that is no greater than <see cref="MaxDistance"/>: the same rows are within both.</summary>
    public float MaxFloatDistance
    {
        get
        {
            float nearest = (float)MaxDistance;
            return nearest > MaxDistance ? MathF.BitDecrement(nearest) : nearest;
        }
    }
}
