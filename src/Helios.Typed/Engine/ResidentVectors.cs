using Helios.Typed.Indexing;
using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Is the vectors of a column of a segment in memory.</summary>
internal sealed class ResidentVectors(MemoryBudget budget, long bytes, Action<Evictable> unpublish, VectorBlock block)
    : Evictable(budget, MemoryKind.Vectors, bytes, unpublish)
{
    /// <summary>Gets the vectors, valid while this is held.</summary>
    public VectorBlock Block => block;

    /// <inheritdoc/>
    protected override void FreeMemory()
    {
        foreach (NativeBuffer buffer in block.Chunks.Concat(block.InverseNorms ?? []))
        {
            buffer.Dispose();
        }
    }
}

/// <summary>Is the graph of a column of a segment in memory.</summary>
internal sealed class ResidentGraph(MemoryBudget budget, Action<Evictable> unpublish, HnswGraph graph)
    : Evictable(budget, MemoryKind.Graphs, graph.Buffer.Bytes, unpublish)
{
    /// <summary>Gets the graph, valid while this is held.</summary>
    public HnswGraph Graph => graph;

    /// <inheritdoc/>
    protected override void FreeMemory() => graph.Dispose();
}
