using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Checks that no key of a memtable has a second live version, in the memtable or in any other source of its table.</summary>
/// <remarks>Segments are checked against each other by <see cref="SegmentCheck"/>, from their files.</remarks>
internal static class LiveKeyCheck
{
    /// <summary>Checks a table.</summary>
    /// <param name="table">Its sources, which the caller holds.</param>
    /// <param name="at">The commit as of which they are checked.</param>
    /// <param name="report">Is told of each row that is found twice: the segment that has it too, or null for a memtable, and what is wrong.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="HeliosCorruptionException">The keys of a segment are damaged.</exception>
    public static void Check(TableVersion table, SequenceNumber at, Action<Segment?, string> report, CancellationToken cancellationToken)
    {
        for (int i = 0; i < table.Sources.Count && table.Sources[i] is Memtable memtable; i++)
        {
            for (int ordinal = 0; ordinal < memtable.RowCount; ordinal++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (memtable.IsVisible(ordinal, at))
                {
                    CheckRow(memtable, ordinal, table.Sources.Skip(i + 1), at, report);
                }
            }
        }
    }

    private static void CheckRow(Memtable memtable, int ordinal, IEnumerable<RowSource> older, SequenceNumber at, Action<Segment?, string> report)
    {
        ReadOnlySpan<byte> key = memtable.KeyOf(ordinal);
        SequenceNumber begin = memtable.BeginOf(ordinal);
        if (!memtable.TryFind(key, at, out int found) || found != ordinal)
        {
            report(null, $"the row of commit {begin.Value} in memory is not what its key finds there");
        }

        foreach (RowSource source in older)
        {
            if (source.TryFind(key, at, out found))
            {
                report(source as Segment, $"row {found}, of commit {source.BeginOf(found).Value}, did not end though its key was written again by commit {begin.Value}, which is in memory");
            }
        }
    }
}
