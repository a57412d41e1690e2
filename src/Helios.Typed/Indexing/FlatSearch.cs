using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Helios.Typed.Numerics;

namespace Helios.Typed.Indexing;

/// <summary>Finds the nearest vectors by comparing with every one.</summary>
internal static class FlatSearch
{
    // Rows between two looks at the cancellation token; a few thousand take well under a millisecond.
    private const int RunSlots = 4096;

    // What is read at once of vectors that are not in memory: long enough for a disk, short enough for the cache.
    private const int RunBytes = 256 << 10;

    // Of a run in which fewer match than one in so many, the matching ones are read one by one.
    private const int SparseRun = 8;

    /// <summary>Finds the <paramref name="k"/> nearest, nearest first.</summary>
    /// <remarks>A slot whose distance is NaN is left out; vectors that were checked when written have none.</remarks>
    /// <param name="block">The vectors.</param>
    /// <param name="query">The query, of shape [dimensions], already checked.</param>
    /// <param name="k">How many are wanted, at least 1.</param>
    /// <param name="maxDistance">Farther ones are left out; positive infinity for none.</param>
    /// <param name="filter">Which slots may be returned, or null for all.</param>
    /// <param name="tieOrder">Orders slots at equal distance, or null for the slots' own order.</param>
    /// <param name="results">Cleared, then filled.</param>
    /// <param name="cancellationToken">Stops the scan.</param>
    /// <returns>How many distances were computed.</returns>
    public static int Search(
        VectorBlock block,
        ReadOnlySpan<float> query,
        int k,
        float maxDistance,
        SlotFilter? filter,
        IComparer<int>? tieOrder,
        List<Neighbor> results,
        CancellationToken cancellationToken)
    {
        block.ThrowIfQueryDiffers(query);
        float[] prepared = ArrayPool<float>.Shared.Rent(block.Dimensions);
        try
        {
            NearestHeap nearest = new(results, k, tieOrder);
            Scan scan = new()
            {
                Block = block,
                Query = query,
                Prepared = prepared.AsSpan(0, block.Dimensions),
                MaxDistance = maxDistance,
                Filter = filter,
                Nearest = nearest,
                CancellationToken = cancellationToken,
            };
            DistanceDispatch.Run(block.Metric, block.IsHalf, ref scan);
            nearest.Sort();
            return scan.Computed;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(prepared);
        }
    }

