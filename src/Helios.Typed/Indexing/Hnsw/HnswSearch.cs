using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Helios.Typed.Numerics;

namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Finds near vectors by walking the graph (Malkov and Yashunin 2018, algorithms 2 and 5).</summary>
internal static class HnswSearch
{
    // A beam of this share of the nodes meets most of them, in a worse order than a scan does.
    private const int ScanShare = 4;

    /// <summary>Finds up to <paramref name="k"/> near vectors, nearest first; allocates nothing beyond <paramref name="results"/>.</summary>
    /// <remarks>
    /// Compares with every vector instead, and so answers exactly, where the beam is a quarter of the graph or more and
    /// where a filtered walk would cost more than that.
    /// </remarks>
    /// <param name="graph">The graph over the block.</param>
    /// <param name="block">The vectors.</param>
    /// <param name="query">The query, of shape [dimensions], already checked.</param>
    /// <param name="k">How many are wanted, at least 1.</param>
    /// <param name="beam">The candidates kept (ef); at least <paramref name="k"/> are.</param>
    /// <param name="filter">Which slots may be returned, or null for all; the others are walked through. Fewer than k come back only where fewer match.</param>
    /// <param name="tieOrder">Orders slots at equal distance, or null for the slots' own order.</param>
    /// <param name="results">Cleared, then filled.</param>
    /// <param name="cancellationToken">Stops the walk.</param>
    /// <returns>How many distances were computed.</returns>
    /// <exception cref="ArgumentException">The graph was built over another block, or the query has another length.</exception>
    public static int Search(
        HnswGraph graph,
        VectorBlock block,
        ReadOnlySpan<float> query,
        int k,
        int beam,
        SlotFilter? filter,
        IComparer<int>? tieOrder,
        List<Neighbor> results,
        CancellationToken cancellationToken)
    {
        block.ThrowIfQueryDiffers(query);
        if (graph.Count != block.Count || graph.Metric != block.Metric)
        {
            throw new ArgumentException($"The graph has {graph.Count} nodes under {graph.Metric} and the block has {block.Count} vectors under {block.Metric}.", nameof(graph));
        }

        cancellationToken.ThrowIfCancellationRequested();
        beam = Math.Max(beam, k);
        if (beam >= graph.Count / ScanShare)
        {
            return FlatSearch.Search(block, query, k, float.PositiveInfinity, filter, tieOrder, results, cancellationToken);
        }

        WalkScratch scratch = graph.Scratch.Rent();
        try
        {
            Walk walk = new()
            {
                Graph = graph,
                Block = block,
                Query = query,
                Beam = beam,
                Filter = filter,
                Scratch = scratch,
                Nearest = new NearestHeap(results, k, tieOrder),
                CancellationToken = cancellationToken,
            };
            DistanceDispatch.Run(block.Metric, block.IsHalf, ref walk);
            if (!walk.GaveUp)
            {
                walk.Nearest.Sort();
                return walk.Computed;
            }

            return walk.Computed + FlatSearch.Search(block, query, k, float.PositiveInfinity, filter, tieOrder, results, cancellationToken);
        }
        finally
        {
            graph.Scratch.Return(scratch);
            GC.KeepAlive(graph);
            GC.KeepAlive(block);
        }
    }

    private ref struct Walk : IDistanceOperation
    {
        public HnswGraph Graph;
        public VectorBlock Block;
        public ReadOnlySpan<float> Query;
        public int Beam;
        public SlotFilter? Filter;
        public WalkScratch Scratch;
        public NearestHeap Nearest;
        public CancellationToken CancellationToken;
        public int Computed;
        public bool GaveUp;

        public unsafe void Run<TDistance, TElement>()
            where TDistance : struct, IDistance
            where TElement : unmanaged
        {
            Span<float> prepared = Scratch.QueryOf(Block.Dimensions);
            TDistance.Prepare(Query, prepared);
            float* query = (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(prepared));
            if (Block.Stored is { } stored)
            {
                byte[] row = Scratch.RowOf(Block.Dimensions * Unsafe.SizeOf<TElement>());
                Run<TDistance, StoredRows<TDistance, TElement>>(new GraphWalk<StoredRows<TDistance, TElement>>(new(stored, row), Scratch, query));
            }
            else
            {
                Run<TDistance, VectorRows<TDistance, TElement>>(new GraphWalk<VectorRows<TDistance, TElement>>(new(Block), Scratch, query));
            }
        }

        private void Run<TDistance, TRows>(GraphWalk<TRows> walk)
            where TDistance : struct, IDistance
            where TRows : struct, IRankedRows
        {
            ReadOnlySpan<HnswLevel> levels = Graph.Levels;
            Candidate nearest = walk.Visit(levels[^1], Graph.Entry);
            Computed = 1;
            for (int level = levels.Length - 1; level > 0; level--)
            {
                Computed += walk.Descend(levels[level], ref nearest);
                nearest = new Candidate(nearest.Rank, levels[level].BelowOf(nearest.Index));
            }

            CandidatePool pool = Scratch.PoolOf(Beam);
            if (Filter is null)
            {
                Computed += walk.Collect(levels[0], nearest, ref pool, CancellationToken);
            }
            else
            {
                GaveUp = !walk.CollectAccepted(levels[0], nearest, Filter, ref pool, out int computed, CancellationToken);
                Computed += computed;
            }

            foreach (Candidate candidate in pool.Entries)
            {
                float distance = TDistance.ToDistance(candidate.Rank);
                if (GaveUp || distance > Nearest.Worst)
                {
                    break;
                }

                Nearest.Offer(distance, (int)candidate.Index);
            }
        }
    }
}
