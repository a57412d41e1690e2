using System.Buffers.Binary;
using Helios.Typed.Schema;

namespace Helios.Typed.Records;

/// <summary>Leaves the cells of dropped columns out of rows.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class RowTrimmer
{
    private readonly HashSet<int> _dropped;
    private byte[] _row = [];

    private RowTrimmer(HashSet<int> dropped) => _dropped = dropped;

    /// <summary>Makes the trimmer of a table, or gives null where no column of it was dropped.</summary>
    public static RowTrimmer? For(TableShape stored)
    {
        HashSet<int> dropped = [.. stored.Columns.Where(column => column.IsDropped).Select(column => column.Id)];
        return dropped.Count > 0 ? new RowTrimmer(dropped) : null;
    }

    /// <summary>Gives the row without the cells; the row itself where it has none. Valid until the next call.</summary>
    /// <exception cref="InvalidDataException">The row is malformed.</exception>
    public ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> row)
    {
        RowView view = new(row);
        int kept = 0;
        for (int place = 0; place < view.Count; place++)
        {
            kept += _dropped.Contains(view.ColumnIdAt(place)) ? 0 : 1;
        }

        return kept == view.Count ? row : Write(view, kept, row.Length);
    }

    private ReadOnlySpan<byte> Write(RowView view, int kept, int capacity)
    {
        _row = _row.Length < capacity ? new byte[capacity] : _row;
        int directory = RowFormat.HeaderBytes + (kept * RowFormat.DirectoryEntryBytes);
        _row[0] = RowFormat.Version;
        _row[1] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(_row.AsSpan(2), (ushort)kept);
        int end = 0;
        int entry = 0;
        for (int place = 0; place < view.Count; place++)
        {
            int id = view.ColumnIdAt(place);
            if (_dropped.Contains(id) || !view.TryGetCell(id, out ReadOnlySpan<byte> cell))
            {
                continue;
            }

            cell.CopyTo(_row.AsSpan(directory + end));
            end += cell.Length;
            BinaryPrimitives.WriteUInt16LittleEndian(_row.AsSpan(RowFormat.HeaderBytes + (entry * sizeof(ushort))), (ushort)id);
            BinaryPrimitives.WriteUInt32LittleEndian(_row.AsSpan(RowFormat.HeaderBytes + (kept * sizeof(ushort)) + (entry * sizeof(uint))), (uint)end);
            entry++;
        }

        return entry == kept ? _row.AsSpan(0, directory + end) : throw new InvalidDataException("a row's columns are out of order");
    }
}
