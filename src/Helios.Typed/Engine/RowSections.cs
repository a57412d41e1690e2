using System.Runtime.InteropServices;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Writes the rows of a segment in small blocks.</summary>
/// <remarks>
/// A block is one unit: read and verified at once. Blocks of a page's size make a scan read hundreds of rows a call without
/// making a single row dearer, and the place of a row costs memory only once a block.
/// </remarks>
internal static class RowSections
{
    /// <summary>Writes the sections.</summary>
    public static void Write(SegmentWriter file, TableSchema schema, MergedRows rows)
    {
        var trimmer = RowTrimmer.For(schema.Stored);
        using ByteWriter block = new();
        using ByteWriter cells = new();
        List<uint> ends = [];
        List<uint> starts = [];
        file.BeginSection(new SectionKey(SegmentSections.RowBlocks, 0), unitBytes: 0);
        for (int row = 0; row < rows.Count; row++)
        {
            ReadOnlySpan<byte> bytes = rows.MoveTo(row).Row;
            bytes = trimmer is null ? bytes : trimmer.Trim(bytes);
            if (ends.Count > 0 && cells.Length + bytes.Length > SegmentSections.RowBlockBytes)
            {
                Flush(file, block, cells, ends);
            }

            if (ends.Count == 0)
            {
                starts.Add((uint)row);
            }

            cells.Write(bytes);
            ends.Add((uint)cells.Length);
        }

        Flush(file, block, cells, ends);
        LoadedSectionWriter.WriteAll<uint>(file, SegmentSections.RowStarts, columnId: 0, CollectionsMarshal.AsSpan(starts));
    }

    private static void Flush(SegmentWriter file, ByteWriter block, ByteWriter cells, List<uint> ends)
    {
        block.Clear();
        block.WriteValue((uint)ends.Count);
        block.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(ends)));
        block.Write(cells.WrittenSpan);
        file.WriteUnit(block.WrittenSpan);
        cells.Clear();
        ends.Clear();
    }
}
