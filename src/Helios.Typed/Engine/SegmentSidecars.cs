using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Primitives;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;

namespace Helios.Typed.Engine;

/// <summary>Writes the files that stand beside a segment.</summary>
internal static class SegmentSidecars
{
    /// <summary>Writes the ends of a segment's rows up to a sequence, durably.</summary>
    public static ManifestSidecar WriteDeletions(IFileSystem files, string directory, string fileName, Segment segment, SequenceNumber through) => throw new NotSupportedException();

    /// <summary>Writes a column's graph, durably.</summary>
    public static ManifestSidecar WriteGraph(IFileSystem files, string directory, string fileName, ColumnShape column, HnswGraph graph) => throw new NotSupportedException();

    /// <summary>Gives the hash of the settings that a column's graph depends on (metric, M, efConstruction, code).</summary>
    public static ulong SettingsHash(ColumnShape column) => throw new NotSupportedException();
}
