using System.Globalization;
using Helios.Typed.Indexing;
using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Primitives;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Is the memory in which one graph is built: its vectors, the graph itself, and what its builder notes.</summary>
internal sealed class IndexingRoom : IDisposable
{
    private readonly MemoryBudget _budget;
    private readonly VectorView _vectors;
    private readonly long _building;
    private long _graph;

    private IndexingRoom(MemoryBudget budget, VectorView vectors, long graph, long building)
    {
        _budget = budget;
        _vectors = vectors;
        _graph = graph;
        _building = building;
    }

    /// <summary>Gets the vectors, in memory until this is disposed of.</summary>
    public VectorBlock Block => _vectors.Block;

    /// <summary>Takes the memory, for which what searches use may have to go.</summary>
    /// <param name="memory">The database's memory.</param>
    /// <param name="table">The table.</param>
    /// <param name="column">The column.</param>
    /// <param name="segment">The segment, held by the caller.</param>
    /// <param name="vectorIndex">The column's place in it.</param>
    /// <param name="options">How the graph is built.</param>
    /// <exception cref="HeliosException">The budget has no room for it.</exception>
    public static IndexingRoom Take(SegmentMemory memory, CatalogTable table, ColumnShape column, Segment segment, int vectorIndex, HnswOptions options)
    {
        int count = segment.CountVectors(vectorIndex);
        (long graph, long building) = HnswGraphBuilder.BytesFor(count, options);
        if (IndexRules.CodesOf(column.Vector!) != Quantization.None)
        {
            // The graph as it is stored stands beside the one with codes until that is written.
            building += graph;
            graph = HnswGraph.CodedBytesFor(graph, count, options.MaxConnections, column.Vector!.Dimensions);
        }

        // The graph first: vectors may be dropped for it, and it may not for them.
        if (memory.Budget.TryReserve(MemoryKind.Graphs, graph + building, since: long.MaxValue))
        {
            VectorView? vectors = null;
            try
            {
                vectors = segment.TryLoadVectors(vectorIndex);
                if (vectors is not null)
                {
                    return new IndexingRoom(memory.Budget, vectors, graph, building);
                }
            }
            finally
            {
                if (vectors is null)
                {
                    memory.Budget.Release(MemoryKind.Graphs, graph + building);
                }
            }
        }

        long vectorBytes = count * ((long)VectorArena.VectorBytesOf(column) + (column.Vector!.Metric == Metric.Cosine ? sizeof(float) : 0));
        long limit = MemoryBudget.LimitFor(graph + building + vectorBytes);
        throw new HeliosException(string.Create(
            CultureInfo.InvariantCulture,
            $"The graph of column '{column.Name}' of table '{table.Shape.Name}' over {count} vectors takes {Mebibytes(graph + building + vectorBytes)} MiB to build, and the memory budget of {Mebibytes(memory.Budget.Limit)} MiB has no room for it. Set MemoryBudgetBytes to {limit} ({Mebibytes(limit)} MiB) or more while it is built; searching it takes {Mebibytes(graph)} MiB. Until then its rows are found by scanning."));
    }

    /// <summary>Notes that the segment has the graph, and with it the graph's memory.</summary>
    public void GiveGraph() => _graph = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        _budget.Release(MemoryKind.Graphs, _graph + _building);
        _vectors.Dispose();
    }

    private static long Mebibytes(long bytes) => (bytes + (1 << 20) - 1) >> 20;
}
