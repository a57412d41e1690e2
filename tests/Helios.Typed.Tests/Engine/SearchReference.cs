using Helios.Typed.Engine;
using Helios.Typed.Indexing;
using Helios.Typed.Records;

namespace Helios.Typed.Tests.Engine;

/// <summary>Answers a vector search in the plainest way: every row of every source, one after the other, then a sort.</summary>
internal static class SearchReference
{
    public static List<(long Id, float Distance)> Search(TableSnapshot snapshot, SearchRequest request)
    {
        List<(byte[] Key, float Distance)> all = [];
        foreach (RowSource source in snapshot.Sources)
        {
            VectorView view = source.Vectors(request.VectorIndex);
            using RowCursor cursor = source.OpenCursor(snapshot.Schema);
            for (int slot = 0; slot < view.Block.Count; slot++)
            {
                int ordinal = view.OrdinalOf(slot);
                if (source.BeginOf(ordinal) > snapshot.Sequence || (source.EndOf(ordinal).Value != 0 && source.EndOf(ordinal) <= snapshot.Sequence))
                {
                    continue;
                }

                cursor.MoveTo(ordinal);
                float distance = FlatSearch.Distance(view.Block, request.Query.Span, slot);
                if (distance <= request.MaxDistance && (request.Filter is null || request.Filter.Matches(cursor)))
                {
                    all.Add((cursor.Key.ToArray(), distance));
                }
            }
        }

        return [.. all
            .OrderBy(row => row.Distance)
            .ThenBy(row => row.Key, Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)))
            .Take(request.Limit)
            .Select(row => (KeyCodec.Decode(ColumnType.Int64, row.Key).ToInt64(), row.Distance))];
    }

    public static List<(long Id, float Distance)> Read(TableSnapshot snapshot, SearchOutcome outcome) =>
        [.. outcome.Hits.Select(hit =>
            (KeyCodec.Decode(ColumnType.Int64, snapshot.Sources[hit.Location.Source].KeyOf(hit.Location.Ordinal)).ToInt64(), hit.Distance))];

    /// <summary>Accepts rows whose number is below a bound; rows without one do not match.</summary>
    internal sealed class NumberBelow(int bound) : RowFilter
    {
        protected override bool Test(RowCursor row) =>
            row.TryGetCell(3, out ReadOnlySpan<byte> cell) && ScalarCodec.Read<int>(cell) < bound;
    }

    /// <summary>Accepts rows by their name.</summary>
    internal sealed class NameIs(string name) : RowFilter
    {
        protected override bool Test(RowCursor row) =>
            row.TryGetCell(2, out ReadOnlySpan<byte> cell) && ScalarCodec.Read<string>(cell) == name;
    }

    /// <summary>Accepts rows by their key, and counts how many it was asked for.</summary>
    internal sealed class KeyIn(IReadOnlyList<byte[]> keys) : RowFilter
    {
        public int Asked { get; private set; }

        protected override bool Test(RowCursor row)
        {
            Asked++;
            byte[] key = row.Key.ToArray();
            return keys.Any(one => one.AsSpan().SequenceEqual(key));
        }
    }
}
