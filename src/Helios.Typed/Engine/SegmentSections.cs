namespace Helios.Typed.Engine;

/// <summary>Numbers what segment files and their sidecars hold; described in docs/format/segment-sections.md.</summary>
/// <remarks>
/// The main file, in this order:
/// <code>
/// summary          version u16 | key type u8 | 0 u8 | rows u32 | first u64 | last u64 | highest column id u16 | dropped columns u16 | 0 u32
/// key bytes        the keys in order, end to end           key ends        u64 a row, where keys vary in length
/// key filter       blocks of 8 × u32, KeyFilterFormat
/// begins           sequence − first: u32 a row, or u64 where one does not fit
/// row blocks       rows u32 | { end u32 }… | rows          row starts      u32 a block: its first row
/// column cells     one width of bytes a row                column nulls    a bit a row, where one is null
/// dictionary codes u16 a row, 0 for null                   ends u32 and bytes of its values, in order
/// vectors          a unit each, as written                 inverse norms   f32 each, for cosine
/// slot ordinals    u32 a vector, where a row has none
/// statistics       StatisticsFormat
/// </code>
/// Little-endian. Numbers are never used again: 49–63 are kept for statistics, 65–79 for filters, 80–127 for indexes.
/// </remarks>
internal static class SegmentSections
{
    internal const ushort SummaryVersion = 1;
    internal const int SummaryBytes = 32;

    internal const ushort Summary = 1;
    internal const ushort KeyBytes = 2;
    internal const ushort KeyEnds = 3;
    internal const ushort Begins = 4;

    internal const ushort RowBlocks = 8;
    internal const ushort RowStarts = 9;

    internal const ushort ColumnCells = 16;
    internal const ushort ColumnNulls = 17;
    internal const ushort DictionaryCodes = 18;
    internal const ushort DictionaryEnds = 19;
    internal const ushort DictionaryBytes = 20;

    internal const ushort Vectors = 32;
    internal const ushort InverseNorms = 33;
    internal const ushort SlotOrdinals = 34;

    /// <summary>What is known of the values of columns, by groups of rows.</summary>
    internal const ushort Statistics = 48;

    /// <summary>The filter of the keys.</summary>
    internal const ushort KeyFilter = 64;

    /// <summary>The ordinals in a deletion file, u32 each, rising.</summary>
    internal const ushort DeletedOrdinals = 128;

    /// <summary>The sequences at which they ended, u64 each.</summary>
    internal const ushort DeletedAt = 129;

    /// <summary>The graph in a graph file, as docs/format/graph.md lays it out.</summary>
    internal const ushort Graph = 136;

    /// <summary>The codes of the graph's nodes in a graph file, where it has any, as docs/format/codes.md lays them out.</summary>
    internal const ushort Codes = 137;

    /// <summary>Marks a sidecar that holds deletions.</summary>
    internal const ushort DeletionsSidecar = 1;

    /// <summary>Marks a sidecar that holds a graph.</summary>
    internal const ushort GraphSidecar = 2;

    /// <summary>The unit of sections that are loaded whole: what one checksum covers.</summary>
    internal const int LoadedUnitBytes = 64 << 10;

    /// <summary>The bytes of rows after which a block is closed: a page's worth, which is what a disk reads at least.</summary>
    internal const int RowBlockBytes = 4 << 10;

    /// <summary>The bytes before the ends of a row block.</summary>
    internal const int RowBlockHeaderBytes = sizeof(uint);

    /// <summary>The most values a dictionary has: their codes and null fit sixteen bits.</summary>
    internal const int MaxDictionaryValues = ushort.MaxValue;

    /// <summary>The most bytes the values of a dictionary have; beyond it the column is read from the rows.</summary>
    internal const int MaxDictionaryBytes = 8 << 20;
}
