namespace Helios.Typed.Primitives;

/// <summary>Counts who holds a thing; who made it is the first.</summary>
/// <remarks>Thread-safe, without a lock. A field of its owner, never copied. Once it falls to zero it stays there.</remarks>
internal struct ReferenceCount
{
    private int _count;

    /// <summary>Starts with the maker's own hold.</summary>
    public ReferenceCount() => _count = 1;

    /// <summary>Adds a holder.</summary>
    /// <returns>False where nobody holds the thing any more.</returns>
    public bool TryAdd()
    {
        int seen = Volatile.Read(ref _count);
        while (seen > 0)
        {
            int found = Interlocked.CompareExchange(ref _count, seen + 1, seen);
            if (found == seen)
            {
                return true;
            }

            seen = found;
        }

        return false;
    }

    /// <summary>Takes a holder away.</summary>
    /// <returns>True where it was the last.</returns>
    public bool Release() => Interlocked.Decrement(ref _count) == 0;
}
