using Helios.Typed.Engine;
using Helios.Typed.Indexing;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;
using Helios.Typed.Storage.Segments;
using Xunit;

namespace Helios.Typed.Tests.Engine;

/// <summary>Builds segments in memory, and sees to it that every byte of native memory comes back.</summary>
internal sealed class SegmentFixture : IDisposable
{
    public const string Directory = "/db";

    private readonly List<RowSource> _sources = [];
    private ulong _nextNumber = 1;

    public SegmentFixture() => Files.CreateDirectory(Directory);

    public MemoryFileSystem Files { get; } = new();

    public LimitedAllocator Allocator { get; } = new();

    /// <summary>What segments load with; without bounds unless a test sets some.</summary>
    public SegmentMemory? Memory { get; set; }

    /// <summary>The rows that segments keep statistics of together.</summary>
    public int RowsPerGroup { get; set; } = StatisticsFormat.RowsPerGroup;

    public Memtable NewMemtable(TestTable table) => Hold(new Memtable(table.Schema, Allocator));

    public ulong NextNumber() => _nextNumber++;

    public (Segment Segment, SegmentBuildResult Result) Build(TableSchema schema, ulong keepFrom, params RowSource[] sources)
    {
        ulong number = NextNumber();
        string fileName = FileNames.Segment(number);
        SegmentBuildResult result = SegmentBuilder.Build(
            Files, Path.Combine(Directory, fileName), schema, sources, new SequenceNumber(keepFrom), TestContext.Current.CancellationToken, RowsPerGroup);
        ManifestSegment description = new(new SegmentId(number), new TableId(1), fileName, (uint)result.Rows, result.First, result.Last, []);
        Segment segment = Open(schema, description);

        // What the engine does after a flush or merge: the ends that the old rows have go to their new places.
        for (int source = 0; source < sources.Length; source++)
        {
            for (int ordinal = 0; ordinal < result.Ordinals[source].Length; ordinal++)
            {
                SequenceNumber end = sources[source].EndOf(ordinal);
                if (result.Ordinals[source][ordinal] >= 0 && end.Value != 0)
                {
                    segment.End(result.Ordinals[source][ordinal], end);
                }
            }
        }

        return (segment, result);
    }

    public Segment Open(TableSchema schema, ManifestSegment description, Action<HeliosCorruptionException>? graphDamaged = null) =>
        Hold(Segment.Open(Files, Directory, description, schema, Memory ??= SegmentMemory.Unbounded(Allocator), graphDamaged));

    /// <summary>Changes a byte of a file.</summary>
    public void Damage(string fileName, long offset, byte mask = 0x01)
    {
        using IFile file = Files.Open(Path.Combine(Directory, fileName), FileOpenMode.ReadWrite);
        byte[] value = new byte[1];
        file.ReadAt(value, offset);
        value[0] ^= mask;
        file.WriteAt(value, offset);
    }

    /// <summary>Asserts that two rows are the same, bit for bit, by every way to read them.</summary>
    public static void AssertSameRow(TableSchema schema, RowCursor expected, RowCursor actual)
    {
        Assert.Equal(expected.Key, actual.Key);
        Assert.Equal(expected.Row, actual.Row);
        foreach (int id in schema.Stored.Columns.Select(column => column.Id))
        {
            bool has = expected.TryGetCell(id, out ReadOnlySpan<byte> cell);
            Assert.Equal(has, actual.TryGetCell(id, out ReadOnlySpan<byte> actualCell));
            Assert.Equal(cell, actualCell);
        }

        for (int i = 0; i < schema.VectorColumns.Count; i++)
        {
            bool has = expected.TryGetVector(i, out ReadOnlySpan<byte> vector);
            Assert.Equal(has, actual.TryGetVector(i, out ReadOnlySpan<byte> actualVector));
            Assert.Equal(vector, actualVector);
        }
    }

    /// <summary>Gives the bytes of a slot's vector.</summary>
    public static ReadOnlySpan<byte> VectorOf(VectorBlock block, int slot)
    {
        int bytes = block.Dimensions * (block.IsHalf ? 2 : sizeof(float));
        return block.Chunks[slot / block.ChunkSlots].AsSpan<byte>((long)(slot % block.ChunkSlots) * bytes, bytes);
    }

    /// <summary>Writes a segment again without the sections of a kind.</summary>
    public ManifestSegment Strip(ManifestSegment stored, ushort kind)
    {
        ManifestSegment stripped = stored with { FileName = FileNames.Segment(NextNumber()) };
        using var reader = SegmentReader.Open(Files, Path.Combine(Directory, stored.FileName));
        using var writer = SegmentWriter.Create(Files, Path.Combine(Directory, stripped.FileName));
        byte[] buffer = [];
        foreach (Section section in reader.Sections.Where(section => section.Key.Kind != kind))
        {
            writer.BeginSection(section.Key, section.UnitBytes);
            for (long unit = 0; unit < section.Units; unit++)
            {
                writer.WriteUnit(reader.ReadUnit(section, unit, ref buffer).Span);
            }
        }

        writer.Complete();
        return stripped;
    }

    public T Hold<T>(T source)
        where T : RowSource
    {
        _sources.Add(source);
        return source;
    }

    /// <summary>Lets a source go before the fixture does.</summary>
    public void Release(RowSource source)
    {
        _sources.Remove(source);
        source.ReleaseReference();
    }

    public void Dispose()
    {
        foreach (RowSource source in _sources)
        {
            source.ReleaseReference();
        }

        Assert.Equal(0, Allocator.AllocatedBytes);
    }
}