    /// <summary>Computes the distance to one vector exactly as <see cref="Search"/> does.</summary>
    public static float Distance(VectorBlock block, ReadOnlySpan<float> query, int slot)
    {
        block.ThrowIfQueryDiffers(query);
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, block.Count);
        float[] prepared = ArrayPool<float>.Shared.Rent(block.Dimensions);
        try
        {
            Single single = new() { Block = block, Query = query, Prepared = prepared.AsSpan(0, block.Dimensions), Slot = slot };
            DistanceDispatch.Run(block.Metric, block.IsHalf, ref single);
            return single.Distance;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(prepared);
        }
    }

    private static ReadOnlySpan<float> NormsOf<TDistance>(VectorBlock block, int chunk, int first, int count)
        where TDistance : struct, IDistance =>
        TDistance.UsesNorms ? block.NormsOfChunk(chunk).AsSpan<float>((long)first * sizeof(float), count) : default;

    private ref struct Scan : IDistanceOperation
    {
        public VectorBlock Block;
        public ReadOnlySpan<float> Query;
        public Span<float> Prepared;
        public float MaxDistance;
        public SlotFilter? Filter;
        public NearestHeap Nearest;
        public CancellationToken CancellationToken;
        public int Computed;

        public void Run<TDistance, TElement>()
            where TDistance : struct, IDistance
            where TElement : unmanaged
        {
            TDistance.Prepare(Query, Prepared);
            if (Block.Stored is { } stored)
            {
                ScanStored<TDistance, TElement>(stored);
                return;
            }

            int chunkSlots = Block.ChunkSlots;
            for (int first = 0; first < Block.Count;)
            {
                CancellationToken.ThrowIfCancellationRequested();
                int chunk = first / chunkSlots;
                int inChunk = first % chunkSlots;
                int count = Math.Min(Math.Min(RunSlots, Block.Count - first), chunkSlots - inChunk);
                long offset = (long)inChunk * Block.Dimensions * Unsafe.SizeOf<TElement>();
                ReadOnlySpan<TElement> rows = Block.Chunks[chunk].AsSpan<TElement>(offset, count * Block.Dimensions);
                ScanRows<TDistance, TElement>(first, rows, NormsOf<TDistance>(Block, chunk, inChunk, count), count);
                first += count;
            }
        }

        private void ScanStored<TDistance, TElement>(StoredVectors stored)
            where TDistance : struct, IDistance
            where TElement : unmanaged
        {
            int vectorBytes = Block.VectorBytes;
            int runSlots = Math.Clamp(RunBytes / vectorBytes, 1, RunSlots);
            byte[] vectors = ArrayPool<byte>.Shared.Rent(runSlots * vectorBytes);
            float[] norms = ArrayPool<float>.Shared.Rent(TDistance.UsesNorms ? runSlots : 0);
            try
            {
                for (int first = 0; first < Block.Count; first += runSlots)
                {
                    CancellationToken.ThrowIfCancellationRequested();
                    int count = Math.Min(runSlots, Block.Count - first);
                    int accepted = CountAccepted(first, count);
                    if (accepted > count / SparseRun)
                    {
                        ScanRead<TDistance, TElement>(stored, first, count, vectors, norms);
                        continue;
                    }

                    for (int slot = first; accepted > 0; slot++)
                    {
                        if (Filter!.Accepts(slot))
                        {
                            ScanRead<TDistance, TElement>(stored, slot, 1, vectors, norms);
                            accepted--;
                        }
                    }
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(vectors);
                ArrayPool<float>.Shared.Return(norms);
            }
        }

        private readonly int CountAccepted(int first, int count)
        {
            int accepted = Filter is null ? count : 0;
            for (int i = 0; Filter is not null && i < count; i++)
            {
                accepted += Filter.Accepts(first + i) ? 1 : 0;
            }

            return accepted;
        }

        private void ScanRead<TDistance, TElement>(StoredVectors stored, int first, int count, byte[] vectors, float[] norms)
            where TDistance : struct, IDistance
            where TElement : unmanaged
        {
            Span<byte> read = vectors.AsSpan(0, count * Block.VectorBytes);
            Span<float> readNorms = norms.AsSpan(0, TDistance.UsesNorms ? count : 0);
            stored.Read(first, count, read, readNorms);
            ScanRows<TDistance, TElement>(first, MemoryMarshal.Cast<byte, TElement>(read), readNorms, count);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void ScanRows<TDistance, TElement>(int first, ReadOnlySpan<TElement> rows, ReadOnlySpan<float> norms, int count)
            where TDistance : struct, IDistance
            where TElement : unmanaged
        {
            int dimensions = Prepared.Length;
            ref float query = ref MemoryMarshal.GetReference(Prepared);
            ref TElement row = ref MemoryMarshal.GetReference(rows);
            float limit = Math.Min(MaxDistance, Nearest.Worst);
            for (int i = 0; i < count; i++, row = ref Unsafe.Add(ref row, dimensions))
            {
                if (Filter is not null && !Filter.Accepts(first + i))
                {
                    continue;
                }

                Computed++;
                float distance = TDistance.ToDistance(TDistance.Rank(in query, in row, dimensions, TDistance.UsesNorms ? norms[i] : 0));
                if (distance <= limit)
                {
                    Nearest.Offer(distance, first + i);
                    limit = Math.Min(MaxDistance, Nearest.Worst);
                }
            }
        }
    }

    private ref struct Single : IDistanceOperation
    {
        public VectorBlock Block;
        public ReadOnlySpan<float> Query;
        public Span<float> Prepared;
        public int Slot;
        public float Distance;

        public void Run<TDistance, TElement>()
            where TDistance : struct, IDistance
            where TElement : unmanaged
        {
            TDistance.Prepare(Query, Prepared);
            if (Block.Stored is { } stored)
            {
                Read<TDistance, TElement>(stored);
                return;
            }

            int chunk = Slot / Block.ChunkSlots;
            int inChunk = Slot % Block.ChunkSlots;
            long offset = (long)inChunk * Block.Dimensions * Unsafe.SizeOf<TElement>();
            ReadOnlySpan<TElement> row = Block.Chunks[chunk].AsSpan<TElement>(offset, Block.Dimensions);
            float norm = TDistance.UsesNorms ? NormsOf<TDistance>(Block, chunk, inChunk, 1)[0] : 0;
            Distance = TDistance.ToDistance(TDistance.Rank(in MemoryMarshal.GetReference(Prepared), in MemoryMarshal.GetReference(row), Block.Dimensions, norm));
        }

        private void Read<TDistance, TElement>(StoredVectors stored)
            where TDistance : struct, IDistance
            where TElement : unmanaged
        {
            byte[] row = ArrayPool<byte>.Shared.Rent(Block.VectorBytes);
            try
            {
                float norm = 0;
                stored.Read(Slot, 1, row.AsSpan(0, Block.VectorBytes), TDistance.UsesNorms ? new Span<float>(ref norm) : default);
                ref TElement first = ref Unsafe.As<byte, TElement>(ref row[0]);
                Distance = TDistance.ToDistance(TDistance.Rank(in MemoryMarshal.GetReference(Prepared), in first, Block.Dimensions, norm));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(row);
            }
        }
    }
}
