using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Holds the statistics of a segment to those that its rows make.</summary>
internal static class StatisticsCheck
{
    /// <summary>Checks the columns that the segment was written with.</summary>
    /// <param name="segment">The segment, which has statistics.</param>
    /// <param name="schema">Its table.</param>
    /// <param name="expected">What its rows make, in groups of the same size.</param>
    /// <param name="report">Is told what is wrong.</param>
    /// <exception cref="HeliosCorruptionException">They contradict themselves.</exception>
    public static void Check(Segment segment, TableSchema schema, StatisticsBuilder expected, Action<string> report)
    {
        HashSet<int> stored = [.. segment.Statistics.ColumnIds];
        foreach (ColumnShape column in schema.Stored.Columns.Where(column => StatisticsFormat.Keeps(column) && column.Id <= segment.HighestColumnId))
        {
            if (!stored.Contains(column.Id))
            {
                report($"there are no statistics of column '{column.Name}'");
                continue;
            }

            (byte[] total, byte[] groups) = segment.Statistics.ReadEntries(column.Id);
            ReadOnlySpan<byte> expectedGroups = expected[column].Groups;
            int same = groups.AsSpan().CommonPrefixLength(expectedGroups);
            if (same < Math.Max(groups.Length, expectedGroups.Length))
            {
                report($"the statistics of column '{column.Name}' are not those of the rows from {same / total.Length * segment.Statistics.RowsPerGroup} on");
            }
            else if (!total.AsSpan().SequenceEqual(expected[column].Total))
            {
                report($"the statistics of column '{column.Name}' are not those of all rows");
            }
        }
    }
}
