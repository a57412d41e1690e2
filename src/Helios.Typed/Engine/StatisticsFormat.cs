using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Lays out what a segment says of the values in its columns: of the whole segment, and of each group of rows.</summary>
/// <remarks>
/// <code>
/// rows a group u32 | columns u16 | 0 u16
/// a column each, by rising id:   id u16 | type u8 | flags u8: 1 list | bytes of an entry u32 | offset of its first group u64
/// an entry each:                 of all rows of the segment
/// for each column, an entry each group
/// an entry:                      rows without a value u32 | flags u8 | bytes of low u8 | bytes of high u8 | 0 u8 | low | high
///                                flags: 1 there are bounds, 2 nothing is known of how high values are
/// </code>
/// Low and high have the column's width each, and of text and bytes <see cref="PrefixBytes"/>, filled with zeros. A value is
/// cut to that: low is then below it, and high is raised to the next value of that length, or not known where there is none.
/// </remarks>
internal static class StatisticsFormat
{
    /// <summary>The rows of a group that is written; a reader takes the number from the section.</summary>
    public const int RowsPerGroup = 1024;

    /// <summary>The bytes of the bounds of text and bytes.</summary>
    public const int PrefixBytes = 32;

    public const int HeaderBytes = 8;
    public const int ColumnBytes = 16;
    public const int EntryHeaderBytes = 8;

    public const int ColumnCountOffset = 4;

    public const int TypeOffset = 2;
    public const int ColumnFlagsOffset = 3;
    public const int EntryBytesOffset = 4;
    public const int GroupsOffset = 8;

    public const int FlagsOffset = 4;
    public const int LowBytesOffset = 5;
    public const int HighBytesOffset = 6;

    public const byte IsList = 1;

    public const byte HasBounds = 1;
    public const byte HasNoHigh = 2;

    /// <summary>Says whether there are statistics of a column: of all but vectors, which are counted where they stand, and dropped ones.</summary>
    public static bool Keeps(ColumnShape column) => !column.IsDropped && column.Vector is null;

    /// <summary>Gives the bytes of a bound of a column's values; 0 where they have no order, and only nulls are counted.</summary>
    public static int BoundBytesOf(ColumnType type, bool isList) =>
        isList || !ScalarCodec.IsOrdered(type) ? 0
        : ScalarCodec.WidthOf(type) is int width and > 0 ? width
        : PrefixBytes;

    /// <summary>Gives the bytes of an entry.</summary>
    public static int EntryBytesOf(ColumnType type, bool isList) => EntryHeaderBytes + (2 * BoundBytesOf(type, isList));

    /// <summary>Gives the number of groups.</summary>
    public static int GroupsOf(int rows, int rowsPerGroup) => (int)(((long)rows + rowsPerGroup - 1) / rowsPerGroup);
}
