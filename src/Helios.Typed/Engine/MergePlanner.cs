using System.Numerics;

namespace Helios.Typed.Engine;

/// <summary>Chooses which segments of a table to merge; pure.</summary>
/// <remarks>
/// In this order, one merge at a time:
/// 1. A segment too many rows of which have ended is rewritten alone, the one first that gives the most rows back. One with a
/// graph sooner: what has ended is still walked through, and takes memory in its graph.
/// 2. Where there are too many graphs, each of which every search walks, the smallest become one segment, for a graph of its own.
/// 3. Segments without a graph by size: a tier holds those whose rows differ by less than a factor of eight, and eight of a tier
/// become one of the next, so that a row is written again once a tier.
/// 4. Where small ones still pile up over many tiers, the smallest are merged.
/// While rows keep coming, 3 waits until there are more segments than a table may keep.
/// Why these numbers: docs/decisions/0012-compaction.md.
/// </remarks>
internal static class MergePlanner
{
    /// <summary>The segments without a graph that a table may keep.</summary>
    public const int MaxScanned = 24;

    /// <summary>The segments with a graph that a table may keep.</summary>
    public const int MaxGraphs = 6;

    /// <summary>The segments of about one size that become one.</summary>
    public const int SegmentsPerTier = 8;

    private const int TierBits = 3;
    private const int MaxEndedPercent = 50;
    private const int MaxEndedPercentOfGraph = 40;

    /// <summary>Chooses segments for one merge.</summary>
    /// <param name="candidates">The segments that may be merged.</param>
    /// <param name="segmentsPerTier">How many of about one size become one.</param>
    /// <param name="isPressed">Whether rows keep coming, so that what can wait should.</param>
    /// <returns>Their places in <paramref name="candidates"/>, smallest first; none where all is well.</returns>
    public static IReadOnlyList<int> Choose(IReadOnlyList<MergeCandidate> candidates, int segmentsPerTier = SegmentsPerTier, bool isPressed = false)
    {
        int[] hollow = [.. Enumerable.Range(0, candidates.Count).Where(i => IsHollow(candidates[i]))];
        if (hollow.Length > 0)
        {
            return [hollow.MaxBy(i => candidates[i].Ended)];
        }

        int[] graphs = BySize(candidates, hasGraph: true);
        return graphs.Length > MaxGraphs ? Smallest(graphs, MaxGraphs) : ChooseScanned(candidates, segmentsPerTier, isPressed);
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
        foreach (int i in BySize(candidates, hasGraph: true))
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

    private static int[] ChooseScanned(IReadOnlyList<MergeCandidate> candidates, int segmentsPerTier, bool isPressed)
    {
        int[] bySize = BySize(candidates, hasGraph: false);
        if (isPressed && bySize.Length <= MaxScanned)
        {
            return [];
        }

        IGrouping<int, int>? full = bySize.GroupBy(i => TierOf(candidates[i].Live)).FirstOrDefault(tier => tier.Count() >= segmentsPerTier);
        return full is not null ? [.. full]
            : bySize.Length > MaxScanned ? Smallest(bySize, MaxScanned)
            : [];
    }

    private static bool IsHollow(MergeCandidate candidate) =>
        candidate.Ended * 100 > candidate.Rows * (candidate.HasGraph ? MaxEndedPercentOfGraph : MaxEndedPercent);

    private static int[] BySize(IReadOnlyList<MergeCandidate> candidates, bool hasGraph) =>
        [.. Enumerable.Range(0, candidates.Count).Where(i => candidates[i].HasGraph == hasGraph).OrderBy(i => candidates[i].Live)];

    // As few as leave so many when they have become one.
    private static int[] Smallest(int[] bySize, int left) => bySize[..(bySize.Length - left + 1)];

    private static int TierOf(long live) => BitOperations.Log2((ulong)Math.Max(live, 1)) / TierBits;
}

/// <summary>Is a segment as the planner sees it.</summary>
/// <param name="Rows">Its rows, ended ones included.</param>
/// <param name="Ended">The rows whose end is durable, so that a merge leaves them out.</param>
/// <param name="HasGraph">Whether a graph stands beside it.</param>
internal sealed record MergeCandidate(long Rows, long Ended, bool HasGraph)
{
    /// <summary>Gets the rows that have not ended.</summary>
    public long Live => Rows - Ended;
}
