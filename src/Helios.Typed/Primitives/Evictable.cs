namespace Helios.Typed.Primitives;

/// <summary>Is memory that was loaded and can be loaded again: dropped when it is cold and something else needs the room.</summary>
/// <remarks>
/// Counted by reference: its owner holds one, each query that reads it another, taken once for the query. Dropping it takes it
/// from the owner, so that nobody finds it any more; the memory goes with the last query, and counts until then.
/// </remarks>
/// <param name="budget">What granted the memory.</param>
/// <param name="kind">What it is for.</param>
/// <param name="bytes">How much was granted.</param>
/// <param name="unpublish">Takes it from its owner; takes no lock.</param>
internal abstract class Evictable(MemoryBudget budget, MemoryKind kind, long bytes, Action<Evictable> unpublish)
{
    private ReferenceCount _references = new();
    private long _lastUsed = budget.Now;
    private int _isDropped;
    private int _isFree;

    /// <summary>Gets what it is for.</summary>
    public MemoryKind Kind => kind;

    /// <summary>Gets its size.</summary>
    public long Bytes => bytes;

    /// <summary>Gets when it was last read, in the budget's time.</summary>
    public long LastUsed => Volatile.Read(ref _lastUsed);

    /// <summary>Holds it.</summary>
    /// <returns>False where it has gone already.</returns>
    public bool TryAddReference()
    {
        if (!_references.TryAdd())
        {
            return false;
        }

        // Time stands still while nothing is missing, so that readers on several processors do not fight for the line.
        if (_lastUsed != budget.Now)
        {
            Volatile.Write(ref _lastUsed, budget.Now);
        }

        return true;
    }

    /// <summary>Lets it go; the last one frees it.</summary>
    public void ReleaseReference()
    {
        if (_references.Release())
        {
            Free();
        }
    }

    /// <summary>Takes it from its owner and lets the owner's hold go, once.</summary>
    public void Drop()
    {
        if (Interlocked.Exchange(ref _isDropped, 1) == 0)
        {
            unpublish(this);
            ReleaseReference();
        }
    }

    /// <summary>Frees it where nobody can read it any more: its last reader has left, or its file goes.</summary>
    public void Free()
    {
        if (Interlocked.Exchange(ref _isFree, 1) == 0)
        {
            FreeMemory();
            budget.Remove(this);
        }
    }

    /// <summary>Gives the memory back.</summary>
    protected abstract void FreeMemory();
}
