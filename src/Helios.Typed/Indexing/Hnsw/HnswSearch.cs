namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Finds near vectors by walking the graph (Malkov and Yashunin 2018, algorithms 2 and 5).</summary>
internal static class HnswSearch
{
    /// <summary>Finds up to <paramref name="k"/> near vectors, nearest first; allocates nothing beyond <paramref name="results"/>.</summary>
    /// <param name="graph">The graph over the block.</param>
    /// <param name="block">The vectors.</param>
    /// <param name="query">The query, of shape [dimensions], already checked.</param>
    /// <param name="k">How many are wanted, at least 1.</param>
    /// <param name="beam">The candidates kept (ef); at least <paramref name="k"/> are.</param>
    /// <param name="filter">Which slots may be returned, or null for all; the others are walked through. Fewer than k may come back.</param>
    /// <param name="tieOrder">Orders slots at equal distance, or null for the slots' own order.</param>
    /// <param name="results">Cleared, then filled.</param>
    /// <param name="cancellationToken">Stops the walk.</param>
    /// <returns>How many distances were computed.</returns>
    public static int Search(
        HnswGraph graph,
        VectorBlock block,
        ReadOnlySpan<float> query,
        int k,
        int beam,
        SlotFilter? filter,
        IComparer<int>? tieOrder,
        List<Neighbor> results,
        CancellationToken cancellationToken) => throw new NotSupportedException();
}
