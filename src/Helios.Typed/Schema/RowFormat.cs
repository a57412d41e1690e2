namespace Helios.Typed.Schema;

/// <summary>Holds the constants of a stored row.</summary>
/// <remarks>
/// <code>
/// row    version u8 | 0 u8 | columns u16 | { column id u16 }… | { end u32 }… | cells
/// list   elements u32 | flags u8 | [null bits] | fixed width: elements; else { end u32 }… and bytes
/// </code>
/// Column ids rise; an end is counted from the first cell. A column without a value is absent. The key and the vectors
/// stand outside the row. Little-endian throughout; described in docs/format/row.md.
/// </remarks>
internal static class RowFormat
{
    /// <summary>The version this library writes.</summary>
    internal const byte Version = 1;

    /// <summary>The bytes before the column ids.</summary>
    internal const int HeaderBytes = 4;

    /// <summary>The bytes a column takes in the directory.</summary>
    internal const int DirectoryEntryBytes = 2 + 4;

    /// <summary>The bytes before a list's null bits or elements.</summary>
    internal const int ListHeaderBytes = 5;

    /// <summary>Says, in a list's flags, that null bits follow.</summary>
    internal const byte ListHasNulls = 1;

    /// <summary>The most columns a table may have, and the highest column id.</summary>
    internal const int MaxColumns = ushort.MaxValue;

    /// <summary>The most bytes that the columns of one row may take together: a quarter of what one unit of a segment holds.</summary>
    internal const int MaxRowBytes = 1 << 28;

    /// <summary>The most bytes that a key may take, escapes included.</summary>
    internal const int MaxKeyBytes = 1 << 14;
}
