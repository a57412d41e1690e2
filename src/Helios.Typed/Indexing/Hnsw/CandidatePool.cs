using System.Runtime.CompilerServices;

namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Keeps the nearest candidates of a walk in order, nearest first, and knows which is the next to follow.</summary>
/// <remarks>
/// One sorted array in place of the paper's two heaps: for beams of tens to hundreds, moving a few cache lines costs less
/// than two heaps do, and what falls off the end is never looked at again.
/// </remarks>
internal unsafe struct CandidatePool(Candidate* entries, int capacity)
{
    private readonly Candidate* _entries = entries;
    private readonly int _capacity = capacity;
    private int _next;

    /// <summary>Gets the number of candidates kept.</summary>
    public int Count { get; private set; }

    /// <summary>Gets the candidates, nearest first.</summary>
    public readonly Span<Candidate> Entries => new(_entries, Count);

    /// <summary>Gets the rank from which on nothing gets in: infinite while there is room.</summary>
    public readonly float Worst
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Count < _capacity ? float.PositiveInfinity : _entries[_capacity - 1].Rank;
    }

    /// <summary>Takes the nearest candidate that was not followed yet, and marks it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFollow(out uint index)
    {
        while (_next < Count)
        {
            uint tagged = _entries[_next].Tagged;
            if ((tagged & Candidate.Followed) == 0)
            {
                _entries[_next].Tagged = tagged | Candidate.Followed;
                _next++;
                index = tagged;
                return true;
            }

            _next++;
        }

        index = 0;
        return false;
    }

    /// <summary>Puts a candidate in its place, behind those of the same rank; the farthest falls off a full pool.</summary>
    /// <param name="rank">Below <see cref="Worst"/>.</param>
    /// <param name="index">The node.</param>
    public void Add(float rank, uint index)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_entries[middle].Rank <= rank)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        int moved = Count - low;
        if (Count == _capacity)
        {
            moved--;
        }
        else
        {
            Count++;
        }

        Candidate* place = _entries + low;
        Buffer.MemoryCopy(place, place + 1, (long)moved * sizeof(Candidate), (long)moved * sizeof(Candidate));
        *place = new Candidate(rank, index);
        _next = Math.Min(_next, low);
    }
}
