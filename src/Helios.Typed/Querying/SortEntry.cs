using System.Buffers.Binary;
using Helios.Typed.Engine;
using Helios.Typed.Querying.Filters;
using Helios.Typed.Records;
using Helios.Typed.Sql.Ast;

namespace Helios.Typed.Querying;

/// <summary>Is what a sort keeps of one row: the cells it is ordered by, its key, and where it is.</summary>
/// <remarks><code>{ length i32, −1 for null | cell }… | key</code></remarks>
internal sealed class SortEntry
{
    private byte[] _bytes = [];
    private int _length;

    /// <summary>Gets where the row is.</summary>
    public RowLocation Location { get; private set; }

    /// <summary>Takes the row that a cursor stands on.</summary>
    public void Take(RowCursor row, RowLocation location, SortOrder order)
    {
        Location = location;
        _length = 0;
        for (int i = 0; i < order.Count; i++)
        {
            bool hasCell = order.TryRead(i, row, out ReadOnlySpan<byte> cell);
            Span<byte> room = Grow(sizeof(int) + cell.Length);
            BinaryPrimitives.WriteInt32LittleEndian(room, hasCell ? cell.Length : -1);
            cell.CopyTo(room[sizeof(int)..]);
        }

        row.Key.CopyTo(Grow(row.Key.Length));
    }

    /// <summary>Compares with another entry.</summary>
    public int CompareTo(SortEntry other, SortOrder order)
    {
        ReadOnlySpan<byte> mine = _bytes.AsSpan(0, _length);
        ReadOnlySpan<byte> others = other._bytes.AsSpan(0, other._length);
        for (int i = 0; i < order.Count; i++)
        {
            bool hasMine = Read(ref mine, out ReadOnlySpan<byte> cell);
            bool hasOther = Read(ref others, out ReadOnlySpan<byte> otherCell);
            int compared = order.CompareAt(i, hasMine, cell, hasOther, otherCell);
            if (compared != 0)
            {
                return compared;
            }
        }

        return mine.SequenceCompareTo(others);
    }

    /// <summary>Compares with the row that a cursor stands on, of which nothing is copied.</summary>
    public int CompareTo(RowCursor row, SortOrder order)
    {
        ReadOnlySpan<byte> mine = _bytes.AsSpan(0, _length);
        for (int i = 0; i < order.Count; i++)
        {
            bool hasMine = Read(ref mine, out ReadOnlySpan<byte> cell);
            bool hasOther = order.TryRead(i, row, out ReadOnlySpan<byte> otherCell);
            int compared = order.CompareAt(i, hasMine, cell, hasOther, otherCell);
            if (compared != 0)
            {
                return compared;
            }
        }

        return mine.SequenceCompareTo(row.Key);
    }

    private static bool Read(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> cell)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        cell = bytes.Slice(sizeof(int), Math.Max(0, length));
        bytes = bytes[(sizeof(int) + cell.Length)..];
        return length >= 0;
    }

    private Span<byte> Grow(int bytes)
    {
        if (_length + bytes > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_length + bytes, 2 * _length));
        }

        Span<byte> room = _bytes.AsSpan(_length, bytes);
        _length += bytes;
        return room;
    }
}

/// <summary>Is the order of a sort, by stored columns.</summary>
/// <param name="order">The order by declared columns.</param>
/// <param name="schema">The table.</param>
internal sealed class SortOrder(NodeList<Ordering> order, TableSchema schema)
{
    private readonly CellSource[] _columns = [.. order.Select(ordering => new CellSource(schema.StoredAt(ordering.Place), ordering.Column))];

    /// <summary>Gets the number of columns.</summary>
    public int Count => _columns.Length;

    /// <summary>Finds the cell that a row has in a column; false where it has none.</summary>
    /// <exception cref="HeliosCorruptionException">The cell is not one that could be compared with others of its type.</exception>
    public bool TryRead(int index, RowCursor row, out ReadOnlySpan<byte> cell) => _columns[index].TryRead(row, out cell);

    /// <summary>Compares two cells of a column; none counts as above every value.</summary>
    public int CompareAt(int index, bool hasA, ReadOnlySpan<byte> a, bool hasB, ReadOnlySpan<byte> b)
    {
        int compared = hasA && hasB ? ScalarCodec.Compare(order[index].Column.Type, a, b) : hasB.CompareTo(hasA);
        return order[index].IsDescending ? -compared : compared;
    }
}
