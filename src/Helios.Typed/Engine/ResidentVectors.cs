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
internal sealed class ResidentGraph : Evictable
{
    private readonly MemoryBudget _budget;

    /// <summary>Takes a graph over.</summary>
    public ResidentGraph(MemoryBudget budget, Action<Evictable> unpublish, HnswGraph graph)
        : base(budget, MemoryKind.Graphs, graph.Bytes, unpublish)
    {
        _budget = budget;
        Graph = graph;
        budget.CountCodes(graph.CodeBytes);
    }

    /// <summary>Gets the graph, valid while this is held.</summary>
    public HnswGraph Graph { get; }

    /// <inheritdoc/>
    protected override void FreeMemory()
    {
        _budget.CountCodes(-Graph.CodeBytes);
        Graph.Dispose();
    }
}
