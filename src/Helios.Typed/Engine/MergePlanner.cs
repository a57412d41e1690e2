using System.Numerics;

namespace Helios.Typed.Engine;

/// <summary>Chooses which segments of a table to merge; pure.</summary>
/// <remarks>
/// Size-tiered: a tier holds segments whose rows differ by less than a factor of four, and four of a tier become one of the
/// next, so that a row is written again once a tier. Where small ones still pile up, the smallest are merged, and one of which
/// more than half has ended is rewritten alone. Segments with a graph are left alone, which a merge would cost them.
/// </remarks>
internal static class MergePlanner
{
    /// <summary>The segments without a graph that a table may keep.</summary>
    public const int MaxSegments = 8;

    private const int SegmentsPerTier = 4;
    private const int TierBits = 2;

    /// <summary>Chooses segments for one merge.</summary>
    /// <param name="candidates">The segments that may be merged.</param>
    /// <returns>Their places in <paramref name="candidates"/>, smallest first; none where all is well.</returns>
    public static IReadOnlyList<int> Choose(IReadOnlyList<MergeCandidate> candidates)
    {
        int[] bySize = [.. Enumerable.Range(0, candidates.Count).Where(i => !candidates[i].HasGraph).OrderBy(i => candidates[i].Live)];
        int[] hollow = [.. bySize.Where(i => candidates[i].Ended > candidates[i].Live)];
        if (hollow.Length > 0)
        {
            return hollow;
        }

        IGrouping<int, int>? full = bySize.GroupBy(i => TierOf(candidates[i].Live)).FirstOrDefault(tier => tier.Count() >= SegmentsPerTier);
        return full is not null ? [.. full]
            : bySize.Length > MaxSegments ? bySize[..(bySize.Length - MaxSegments + 1)]
            : [];
    }

    /// <summary>Chooses the segments that become one before a graph is built over it.</summary>
    /// <remarks>
    /// All without a graph, and those with one that are no larger than what is gathered so far: the number of graphs stays
    /// logarithmic, however often small batches are indexed.
    /// </remarks>
    /// <param name="candidates">The segments that may be merged.</param>
    /// <returns>Their places in <paramref name="candidates"/>; none where no segment is without a graph.</returns>
    public static IReadOnlyList<int> ChooseForGraph(IReadOnlyList<MergeCandidate> candidates)
    {
        List<int> chosen = [.. Enumerable.Range(0, candidates.Count).Where(i => !candidates[i].HasGraph)];
        if (chosen.Count == 0)
        {
            return chosen;
        }

        long live = chosen.Sum(i => candidates[i].Live);
        foreach (int i in Enumerable.Range(0, candidates.Count).Where(i => candidates[i].HasGraph).OrderBy(i => candidates[i].Live))
        {
            if (candidates[i].Live > live)
            {
                break;
            }

            chosen.Add(i);
            live += candidates[i].Live;
        }

        return chosen;
    }

    private static int TierOf(long live) => BitOperations.Log2((ulong)Math.Max(live, 1)) / TierBits;
}

/// <summary>Is a segment as the planner sees it.</summary>
/// <param name="Rows">Its rows, ended ones included.</param>
/// <param name="Ended">The rows whose end is persisted, so that a merge leaves them out.</param>
/// <param name="HasGraph">Whether a graph stands beside it.</param>
internal readonly record struct MergeCandidate(long Rows, long Ended, bool HasGraph)
{
    /// <summary>Gets the rows that have not ended.</summary>
    public long Live => Rows - Ended;
}
