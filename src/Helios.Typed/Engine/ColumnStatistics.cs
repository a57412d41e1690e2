using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Says what is known of the values that a column has in some rows.</summary>
/// <remarks>
/// Of row versions, those that ended included: what it says of all of them holds for those that a snapshot sees. Bounds are in
/// the order of <see cref="ScalarCodec.Compare"/> and hold every value; a value need not reach them.
/// </remarks>
internal readonly ref struct ColumnStatistics
{
    /// <summary>Gets the number of rows.</summary>
    public int Rows { get; init; }

    /// <summary>Gets how many of them have no value.</summary>
    public int Nulls { get; init; }

    /// <summary>Gets how many of them have a value.</summary>
    public int Values => Rows - Nulls;

    /// <summary>Gets whether there is a bound below, and perhaps one above.</summary>
    public bool HasBounds { get; init; }

    /// <summary>Gets what no value is below; a cell, or of text and bytes the first bytes of one.</summary>
    public ReadOnlySpan<byte> Low { get; init; }

    /// <summary>Gets whether there is a bound above.</summary>
    public bool HasHigh { get; init; }

    /// <summary>Gets what no value is above; likewise.</summary>
    public ReadOnlySpan<byte> High { get; init; }

    /// <summary>Makes the statistics of rows that all have one value.</summary>
    public static ColumnStatistics Of(int rows, ReadOnlySpan<byte> cell) => new() { Rows = rows, HasBounds = true, Low = cell, HasHigh = true, High = cell };

    /// <summary>Makes the statistics of rows of which nothing but their nulls is known.</summary>
    public static ColumnStatistics Counted(int rows, int nulls) => new() { Rows = rows, Nulls = nulls };

    /// <summary>Gives the same for rows that read as a value where they have none.</summary>
    /// <param name="type">The type of the values.</param>
    /// <param name="cell">The value.</param>
    public ColumnStatistics WithMissing(ColumnType type, ReadOnlySpan<byte> cell)
    {
        if (Nulls == 0 || (Values > 0 && !HasBounds))
        {
            return Counted(Rows, 0) with { HasBounds = HasBounds, Low = Low, HasHigh = HasHigh, High = High };
        }

        return Values == 0 ? Of(Rows, cell) : new ColumnStatistics
        {
            Rows = Rows,
            HasBounds = true,
            Low = ScalarCodec.Compare(type, cell, Low) < 0 ? cell : Low,
            HasHigh = HasHigh,
            High = HasHigh && ScalarCodec.Compare(type, cell, High) > 0 ? cell : High,
        };
    }
}
