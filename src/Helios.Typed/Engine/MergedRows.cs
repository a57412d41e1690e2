using Helios.Typed.Primitives;
using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Is the rows of several sources in the order of a segment: by key, then newest first.</summary>
/// <remarks>Holds places, not rows: eight bytes for each, and four more for the way from its old ordinal.</remarks>
internal sealed class MergedRows : IDisposable
{
    private const int RowsPerCancellationCheck = 1024;
    private const int LeftOut = -1;

    private readonly IReadOnlyList<RowSource> _sources;
    private readonly RowCursor[] _cursors;
    private readonly RowLocation[] _rows;
    private readonly CancellationToken _cancellationToken;

    private MergedRows(IReadOnlyList<RowSource> sources, TableSchema schema, RowLocation[] rows, int[][] ordinals, CancellationToken cancellationToken)
    {
        _sources = sources;
        _cursors = [.. sources.Select(source => source.OpenCursor(schema))];
        _rows = rows;
        _cancellationToken = cancellationToken;
        Ordinals = ordinals;
    }

    /// <summary>Gets the number of rows.</summary>
    public int Count => _rows.Length;

    /// <summary>Gets, for each source, the place here of each of its ordinals, or −1 where it was left out.</summary>
    public IReadOnlyList<int[]> Ordinals { get; }

    /// <summary>Merges the versions that a snapshot after <paramref name="keepFrom"/> may see.</summary>
    public static MergedRows Merge(IReadOnlyList<RowSource> sources, TableSchema schema, SequenceNumber keepFrom, CancellationToken cancellationToken)
    {
        int[][] kept = [.. sources.Select(source => KeptInOrder(source, keepFrom, cancellationToken))];
        int[][] ordinals = [.. sources.Select(source => Filled(source.RowCount))];
        var rows = new RowLocation[kept.Sum(of => of.Length)];
        int[] heads = new int[kept.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            CheckNowAndThen(i, cancellationToken);
            int source = FindFirst(sources, kept, heads);
            int ordinal = kept[source][heads[source]++];
            rows[i] = new RowLocation(source, ordinal);
            ordinals[source][ordinal] = i;
        }

        return new MergedRows(sources, schema, rows, ordinals, cancellationToken);
    }

    /// <summary>Gives a row's key.</summary>
    public ReadOnlySpan<byte> KeyOf(int row) => _sources[_rows[row].Source].KeyOf(_rows[row].Ordinal);

    /// <summary>Gives the sequence at which a row began.</summary>
    public SequenceNumber BeginOf(int row) => _sources[_rows[row].Source].BeginOf(_rows[row].Ordinal);

    /// <summary>Goes to a row.</summary>
    /// <returns>The cursor that stands on it, until the next move.</returns>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public RowCursor MoveTo(int row)
    {
        CheckNowAndThen(row, _cancellationToken);
        RowCursor cursor = _cursors[_rows[row].Source];
        cursor.MoveTo(_rows[row].Ordinal);
        return cursor;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RowCursor cursor in _cursors)
        {
            cursor.Dispose();
        }
    }

    private static int[] KeptInOrder(RowSource source, SequenceNumber keepFrom, CancellationToken cancellationToken)
    {
        List<int> kept = [];
        for (int ordinal = 0; ordinal < source.RowCount; ordinal++)
        {
            CheckNowAndThen(ordinal, cancellationToken);
            SequenceNumber end = source.EndOf(ordinal);

            // A version that ended in the commit in which it began was never seen by anyone.
            if (end.Value == 0 || (end > keepFrom && end > source.BeginOf(ordinal)))
            {
                kept.Add(ordinal);
            }
        }

        if (!source.IsInKeyOrder)
        {
            kept.Sort((a, b) => Compare(source, a, source, b));
        }

        return [.. kept];
    }

    private static int FindFirst(IReadOnlyList<RowSource> sources, int[][] kept, int[] heads)
    {
        int first = -1;
        for (int i = 0; i < kept.Length; i++)
        {
            if (heads[i] < kept[i].Length
                && (first < 0 || Compare(sources[i], kept[i][heads[i]], sources[first], kept[first][heads[first]]) < 0))
            {
                first = i;
            }
        }

        return first;
    }

    private static int Compare(RowSource a, int ordinalOfA, RowSource b, int ordinalOfB)
    {
        int byKey = a.KeyOf(ordinalOfA).SequenceCompareTo(b.KeyOf(ordinalOfB));
        return byKey != 0 ? byKey : b.BeginOf(ordinalOfB).CompareTo(a.BeginOf(ordinalOfA));
    }

    private static int[] Filled(int count)
    {
        int[] ordinals = new int[count];
        Array.Fill(ordinals, LeftOut);
        return ordinals;
    }

    private static void CheckNowAndThen(int row, CancellationToken cancellationToken)
    {
        if (row % RowsPerCancellationCheck == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
