using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Helios.Typed.Primitives;
using Helios.Typed.Schema;

namespace Helios.Typed.Records;

/// <summary>Finds the cells of one stored row without reading the rest.</summary>
/// <remarks>The layout is pictured at <see cref="RowFormat"/>.</remarks>
internal readonly ref struct RowView
{
    private readonly ReadOnlySpan<byte> _ids;
    private readonly ReadOnlySpan<byte> _ends;
    private readonly ReadOnlySpan<byte> _cells;

    /// <summary>Opens a row.</summary>
    /// <param name="row">The row's bytes.</param>
    /// <exception cref="InvalidDataException">The row is of an unknown version or its lengths do not fit.</exception>
    public RowView(ReadOnlySpan<byte> row)
    {
        if (row.Length < RowFormat.HeaderBytes)
        {
            throw new InvalidDataException("a row is shorter than its header");
        }

        if (row[0] != RowFormat.Version)
        {
            throw UnknownVersion.Of("a row", row[0], RowFormat.Version);
        }

        int columns = BinaryPrimitives.ReadUInt16LittleEndian(row[2..]);
        int head = RowFormat.HeaderBytes + (columns * RowFormat.DirectoryEntryBytes);
        if (head > row.Length)
        {
            throw new InvalidDataException("a row is shorter than its directory");
        }

        _ids = row.Slice(RowFormat.HeaderBytes, columns * sizeof(ushort));
        _ends = row.Slice(RowFormat.HeaderBytes + _ids.Length, columns * sizeof(uint));
        _cells = row[head..];
    }

    /// <summary>Gets the number of columns that have a value.</summary>
    public int Count => _ids.Length / sizeof(ushort);

    /// <summary>Gives the id of a column that has a value, by its place in the row.</summary>
    public int ColumnIdAt(int place) => BinaryPrimitives.ReadUInt16LittleEndian(_ids[(place * sizeof(ushort))..]);

    /// <summary>Finds the cell of a column; false where the row has no value in it.</summary>
    /// <param name="columnId">The column's stable id.</param>
    /// <param name="cell">The cell.</param>
    /// <exception cref="InvalidDataException">The row's lengths do not fit.</exception>
    public bool TryGetCell(int columnId, out ReadOnlySpan<byte> cell)
    {
        int place = (uint)columnId > ushort.MaxValue ? -1 : MemoryMarshal.Cast<byte, ushort>(_ids).BinarySearch((ushort)columnId);
        if (place < 0)
        {
            cell = default;
            return false;
        }

        uint start = place == 0 ? 0 : EndOf(place - 1);
        uint end = EndOf(place);
        if (start > end || end > (uint)_cells.Length)
        {
            throw new InvalidDataException("a row's column ends do not fit its length");
        }

        cell = _cells[(int)start..(int)end];
        return true;
    }

    /// <summary>Checks what reading one cell does not: that columns rise, and that the cells fill the row end to end.</summary>
    /// <param name="row">The row's bytes.</param>
    /// <exception cref="InvalidDataException">The row is of an unknown version, its columns are out of order, or its lengths do not fit.</exception>
    public static void Require(ReadOnlySpan<byte> row)
    {
        RowView view = new(row);
        int id = 0;
        uint end = 0;
        for (int place = 0; place < view.Count; place++)
        {
            (int idBefore, uint endBefore) = (id, end);
            (id, end) = (view.ColumnIdAt(place), view.EndOf(place));
            if (id <= idBefore || end < endBefore)
            {
                throw new InvalidDataException($"a row's column {id}, which ends at {end}, follows column {idBefore}, which ends at {endBefore}");
            }
        }

        if (end != (uint)view._cells.Length)
        {
            throw new InvalidDataException("a row's column ends do not fit its length");
        }
    }

    private uint EndOf(int place) => BinaryPrimitives.ReadUInt32LittleEndian(_ends[(place * sizeof(uint))..]);
}
