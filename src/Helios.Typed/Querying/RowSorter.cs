using Helios.Typed.Engine;

namespace Helios.Typed.Querying;

/// <summary>Keeps the first rows of an order, of however many it is offered; ties are broken by key.</summary>
/// <param name="order">The order before the key.</param>
/// <param name="limit">How many are kept.</param>
internal sealed class RowSorter(SortOrder order, long limit)
{
    private readonly PriorityQueue<SortEntry, SortEntry> _lastFirst = new(Comparer<SortEntry>.Create((a, b) => b.CompareTo(a, order)));
    private readonly List<SortEntry> _all = [];

    private bool IsLimited => limit <= Array.MaxLength;

    /// <summary>Offers the row that a cursor stands on.</summary>
    public void Offer(RowCursor row, RowLocation location)
    {
        SortEntry entry;
        if (!IsLimited || _lastFirst.Count < limit)
        {
            entry = new SortEntry();
        }
        else if (_lastFirst.Peek().CompareTo(row, order) > 0)
        {
            entry = _lastFirst.Dequeue();
        }
        else
        {
            return;
        }

        entry.Take(row, location, order);
        if (IsLimited)
        {
            _lastFirst.Enqueue(entry, entry);
        }
        else
        {
            _all.Add(entry);
        }
    }

    /// <summary>Gives the places of the rows kept, in order.</summary>
    public RowLocation[] Sort()
    {
        _all.AddRange(_lastFirst.UnorderedItems.Select(item => item.Element));
        _lastFirst.Clear();
        _all.Sort((a, b) => a.CompareTo(b, order));
        return [.. _all.Select(entry => entry.Location)];
    }
}
