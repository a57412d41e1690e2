using System.Runtime.InteropServices;

namespace Helios.Typed.Indexing;

/// <summary>Keeps the k nearest of what it is offered, in the caller's list.</summary>
/// <remarks>
/// While fewer than k are there it only collects; from the k-th on the list is a heap with the farthest on top, which a
/// nearer one replaces. Equal distances are told apart by the tie order, so the outcome does not depend on the order
/// of the offers. Allocates nothing but the list's own growth.
/// </remarks>
internal readonly ref struct NearestHeap
{
    private readonly List<Neighbor> _results;
    private readonly int _k;
    private readonly IComparer<int>? _tieOrder;

    /// <summary>Starts with nothing; clears the list.</summary>
    /// <param name="results">Where the neighbors are kept.</param>
    /// <param name="k">How many are wanted, at least 1.</param>
    /// <param name="tieOrder">Orders slots at equal distance, or null for the slots' own order.</param>
    public NearestHeap(List<Neighbor> results, int k, IComparer<int>? tieOrder)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        _results = results;
        _k = k;
        _tieOrder = tieOrder;
        results.Clear();
    }

    /// <summary>Gets the distance beyond which nothing gets in any more: infinite until there are k.</summary>
    public float Worst => _results.Count < _k ? float.PositiveInfinity : _results[0].Distance;

    /// <summary>Offers a neighbor.</summary>
    public void Offer(float distance, int slot)
    {
        Neighbor offered = new(distance, slot);
        if (_results.Count < _k)
        {
            _results.Add(offered);
            if (_results.Count == _k)
            {
                Heapify();
            }

            return;
        }

        Span<Neighbor> heap = CollectionsMarshal.AsSpan(_results);
        if (IsFarther(heap[0], offered))
        {
            SiftDown(heap, 0, offered);
        }
    }

    /// <summary>Puts the list in order, nearest first; the heap is done then.</summary>
    public void Sort()
    {
        if (_results.Count < _k)
        {
            Heapify();
        }

        Span<Neighbor> heap = CollectionsMarshal.AsSpan(_results);
        for (int last = heap.Length - 1; last > 0; last--)
        {
            Neighbor moved = heap[last];
            heap[last] = heap[0];
            SiftDown(heap[..last], 0, moved);
        }
    }

    private void Heapify()
    {
        Span<Neighbor> heap = CollectionsMarshal.AsSpan(_results);
        for (int i = (heap.Length / 2) - 1; i >= 0; i--)
        {
            SiftDown(heap, i, heap[i]);
        }
    }

    private void SiftDown(Span<Neighbor> heap, int hole, Neighbor value)
    {
        while (true)
        {
            int child = (2 * hole) + 1;
            if (child >= heap.Length)
            {
                break;
            }

            if (child + 1 < heap.Length && IsFarther(heap[child + 1], heap[child]))
            {
                child++;
            }

            if (!IsFarther(heap[child], value))
            {
                break;
            }

            heap[hole] = heap[child];
            hole = child;
        }

        heap[hole] = value;
    }

    private bool IsFarther(Neighbor a, Neighbor b) =>
        a.Distance > b.Distance
        || (a.Distance == b.Distance && (_tieOrder is null ? a.Slot > b.Slot : _tieOrder.Compare(a.Slot, b.Slot) > 0));
}
