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

    private readonly bool _isScalar = !stored.IsArray && stored.Vector is null;

    /// <summary>Gets what a value, or an element of a list, is.</summary>
    public ColumnType Type => stored.Type;

    /// <summary>Tells of the values that rows of a group have; false where nothing is known.</summary>
    public bool TryGetStatistics(in RowGroup group, out ColumnStatistics statistics)
    {
        if (!group.TryGetStatistics(stored.Id, out statistics))
        {
            return false;
        }

        if (declared.IsArray && !declared.IsNullable)
        {
            statistics = ColumnStatistics.Counted(statistics.Rows, nulls: 0);
        }

        return true;
    }

    /// <summary>Finds the row's cell; false where it has no value.</summary>
    /// <exception cref="HeliosCorruptionException">The cell is not one that could be compared with others of its type.</exception>
    public bool TryRead(RowCursor row, out ReadOnlySpan<byte> cell)
    {
        if (!row.TryGetCell(stored.Id, out cell))
        {
            bool isEmpty = declared.IsArray && !declared.IsNullable;
            cell = isEmpty ? _emptyList : default;
            return isEmpty;
        }

        if (_isScalar)
        {
            try
            {
                ScalarCodec.RequireComparable(stored.Type, cell);
            }
            catch (InvalidDataException error)
            {
                throw row.Damaged(error);
            }
        }

        return true;
    }
}
