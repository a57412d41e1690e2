using Helios.Typed.Engine;
using Helios.Typed.Records;

namespace Helios.Typed.Querying.Filters;

/// <summary>Holds several values of one type, and says whether a cell is one of them.</summary>
internal sealed class CellSet
{
    private readonly ColumnType _type;
    private readonly byte[][] _sorted;

    /// <summary>Takes values.</summary>
    /// <param name="type">What they are.</param>
    /// <param name="cells">Their cells, in any order.</param>
    public CellSet(ColumnType type, IEnumerable<byte[]> cells)
    {
        _type = type;
        var order = Comparer<byte[]>.Create((a, b) => ScalarCodec.Compare(type, a, b));
        _sorted = [.. new SortedSet<byte[]>(cells, order)];
    }

    /// <summary>Says whether one of them lies within the bounds of some rows' values.</summary>
    public bool HasBetween(in ColumnStatistics bounds)
    {
        int low = 0;
        int high = _sorted.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = ScalarCodec.Compare(_type, _sorted[middle], bounds.Low) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low < _sorted.Length && (!bounds.HasHigh || ScalarCodec.Compare(_type, _sorted[low], bounds.High) <= 0);
    }

    /// <summary>Says whether a cell is among them.</summary>
    public bool Contains(ReadOnlySpan<byte> cell)
    {
        int low = 0;
        int high = _sorted.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = ScalarCodec.Compare(_type, cell, _sorted[middle]);
            if (order == 0)
            {
                return true;
            }

            (low, high) = order < 0 ? (low, middle - 1) : (middle + 1, high);
        }

        return false;
    }
}
