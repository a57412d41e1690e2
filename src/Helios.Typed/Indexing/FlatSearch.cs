namespace Helios.Typed.Indexing;

/// <summary>Finds the nearest vectors by comparing with every one.</summary>
internal static class FlatSearch
{
    /// <summary>Finds the <paramref name="k"/> nearest, nearest first.</summary>
    /// <param name="block">The vectors.</param>
    /// <param name="query">The query, of shape [dimensions], already checked.</param>
    /// <param name="k">How many are wanted, at least 1.</param>
    /// <param name="maxDistance">Farther ones are left out; positive infinity for none.</param>
    /// <param name="filter">Which slots may be returned, or null for all.</param>
    /// <param name="tieOrder">Orders slots at equal distance, or null for the slots' own order.</param>
    /// <param name="results">Cleared, then filled.</param>
    /// <param name="cancellationToken">Stops the scan.</param>
    public static void Search(
        VectorBlock block,
        ReadOnlySpan<float> query,
        int k,
        float maxDistance,
        SlotFilter? filter,
        IComparer<int>? tieOrder,
        List<Neighbor> results,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Computes the distance to one vector exactly as <see cref="Search"/> does.</summary>
    public static float Distance(VectorBlock block, ReadOnlySpan<float> query, int slot) => throw new NotSupportedException();
}
