namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Holds the candidates of a filtered walk that are still to be followed, the nearest on top.</summary>
/// <remarks>Unbounded, because nodes that may not be returned must not push out those that lead to others that may.</remarks>
internal sealed class FrontierHeap
{
    private Candidate[] _heap = new Candidate[256];

    /// <summary>Gets the number of candidates.</summary>
    public int Count { get; private set; }

    /// <summary>Forgets all candidates.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a candidate.</summary>
    public void Add(Candidate candidate)
    {
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, 2 * _heap.Length);
        }

        int hole = Count++;
        while (hole > 0)
        {
            int parent = (hole - 1) / 2;
            if (_heap[parent].Rank <= candidate.Rank)
            {
                break;
            }

            _heap[hole] = _heap[parent];
            hole = parent;
        }

        _heap[hole] = candidate;
    }

    /// <summary>Takes the nearest candidate; there is one.</summary>
    public Candidate Take()
    {
        Candidate nearest = _heap[0];
        Candidate moved = _heap[--Count];
        int hole = 0;
        while (true)
        {
            int child = (2 * hole) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && _heap[child + 1].Rank < _heap[child].Rank)
            {
                child++;
            }

            if (moved.Rank <= _heap[child].Rank)
            {
                break;
            }

            _heap[hole] = _heap[child];
            hole = child;
        }

        _heap[hole] = moved;
        return nearest;
    }
}
