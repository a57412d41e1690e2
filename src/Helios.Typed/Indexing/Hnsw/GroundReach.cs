namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Notes which nodes of level 0 can be reached by following links.</summary>
internal sealed class GroundReach(HnswLevel ground)
{
    private readonly bool[] _isReached = new bool[ground.Count];
    private readonly Stack<uint> _pending = new();

    /// <summary>Gets the number of nodes reached.</summary>
    public int Count { get; private set; }

    /// <summary>Says whether a node has been reached.</summary>
    public bool IsReached(uint slot) => _isReached[slot];

    /// <summary>Reaches a node and all that its links lead to.</summary>
    public void Spread(uint from)
    {
        Reach(from);
        while (_pending.TryPop(out uint slot))
        {
            foreach (uint link in ground.RowOf(slot))
            {
                if (link == HnswGraphFormat.NoLink)
                {
                    break;
                }

                Reach(link);
            }
        }
    }

    private void Reach(uint slot)
    {
        if (!_isReached[slot])
        {
            _isReached[slot] = true;
            Count++;
            _pending.Push(slot);
        }
    }
}
