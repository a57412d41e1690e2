using Helios.Typed.Primitives;

namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Builds a graph over a block (Malkov and Yashunin 2018, algorithms 1 to 4).</summary>
internal static class HnswGraphBuilder
{
    /// <summary>Builds the graph; every node can be reached from the entry when it is done.</summary>
    /// <param name="block">The vectors, one chunk; not changed meanwhile.</param>
    /// <param name="options">How to build.</param>
    /// <param name="allocator">Gives the memory.</param>
    /// <param name="progress">Is told the number of linked nodes now and then, or null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static HnswGraph Build(VectorBlock block, HnswOptions options, NativeAllocator allocator, Action<int>? progress, CancellationToken cancellationToken) => throw new NotSupportedException();
}
