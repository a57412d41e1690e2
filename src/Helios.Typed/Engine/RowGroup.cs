using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Is some rows of a source that statistics are kept of: what a filter is asked about before it is asked about each of them.</summary>
/// <param name="statistics">The source's statistics.</param>
/// <param name="schema">The table as the reader knows it.</param>
/// <param name="group">The group, or −1 for all rows of the source.</param>
internal readonly struct RowGroup(SegmentStatistics statistics, TableSchema schema, int group)
{
    /// <summary>Tells of a column in these rows.</summary>
    /// <param name="columnId">The column's stable id.</param>
    /// <param name="column">What is known; valid while the source is held.</param>
    /// <returns>False where nothing is known.</returns>
    /// <exception cref="HeliosCorruptionException">The statistics are not what was written.</exception>
    public bool TryGetStatistics(int columnId, out ColumnStatistics column) => statistics.TryRead(schema, columnId, group, out column);
}

/// <summary>Says how many rows of a group match a filter, as far as their statistics tell.</summary>
internal enum GroupMatch
{
    /// <summary>None does.</summary>
    None,

    /// <summary>Each has to be asked.</summary>
    Some,

    /// <summary>All do.</summary>
    All,
}
