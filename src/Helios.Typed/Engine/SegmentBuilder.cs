using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Storage.Files;

namespace Helios.Typed.Engine;

/// <summary>Writes the rows of several sources as one segment file, in key order: a flush has one source, a merge more.</summary>
internal static class SegmentBuilder
{
    /// <summary>Writes the file, durably.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">The file.</param>
    /// <param name="schema">The table.</param>
    /// <param name="sources">The sources; sealed, so that only ends are still added.</param>
    /// <param name="keepFrom">Versions that ended at or before this sequence are left out: no snapshot sees them.</param>
    /// <param name="cancellationToken">Stops the work; nothing is left behind.</param>
    public static SegmentBuildResult Build(IFileSystem files, string path, TableSchema schema, IReadOnlyList<RowSource> sources, SequenceNumber keepFrom, CancellationToken cancellationToken) => throw new NotSupportedException();
}

/// <summary>Says what a segment file holds.</summary>
/// <param name="Rows">Its rows; 0 where every version was left out and no file was written.</param>
/// <param name="First">The lowest sequence of a row.</param>
/// <param name="Last">The highest.</param>
/// <param name="Ordinals">For each source, the new ordinal of each old one, or −1: ends that came meanwhile are applied through it.</param>
/// <param name="FileBytes">The file's size.</param>
internal sealed record SegmentBuildResult(int Rows, SequenceNumber First, SequenceNumber Last, IReadOnlyList<int[]> Ordinals, long FileBytes);
