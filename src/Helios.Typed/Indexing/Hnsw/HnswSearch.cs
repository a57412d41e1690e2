using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Helios.Typed.Numerics;
using Helios.Typed.Quantizers;

namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Finds near vectors by walking the graph (Malkov and Yashunin 2018, algorithms 2 and 5).</summary>
internal static class HnswSearch
{
    // A beam of this share of the nodes meets most of them, in a worse order than a scan does.
    private const int ScanShare = 4;

    // Of a walk on codes, so many of the nearest beyond k are compared with in full, or half of k again: at 100,000 × 768 the recall
    // is then within 0.0003 of that of a walk on full vectors with the same beam.
    private const int Reranked = 16;

    // Full vectors asked for ahead of the one being compared.
    private const int RerankAhead = 3;

    /// <summary>Finds up to <paramref name="k"/> near vectors, nearest first; allocates nothing beyond <paramref name="results"/>.</summary>
    /// <remarks>
    /// A graph of coded nodes is walked on the codes, and the nearest of what was met are then compared with in full: the
    /// distances that are returned are exact in any case. Compares with every vector instead, and so answers exactly, where the beam is a quarter of the graph or more and
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
                K = k,
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
        public int K;
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
                Run<TDistance, StoredRows<TDistance, TElement>>(new(stored, row), prepared, query);
            }
            else
            {
                Run<TDistance, VectorRows<TDistance, TElement>>(new(Block), prepared, query);
            }
        }

        private unsafe void Run<TDistance, TRows>(TRows rows, ReadOnlySpan<float> prepared, float* query)
            where TDistance : struct, IDistance
            where TRows : struct, IRankedRows
        {
            if (Graph.Coded is not { } nodes)
            {
                CandidatePool walked = Collect(new GraphWalk<TRows>(rows, Scratch, query));
                OfferAll<TDistance>(walked.Entries);
                return;
            }

            if (nodes.Space.Dimensions != Block.Dimensions)
            {
                throw new ArgumentException($"The graph's codes are of {nodes.Space.Dimensions} dimensions and the block has {Block.Dimensions}.");
            }

            Span<float> rotated = Scratch.RotatedOf(prepared.Length);
            prepared.CopyTo(rotated);
            Span<sbyte> weights = Scratch.WeightsOf(nodes.Space.CodeBytes);
            CodedQuery coded = nodes.Space.Prepare(rotated, weights);
            CodedRows codes = new(nodes, (sbyte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(weights)), coded);
            CandidatePool pool = Collect(new GraphWalk<CodedRows>(codes, Scratch, query));
            Span<Candidate> nearest = pool.Entries[..Math.Min(pool.Count, Math.Max(K + Reranked, K + (K / 2)))];
            if (!GaveUp)
            {
                Rerank<TDistance, TRows>(rows, query, nearest);
            }
        }

        private CandidatePool Collect<TRows>(GraphWalk<TRows> walk)
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

            return pool;
        }

        private void OfferAll<TDistance>(ReadOnlySpan<Candidate> nearest)
            where TDistance : struct, IDistance
        {
            foreach (Candidate candidate in nearest)
            {
                float distance = TDistance.ToDistance(candidate.Rank);
                if (GaveUp || distance > Nearest.Worst)
                {
                    break;
                }

                Nearest.Offer(distance, (int)candidate.Index);
            }
        }

        // Vectors that are read from a file are read in its order.
        private unsafe void Rerank<TDistance, TRows>(TRows rows, float* query, Span<Candidate> nearest)
            where TDistance : struct, IDistance
            where TRows : struct, IRankedRows
        {
            if (Block.Stored is not null)
            {
                nearest.Sort(static (a, b) => a.Index.CompareTo(b.Index));
            }

            for (int i = 0; i < Math.Min(RerankAhead, nearest.Length); i++)
            {
                rows.Prefetch(nearest[i].Index);
            }

            for (int i = 0; i < nearest.Length; i++)
            {
                if (i + RerankAhead < nearest.Length)
                {
                    rows.Prefetch(nearest[i + RerankAhead].Index);
                }

                uint slot = nearest[i].Index;
                Nearest.Offer(TDistance.ToDistance(rows.Rank(query, slot)), (int)slot);
            }

            Computed += nearest.Length;
        }
    }
}
