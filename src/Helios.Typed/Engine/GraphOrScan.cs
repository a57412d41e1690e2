namespace Helios.Typed.Engine;

/// <summary>Decides how one source is searched: by a walk of its graph, or by comparing with every row that matches.</summary>
/// <remarks>
/// Both costs are counted in vectors compared. A walk looks at about M new neighbours for each of the candidates it keeps, and
/// where only a share of the rows may be returned it must keep on until it has met that many more. Each look is at a random
/// place in memory, which takes about three times as long as the next row of a scan. Where few rows match, the walk is
/// worse than its cost: rows far apart in the graph are missed, and a scan misses none.
/// </remarks>
internal static class GraphOrScan
{
    /// <summary>The rows that a scan takes well under a millisecond for, at a few hundred dimensions.</summary>
    internal const int FewRows = 10_000;

    private const int RandomAccessCost = 3;

    /// <summary>Says whether the scan is to be taken.</summary>
    /// <param name="count">The vectors of the source.</param>
    /// <param name="matching">How many of them may be returned.</param>
    /// <param name="beam">The candidates that the walk keeps, at least as many as are wanted.</param>
    /// <param name="maxConnections">The graph's M.</param>
    public static bool PrefersScan(int count, int matching, int beam, int maxConnections)
    {
        bool isSelective = matching < count / 2;
        if (matching == 0 || (isSelective && matching <= FewRows))
        {
            return true;
        }

        double comparedByWalk = (double)beam * maxConnections * count / matching;
        return matching <= comparedByWalk * RandomAccessCost;
    }
}
