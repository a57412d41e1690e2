using System.Globalization;
using Helios.Typed.Engine;
using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed.Querying.Filters;

/// <summary>Reads one column of a row.</summary>
/// <param name="stored">The column as stored, for its id.</param>
/// <param name="declared">The column as declared, for whether it may be null.</param>
internal sealed class CellSource(ColumnShape stored, ColumnShape declared)
{
    // A list that no row was written with yet reads as empty where it may not be null.
    private static readonly byte[] _emptyList = new byte[RowFormat.ListHeaderBytes];

    private readonly int _width = stored.IsArray || stored.Vector is not null ? 0 : ScalarCodec.WidthOf(stored.Type);

    /// <summary>Gets what a value, or an element of a list, is.</summary>
    public ColumnType Type => stored.Type;

    /// <summary>Finds the row's cell; false where it has no value.</summary>
    /// <exception cref="InvalidDataException">The cell is not as wide as its type.</exception>
    public bool TryRead(RowCursor row, out ReadOnlySpan<byte> cell)
    {
        if (!row.TryGetCell(stored.Id, out cell))
        {
            cell = _emptyList;
            return declared.IsArray && !declared.IsNullable;
        }

        return _width == 0 || cell.Length == _width
            ? true
            : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"column '{stored.Name}' takes {_width} bytes, not {cell.Length}"));
    }
}
