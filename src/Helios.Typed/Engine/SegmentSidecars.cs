using System.IO.Hashing;
using System.Runtime.InteropServices;
using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Primitives;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Writes and reads the files that stand beside a segment.</summary>
internal static class SegmentSidecars
{
    /// <summary>Writes the ends of a segment's rows up to a sequence, durably.</summary>
    public static ManifestSidecar WriteDeletions(IFileSystem files, string directory, string fileName, Segment segment, SequenceNumber through)
    {
        List<uint> ordinals = [];
        List<ulong> sequences = [];
        foreach ((int ordinal, ulong at) in segment.EndsThrough(through))
        {
            ordinals.Add((uint)ordinal);
            sequences.Add(at);
        }

        using var file = SegmentWriter.Create(files, Path.Combine(directory, fileName));
        LoadedSectionWriter.WriteAll<uint>(file, SegmentSections.DeletedOrdinals, columnId: 0, CollectionsMarshal.AsSpan(ordinals));
        LoadedSectionWriter.WriteAll<ulong>(file, SegmentSections.DeletedAt, columnId: 0, CollectionsMarshal.AsSpan(sequences));
        file.Complete();
        return new ManifestSidecar(SegmentSections.DeletionsSidecar, ColumnId: 0, SettingsHash: 0, fileName);
    }

    /// <summary>Ends the rows that a segment's deletion file names, where it has one.</summary>
    /// <exception cref="HeliosCorruptionException">The file is damaged, or is not of this segment.</exception>
    public static void ReadDeletions(IFileSystem files, string directory, Segment segment, NativeAllocator allocator)
    {
        foreach (ManifestSidecar sidecar in segment.Description.Sidecars.Where(sidecar => sidecar.Kind == SegmentSections.DeletionsSidecar))
        {
            using var reader = SegmentReader.Open(files, Path.Combine(directory, sidecar.FileName));
            using NativeBuffer ordinals = Load(reader, SegmentSections.DeletedOrdinals, columnId: 0, allocator);
            using NativeBuffer sequences = Load(reader, SegmentSections.DeletedAt, columnId: 0, allocator);
            long count = ordinals.Bytes / sizeof(uint);
            if (count > segment.RowCount || ordinals.Bytes != count * sizeof(uint) || sequences.Bytes != count * sizeof(ulong))
            {
                throw SegmentContents.Damaged(reader, $"it names {ordinals.Bytes} bytes of rows and {sequences.Bytes} of sequences for a segment of {segment.RowCount} rows", SectionOf(reader, SegmentSections.DeletedOrdinals));
            }

            Apply(reader, segment, ordinals.AsSpan<uint>(0, (int)count), sequences.AsSpan<ulong>(0, (int)count));
        }
    }

    /// <summary>Writes a column's graph and the codes of its nodes, where it has any, durably.</summary>
    public static ManifestSidecar WriteGraph(IFileSystem files, string directory, string fileName, ColumnShape column, HnswGraph graph, CodedNodes? codes = null)
    {
        ushort columnId = checked((ushort)column.Id);
        using var file = SegmentWriter.Create(files, Path.Combine(directory, fileName));
        var section = LoadedSectionWriter.Begin(file, SegmentSections.Graph, columnId);
        for (long offset = 0; offset < graph.Buffer.Bytes; offset += SegmentSections.LoadedUnitBytes)
        {
            int bytes = (int)Math.Min(SegmentSections.LoadedUnitBytes, graph.Buffer.Bytes - offset);
            section.Write(graph.Buffer.AsSpan<byte>(offset, bytes));
        }

        section.End();
        if (codes is not null)
        {
            WriteCodes(file, columnId, codes);
        }

        file.Complete();
        return new ManifestSidecar(SegmentSections.GraphSidecar, columnId, SettingsHash(column), fileName);
    }

    /// <summary>Gives the hash of the settings that a column's graph depends on (metric, M, efConstruction, code).</summary>
    public static ulong SettingsHash(ColumnShape column)
    {
        VectorShape shape = column.Vector!;
        ReadOnlySpan<int> settings =
        [
            (int)column.Type, shape.Dimensions, (int)shape.Metric, shape.MaxConnections, shape.ConstructionBeam, (int)IndexRules.CodesOf(shape),
        ];
        return XxHash3.HashToUInt64(MemoryMarshal.AsBytes(settings));
    }

    private static void WriteCodes(SegmentWriter file, ushort columnId, CodedNodes codes)
    {
        var section = LoadedSectionWriter.Begin(file, SegmentSections.Codes, columnId);
        byte[] part = new byte[CodesFormat.HeadBytesFor(codes.Space.Dimensions)];
        CodesFormat.WriteHead(part, codes.Count, codes.Metric, codes.Space);
        section.Write(part);
        Span<byte> row = new byte[CodesFormat.RowBytesFor(codes.Space.Dimensions)];
        for (uint slot = 0; slot < codes.Count; slot++)
        {
            codes.CopyRow(slot, row);
            section.Write(row);
        }

        section.End();
    }

    private static NativeBuffer Load(SegmentReader reader, ushort kind, int columnId, NativeAllocator allocator) =>
        reader.TryGetSection(new SectionKey(kind, (ushort)columnId), out Section? section)
            ? reader.Load(section, allocator)
            : throw SegmentContents.Damaged(reader, $"section {kind} of column {columnId} is missing");

    private static Section? SectionOf(SegmentReader reader, ushort kind) => reader.TryGetSection(new SectionKey(kind, 0), out Section? section) ? section : null;

    private static void Apply(SegmentReader reader, Segment segment, ReadOnlySpan<uint> ordinals, ReadOnlySpan<ulong> sequences)
    {
        long before = -1;
        for (int i = 0; i < ordinals.Length; i++)
        {
            if (ordinals[i] <= before || ordinals[i] >= (uint)segment.RowCount || sequences[i] == 0)
            {
                throw SegmentContents.Damaged(reader, $"it ends row {ordinals[i]} of {segment.RowCount} at sequence {sequences[i]}, after row {before}", SectionOf(reader, SegmentSections.DeletedOrdinals), (long)i * sizeof(uint));
            }

            segment.End((int)ordinals[i], new SequenceNumber(sequences[i]));
            before = ordinals[i];
        }
    }
}
