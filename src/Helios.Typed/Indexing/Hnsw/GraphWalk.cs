using System.Runtime.CompilerServices;
using Cache = Helios.Typed.Numerics.Lanes.Prefetch;

namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Walks one level after another towards a query (Malkov and Yashunin 2018, algorithm 2); builds and searches share it.</summary>
/// <remarks>
/// A step first gathers the unvisited neighbors of a node and only then ranks them, so that their rows can be asked
/// for a few ahead: a walk waits for memory more than it computes.
/// </remarks>
internal readonly unsafe ref struct GraphWalk<TRows>
    where TRows : struct, IRankedRows
{
    // Rows asked for ahead of the one being ranked. Measured from 2 to 32: short rows gain up to 6, long ones lose past 4.
    private const int Ahead = 5;

    // What is asked for of the links of a node that enters the pool: the room for M = 16.
    private const int MaxLinkBytes = 2 * Cache.LineBytes;

    // Steps between two looks at the cancellation token.
    private const int StepsPerCheck = 64;

    private readonly TRows _rows;
    private readonly WalkScratch _scratch;
    private readonly float* _query;

    /// <summary>Starts a walk.</summary>
    /// <param name="rows">The vectors.</param>
    /// <param name="scratch">What to write on, for this walk alone.</param>
    /// <param name="query">The prepared query, in memory that does not move.</param>
    public GraphWalk(TRows rows, WalkScratch scratch, float* query)
    {
        _rows = rows;
        _scratch = scratch;
        _query = query;
    }

    /// <summary>Ranks one node.</summary>
    public Candidate Visit(HnswLevel level, uint index) => new(_rows.Rank(_query, level.SlotOf(index)), index);

    /// <summary>Goes to ever nearer neighbors until there is none (the paper's search with a beam of 1).</summary>
    /// <param name="level">The level.</param>
    /// <param name="nearest">Where to start, ranked; then where it ended.</param>
    /// <returns>How many distances were computed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Descend(HnswLevel level, ref Candidate nearest)
    {
        int computed = 0;
        bool isImproved = true;
        while (isImproved)
        {
            isImproved = false;
            uint* links = level.LinksOf(nearest.Index);
            int used = 0;
            for (; used < level.Degree && links[used] != HnswGraphFormat.NoLink; used++)
            {
                _rows.Prefetch(level.SlotOf(links[used]));
            }

            for (int i = 0; i < used; i++)
            {
                // The row may change under a build's walk: each link is read once and is valid by itself.
                uint index = Volatile.Read(ref links[i]);
                if (index == HnswGraphFormat.NoLink)
                {
                    break;
                }

                float rank = _rows.Rank(_query, level.SlotOf(index));
                computed++;
                if (rank < nearest.Rank)
                {
                    nearest = new Candidate(rank, index);
                    isImproved = true;
                }
            }
        }

        return computed;
    }

    /// <summary>Fills a pool with the nearest nodes of a level: follows the nearest that was not followed, until all were.</summary>
    /// <param name="level">The level.</param>
    /// <param name="entry">Where to start, ranked.</param>
    /// <param name="pool">Empty; filled.</param>
    /// <param name="cancellationToken">Stops the walk.</param>
    /// <returns>How many distances were computed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Collect(HnswLevel level, Candidate entry, ref CandidatePool pool, CancellationToken cancellationToken)
    {
        VisitedSet visited = _scratch.VisitedOf(level.Count);
        uint* gathered = _scratch.Gathered;
        nuint linkBytes = (nuint)Math.Min(level.Degree * sizeof(uint), MaxLinkBytes);
        visited.TryMark(entry.Index);
        pool.Add(entry.Rank, entry.Index);
        int computed = 0;
        for (int step = 1; pool.TryFollow(out uint index); step++)
        {
            if (step % StepsPerCheck == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            int count = Gather(level, index, visited, gathered);
            for (int i = 0; i < count; i++)
            {
                if (i + Ahead < count)
                {
                    _rows.Prefetch(level.SlotOf(gathered[i + Ahead]));
                }

                float rank = _rows.Rank(_query, level.SlotOf(gathered[i]));
                if (rank < pool.Worst)
                {
                    pool.Add(rank, gathered[i]);
                    Cache.Lines((byte*)level.LinksOf(gathered[i]), linkBytes);
                }
            }

            computed += count;
        }

        return computed;
    }

    /// <summary>Fills a pool with the nearest nodes of level 0 that a filter accepts; the others are walked through.</summary>
    /// <remarks>
    /// The walk may cost as much as comparing with every accepted vector would, judged by the share that it has met
    /// accepted so far, and no more: where few are accepted, and where those near the query are not, a scan is better.
    /// </remarks>
    /// <param name="level">Level 0.</param>
    /// <param name="entry">Where to start, ranked.</param>
    /// <param name="filter">Which slots may be returned.</param>
    /// <param name="pool">Empty; filled.</param>
    /// <param name="computed">How many distances were computed.</param>
    /// <param name="cancellationToken">Stops the walk.</param>
    /// <returns>Whether the walk came to its end; if not, it gave up.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool CollectAccepted(HnswLevel level, Candidate entry, SlotFilter filter, ref CandidatePool pool, out int computed, CancellationToken cancellationToken)
    {
        VisitedSet visited = _scratch.VisitedOf(level.Count);
        FrontierHeap frontier = _scratch.Frontier;
        uint* gathered = _scratch.Gathered;
        frontier.Clear();
        frontier.Add(entry);
        visited.TryMark(entry.Index);
        computed = 1;
        int accepted = 0;
        if (filter.Accepts((int)entry.Index))
        {
            pool.Add(entry.Rank, entry.Index);
            accepted++;
        }

        for (int step = 1; frontier.Count > 0; step++)
        {
            Candidate nearest = frontier.Take();
            if (nearest.Rank > pool.Worst)
            {
                break;
            }

            if (step % StepsPerCheck == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (computed > ScanCost(level.Count, computed, accepted))
            {
                return false;
            }

            int count = Gather(level, nearest.Index, visited, gathered);
            for (int i = 0; i < count; i++)
            {
                if (i + Ahead < count)
                {
                    _rows.Prefetch(gathered[i + Ahead]);
                }

                uint index = gathered[i];
                float rank = _rows.Rank(_query, index);
                if (filter.Accepts((int)index))
                {
                    accepted++;
                    if (rank < pool.Worst)
                    {
                        pool.Add(rank, index);
                    }
                }

                if (rank < pool.Worst)
                {
                    frontier.Add(new Candidate(rank, index));
                }
            }

            computed += count;
        }

        return true;
    }

    // In distances: one for each accepted vector, and asking the filter about 16 vectors costs about as much as one.
    private static long ScanCost(int count, int computed, int accepted) => ((long)count * accepted / computed) + (count / 16);

    /// <summary>Lists the unvisited neighbors of a node and asks for the first of their rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Gather(HnswLevel level, uint index, VisitedSet visited, uint* gathered)
    {
        uint* links = level.LinksOf(index);
        int count = 0;
        for (int i = 0; i < level.Degree; i++)
        {
            uint link = links[i];
            if (link == HnswGraphFormat.NoLink)
            {
                break;
            }

            if (visited.TryMark(link))
            {
                if (count < Ahead)
                {
                    _rows.Prefetch(level.SlotOf(link));
                }

                gathered[count++] = link;
            }
        }

        return count;
    }
}
