using Helios.Typed.Primitives;

namespace Helios.Typed.Indexing;

/// <summary>Is a set of vectors, of shape [count, dimensions], that searches run over: in memory, or read as they are needed.</summary>
/// <remarks>
/// The memory belongs to whoever made the block (a memtable's arena, a segment's loaded section) and outlives every search.
/// Chunks have <see cref="ChunkSlots"/> slots each but for the last, so that a block can grow without moving; a loaded
/// section is one chunk. Slots are dense: a row without a vector has none. <see cref="Count"/> is fixed for this view.
/// </remarks>
/// <param name="Chunks">The vectors, row-major, as they were written.</param>
/// <param name="InverseNorms">1 / |x| of each slot, chunked alike; for cosine only.</param>
/// <param name="ChunkSlots">The slots of a full chunk, a power of two; or any number ≥ <paramref name="Count"/> where there is one chunk.</param>
/// <param name="Count">The number of vectors.</param>
/// <param name="Dimensions">The number of elements of each.</param>
/// <param name="IsHalf">Whether elements are <see cref="Half"/> rather than <see cref="float"/>.</param>
/// <param name="Metric">How they are compared.</param>
internal sealed record VectorBlock(
    IReadOnlyList<NativeBuffer> Chunks,
    IReadOnlyList<NativeBuffer>? InverseNorms,
    int ChunkSlots,
    int Count,
    int Dimensions,
    bool IsHalf,
    Metric Metric)
{
    /// <summary>Gets what reads the vectors where they are not in memory; the block has no chunks then.</summary>
    public StoredVectors? Stored { get; init; }

    /// <summary>Gets the bytes of one vector.</summary>
    public int VectorBytes => Dimensions * (IsHalf ? 2 : sizeof(float));

    /// <summary>Throws where a query cannot be compared with the block.</summary>
    /// <exception cref="ArgumentException">It has another number of elements.</exception>
    public void ThrowIfQueryDiffers(ReadOnlySpan<float> query)
    {
        if (query.Length != Dimensions)
        {
            throw new ArgumentException($"The query has {query.Length} elements and the vectors have {Dimensions}.", nameof(query));
        }
    }

    /// <summary>Gets the inverse norms of one chunk.</summary>
    /// <exception cref="ArgumentException">The block has none.</exception>
    public NativeBuffer NormsOfChunk(int chunk) =>
        (InverseNorms ?? throw new ArgumentException("A block whose metric compares directions needs the inverse norms of its vectors."))[chunk];
}
