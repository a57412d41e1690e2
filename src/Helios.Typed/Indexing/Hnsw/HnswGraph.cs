using Helios.Typed.Primitives;

namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Is a finished graph over the slots of one block: read-only, in one native buffer.</summary>
/// <remarks>The buffer's layout is the stored format of docs/format/graph.md, so that opening is reading.</remarks>
internal sealed class HnswGraph : IDisposable
{
    /// <summary>Gets the number of nodes: the block's count.</summary>
    public int Count => throw new NotSupportedException();

    /// <summary>Gets the bytes as they are stored.</summary>
    public NativeBuffer Buffer => throw new NotSupportedException();

    /// <summary>Takes over stored bytes, after checking every count, level and link in them against the block.</summary>
    /// <param name="buffer">The bytes; owned by the graph from here on, also where this throws.</param>
    /// <param name="count">The vectors of the block.</param>
    /// <exception cref="InvalidDataException">They are no graph over that many vectors.</exception>
    public static HnswGraph Open(NativeBuffer buffer, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotSupportedException();
}
