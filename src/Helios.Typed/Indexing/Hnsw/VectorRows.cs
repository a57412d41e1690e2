using System.Runtime.CompilerServices;
using Helios.Typed.Numerics;
using Cache = Helios.Typed.Numerics.Lanes.Prefetch;

namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Points at the vectors of a block that is one chunk, for walks that jump from row to row.</summary>
/// <remarks>Valid while the block's memory is; whoever holds it keeps the block alive.</remarks>
internal readonly unsafe struct VectorRows<TDistance, TElement> : IRankedRows
    where TDistance : struct, IDistance
    where TElement : unmanaged
{
    // Beyond it the machine's own prefetcher has noticed that the lines come in order; asking for all of 3 KiB costs a tenth.
    private const int MaxPrefetchBytes = 512;

    private readonly TElement* _first;
    private readonly float* _inverseNorms;
    private readonly int _dimensions;
    private readonly nuint _prefetchBytes;

    /// <summary>Points at a block's vectors, whose memory is proven to be there.</summary>
    /// <exception cref="ArgumentException">The block is several chunks, or its memory is smaller than its counts say.</exception>
    public VectorRows(VectorBlock block)
    {
        _dimensions = block.Dimensions;
        _prefetchBytes = (nuint)Math.Min(block.Dimensions * (long)sizeof(TElement), MaxPrefetchBytes);
        if (block.Count == 0)
        {
            return;
        }

        if (block.Chunks.Count != 1)
        {
            throw new ArgumentException($"A graph stands over a block of one chunk, and this one has {block.Chunks.Count}.", nameof(block));
        }

        Check(block.Chunks[0].Bytes, (long)block.Count * block.Dimensions * sizeof(TElement));
        _first = (TElement*)block.Chunks[0].Address;
        if (TDistance.UsesNorms)
        {
            Check(block.NormsOfChunk(0).Bytes, (long)block.Count * sizeof(float));
            _inverseNorms = (float*)block.NormsOfChunk(0).Address;
        }
    }

    /// <summary>Gets a row's elements.</summary>
    public ReadOnlySpan<TElement> this[uint slot] => new(RowOf(slot), _dimensions);

    /// <summary>Copies a row, widened, and of length 1 where the metric uses norms.</summary>
    public void Copy(uint slot, Span<float> row) => NormKernel.Scale(this[slot], TDistance.UsesNorms ? _inverseNorms[slot] : 1, row);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Rank(float* query, uint slot) =>
        TDistance.Rank(in *query, in *RowOf(slot), _dimensions, TDistance.UsesNorms ? _inverseNorms[slot] : 0);

    /// <summary>Ranks two rows against each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float RankBetween(uint a, uint b) =>
        TDistance.Rank(in *RowOf(a), in *RowOf(b), _dimensions, TDistance.UsesNorms ? _inverseNorms[a] * _inverseNorms[b] : 0);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint slot)
    {
        Cache.Lines((byte*)RowOf(slot), _prefetchBytes);
        if (TDistance.UsesNorms)
        {
            Cache.Line(_inverseNorms + slot);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TElement* RowOf(uint slot) => _first + ((nuint)slot * (nuint)_dimensions);

    private static void Check(long bytes, long needed)
    {
        if (bytes < needed)
        {
            throw new ArgumentException($"The block's vectors take {needed} bytes, and its memory has {bytes}.");
        }
    }
}
