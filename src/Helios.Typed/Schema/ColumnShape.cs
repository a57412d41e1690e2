namespace Helios.Typed.Schema;

/// <summary>Describes one column of a table.</summary>
/// <param name="Id">The stable number a row names the column by; 1 and up, never used again after a drop.</param>
/// <param name="Name">The column's name, as SQL sees it.</param>
/// <param name="Type">What one value, or one element of an array, is.</param>
/// <param name="IsArray">Whether a value is a list of <paramref name="Type"/>.</param>
/// <param name="IsNullable">Whether a row may have no value.</param>
/// <param name="IsIndexed">Whether filters on it were announced.</param>
/// <param name="Vector">The vector's settings, for a vector column.</param>
internal sealed record ColumnShape(
    int Id,
    string Name,
    ColumnType Type,
    bool IsArray,
    bool IsNullable,
    bool IsIndexed,
    VectorShape? Vector)
{
    /// <summary>Gets what a row is given that is written without a value, or null where there is no default.</summary>
    internal ConstantCell? Default { get; init; }

    /// <summary>Gets what rows read as that were written without the column, which takes no null; fixed when the column was added.</summary>
    internal ConstantCell? Missing { get; init; }

    /// <summary>Gets the name that the column had before its present one, or null.</summary>
    internal string? FormerName { get; init; }

    /// <summary>Gets whether rows were written by code that did not declare the column.</summary>
    internal bool HasGaps { get; init; }

    /// <summary>Gets whether the column is gone: its id and its place stay taken, and merges leave its values out.</summary>
    internal bool IsDropped { get; init; }
}
