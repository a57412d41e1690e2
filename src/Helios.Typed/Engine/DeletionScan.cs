using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Finds the rows that a condition deletes, in passes: each looks only at what was committed since the one before.</summary>
/// <remarks>
/// The first passes run beside the writers, over everything and then over what came meanwhile; only the last, over next to
/// nothing, runs while nobody can commit. So a deletion holds nobody up for long, and nobody can hold it up at all.
/// </remarks>
/// <param name="table">The table.</param>
/// <param name="filter">Which rows, or null for all.</param>
/// <param name="keys">The ordered bytes of the only keys that can match, or null where any can.</param>
internal sealed class DeletionScan(TableHandle table, RowFilter? filter, IReadOnlyList<byte[]>? keys)
{
    private const int RowsPerCancellationCheck = 4_096;

    private readonly Dictionary<byte[], SequenceNumber> _found = new(ByteStringComparer.Instance);
    private SequenceNumber _through;

    /// <summary>Looks at the rows that were committed since the last pass.</summary>
    /// <param name="sources">The table's sources.</param>
    /// <param name="to">The sequence to read them at.</param>
    /// <param name="cancellationToken">Stops the pass.</param>
    public void Advance(IReadOnlyList<RowSource> sources, SequenceNumber to, CancellationToken cancellationToken)
    {
        foreach (RowSource source in sources)
        {
            using RowCursor cursor = source.OpenCursor(table.Schema);
            if (keys is not null)
            {
                foreach (byte[] key in keys)
                {
                    if (source.TryFind(key, to, out int ordinal))
                    {
                        Look(source, ordinal, cursor);
                    }
                }
            }
            else if (source.NewestBegin > _through)
            {
                LookAtAll(source, cursor, to, cancellationToken);
            }
        }

        _through = to;
    }

    /// <summary>Gives the deletes of the rows that still are as they were found, among the sources of the last pass.</summary>
    public RowBatch MakeBatch(IReadOnlyList<RowSource> sources)
    {
        RowBatch batch = new(table.Schema);
        foreach ((byte[] key, SequenceNumber begin) in _found)
        {
            foreach (RowSource source in sources)
            {
                // A version that is another by now was looked at again, and is noted in its place if it matched.
                if (source.TryFind(key, _through, out int ordinal) && source.BeginOf(ordinal) == begin)
                {
                    batch.Delete(source.ReadKey(ordinal, table.Schema));
                    break;
                }
            }
        }

        return batch;
    }

    private void LookAtAll(RowSource source, RowCursor cursor, SequenceNumber to, CancellationToken cancellationToken)
    {
        int count = source.RowCount;
        GroupedFilter? groups = filter is null ? null : new GroupedFilter(source, table.Schema, filter);
        for (int ordinal = count - 1; ordinal >= 0; ordinal--)
        {
            if (ordinal % RowsPerCancellationCheck == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (groups is not null && !groups.MayMatch(ordinal))
            {
                ordinal = groups.First;
                continue;
            }

            if (source.BeginOf(ordinal) <= _through)
            {
                if (source.IsInKeyOrder)
                {
                    continue;
                }

                // A memtable's rows are in the order of their commits.
                break;
            }

            if (source.IsVisible(ordinal, to))
            {
                cursor.MoveTo(ordinal);
                if (groups is null || groups.Matches(cursor))
                {
                    Note(source, ordinal);
                }
            }
        }
    }

    private void Look(RowSource source, int ordinal, RowCursor cursor)
    {
        cursor.MoveTo(ordinal);
        if (filter is null || filter.Matches(cursor))
        {
            Note(source, ordinal);
        }
    }

    private void Note(RowSource source, int ordinal) =>
        _found.GetAlternateLookup<ReadOnlySpan<byte>>()[source.KeyOf(ordinal)] = source.BeginOf(ordinal);
}
