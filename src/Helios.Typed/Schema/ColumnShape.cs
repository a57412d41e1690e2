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
    VectorShape? Vector);
