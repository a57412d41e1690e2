using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Says what a database holds and takes at one moment.</summary>
/// <param name="Tables">The stored tables.</param>
/// <param name="Published">The newest commit that readers see.</param>
/// <param name="Durable">The newest commit that is on stable storage.</param>
/// <param name="WaitingFlushes">How many sealed sets of memtables wait to be flushed.</param>
/// <param name="NativeBytes">The native memory in use.</param>
/// <param name="ReadOnlyCause">Why the database takes no more writes, or null while it does.</param>
/// <param name="Stalls">How writers were held back because memory was not flushed as quickly as it was filled.</param>
internal sealed record EngineStatistics(
    IReadOnlyList<TableStatistics> Tables, SequenceNumber Published, SequenceNumber Durable, int WaitingFlushes, long NativeBytes, string? ReadOnlyCause, WriteStallStatistics Stalls)
{
    /// <summary>Gets the memory in use, by what it is for.</summary>
    public required MemoryUse Memory { get; init; }
}

/// <summary>Says what one table holds.</summary>
/// <param name="Name">The table.</param>
/// <param name="Rows">Its rows, deleted ones left out.</param>
/// <param name="EndedVersions">The deleted and replaced versions that are still kept.</param>
/// <param name="Segments">Its segments.</param>
/// <param name="SegmentsWithGraph">Those of them with a graph.</param>
/// <param name="MemtableRows">The row versions in memtables.</param>
/// <param name="MemtableBytes">The bytes that memtables take.</param>
internal sealed record TableStatistics(
    string Name, long Rows, long EndedVersions, int Segments, int SegmentsWithGraph, long MemtableRows, long MemtableBytes)
{
    /// <summary>Reads the figures of a table; a commit under way may be counted in part.</summary>
    public static TableStatistics Read(CatalogTable table, TableVersion version)
    {
        long all = version.Sources.Sum(source => (long)source.RowCount);
        long ended = version.Sources.Sum(source => (long)source.EndedCount);
        Memtable[] memtables = [.. version.Sources.OfType<Memtable>()];
        return new TableStatistics(
            table.Shape.Name,
            all - ended,
            ended,
            version.Segments.Count,
            version.Segments.Count(IndexRules.HasAnyGraph),
            memtables.Sum(memtable => (long)memtable.RowCount),
            memtables.Sum(memtable => memtable.Bytes));
    }
}
