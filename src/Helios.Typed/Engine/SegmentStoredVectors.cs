using System.Runtime.InteropServices;
using Helios.Typed.Indexing;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Reads the vectors of a segment from its file, each verified against its own checksum.</summary>
/// <param name="reader">The file.</param>
/// <param name="section">The vectors.</param>
/// <param name="inverseNorms">Their inverse norms, or null where the metric does without.</param>
internal sealed class SegmentStoredVectors(SegmentReader reader, Section section, PagedSection? inverseNorms) : StoredVectors
{
    /// <inheritdoc/>
    public override void Read(int first, int count, Span<byte> vectors, Span<float> norms)
    {
        reader.ReadUnits(section, first, count, vectors);
        if (!norms.IsEmpty)
        {
            MemoryMarshal.Cast<byte, float>(inverseNorms!.Slice((long)first * sizeof(float), count * sizeof(float))).CopyTo(norms);
        }
    }
}
