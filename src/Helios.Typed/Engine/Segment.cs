using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;

namespace Helios.Typed.Engine;

/// <summary>Is an immutable file of rows, with its sidecars.</summary>
/// <remarks>Opening reads directories only; sections are loaded, verified, on first use, once for all readers.</remarks>
internal sealed class Segment : RowSource
{
    /// <summary>Gets the segment as the manifest keeps it; replaced when a sidecar is added.</summary>
    public ManifestSegment Description => throw new NotSupportedException();

    /// <inheritdoc/>
    public override int RowCount => throw new NotSupportedException();

    /// <inheritdoc/>
    public override int EndedCount => throw new NotSupportedException();

    /// <summary>Opens a segment and its deletion file.</summary>
    public static Segment Open(IFileSystem files, string directory, ManifestSegment description, TableSchema schema, NativeAllocator allocator) => throw new NotSupportedException();

    /// <summary>Says whether a column's graph, by its present settings, stands beside the segment.</summary>
    public bool HasGraph(int vectorIndex) => throw new NotSupportedException();

    /// <summary>Takes a finished sidecar: from now on readers use the graph.</summary>
    public void Attach(ManifestSegment description, int vectorIndex, HnswGraph graph) => throw new NotSupportedException();

    /// <summary>Notes that the deletions were persisted.</summary>
    public void Describe(ManifestSegment description) => throw new NotSupportedException();

    /// <summary>Asks for the files to be deleted when the last reader has gone.</summary>
    public void DeleteWhenFree() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override SequenceNumber BeginOf(int ordinal) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override SequenceNumber EndOf(int ordinal) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void End(int ordinal, SequenceNumber at) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override bool AllVisible(SequenceNumber asOf) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> KeyOf(int ordinal) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override bool TryFind(ReadOnlySpan<byte> key, SequenceNumber asOf, out int ordinal) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override RowCursor OpenCursor(TableSchema schema) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override VectorView Vectors(int vectorIndex) => throw new NotSupportedException();

    /// <inheritdoc/>
    private protected override void Free() => throw new NotSupportedException();
}
