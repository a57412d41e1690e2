using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Helios.Typed.Primitives;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Knows the sections of one segment file, and that each is as long as the number of its rows wants.</summary>
/// <remarks>Lengths are proven here, from the file's verified directory, before anything is allocated by them.</remarks>
internal sealed class SegmentContents
{
    private readonly SegmentReader _reader;
    private readonly List<PagedSection> _paged = [];

    private SegmentContents(SegmentReader reader, SegmentMemory memory, ReadOnlySpan<byte> summary)
    {
        _reader = reader;
        Memory = memory;
        KeyType = (ColumnType)summary[2];
        Rows = (int)BinaryPrimitives.ReadUInt32LittleEndian(summary[4..]);
        First = new SequenceNumber(BinaryPrimitives.ReadUInt64LittleEndian(summary[8..]));
        Last = new SequenceNumber(BinaryPrimitives.ReadUInt64LittleEndian(summary[16..]));
        HighestColumnId = BinaryPrimitives.ReadUInt16LittleEndian(summary[24..]);
        DroppedColumns = BinaryPrimitives.ReadUInt16LittleEndian(summary[26..]);
    }

    /// <summary>Gets the file.</summary>
    public SegmentReader Reader => _reader;

    /// <summary>Gets what it is loaded into memory with.</summary>
    public SegmentMemory Memory { get; }

    /// <summary>Gets the type of the keys.</summary>
    public ColumnType KeyType { get; }

    /// <summary>Gets the number of rows, at least 1.</summary>
    public int Rows { get; }

    /// <summary>Gets the lowest sequence at which a row began.</summary>
    public SequenceNumber First { get; }

    /// <summary>Gets the highest.</summary>
    public SequenceNumber Last { get; }

    /// <summary>Gets the highest id of a column when the file was written: ids rise, so that later columns are above.</summary>
    public int HighestColumnId { get; }

    /// <summary>Gets how many columns had been dropped when the file was written, so that it holds no values of them.</summary>
    public int DroppedColumns { get; }

    /// <summary>Reads the summary.</summary>
    /// <exception cref="HeliosCorruptionException">It is missing or contradicts itself.</exception>
    /// <exception cref="HeliosFormatException">It is of an unknown version.</exception>
    public static SegmentContents Read(SegmentReader reader, SegmentMemory memory)
    {
        if (!reader.TryGetSection(new SectionKey(SegmentSections.Summary, 0), out Section? section)
            || section.Bytes != SegmentSections.SummaryBytes || section.Units != 1)
        {
            throw Damaged(reader, "it has no summary", section);
        }

        byte[] buffer = [];
        ReadOnlySpan<byte> summary = reader.ReadUnit(section, 0, ref buffer).Span;
        int version = BinaryPrimitives.ReadUInt16LittleEndian(summary);
        if (version != SegmentSections.SummaryVersion)
        {
            throw new HeliosFormatException(reader.Path, version, SegmentSections.SummaryVersion);
        }

        SegmentContents contents = new(reader, memory, summary);
        return contents.Rows > 0 && contents.First <= contents.Last
            ? contents
            : throw Damaged(reader, $"its summary names {(uint)contents.Rows} rows, from sequence {contents.First.Value} to {contents.Last.Value}", section);
    }

    /// <summary>Makes the exception of a file that contradicts itself although its checksums fit.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="section">The section that says it, or null where one is missing.</param>
    /// <param name="within">Where in the section.</param>
    public static HeliosCorruptionException Damaged(SegmentReader reader, string problem, Section? section = null, long within = 0) =>
        new(reader.Path, section is null ? 0 : section.Offset + within, $"{problem}. Restore the file from a backup.");

    /// <summary>Finds a section.</summary>
    public bool TryFind(ushort kind, int columnId, [NotNullWhen(true)] out Section? section)
    {
        section = null;
        return (uint)columnId <= ushort.MaxValue && _reader.TryGetSection(new SectionKey(kind, (ushort)columnId), out section);
    }

    /// <summary>Finds a section that must be there, of a size if one is given.</summary>
    public Section Require(ushort kind, int columnId, long bytes = -1)
    {
        if (!TryFind(kind, columnId, out Section? section))
        {
            throw Damaged(_reader, $"section {kind} of column {columnId} is missing");
        }

        return bytes < 0 || section.Bytes == bytes
            ? section
            : throw Damaged(_reader, $"section {kind} of column {columnId} has {section.Bytes} bytes, and {Rows} rows want {bytes}", section);
    }

    /// <summary>Lets a section be read by pages, which go with the file.</summary>
    /// <param name="section">The section.</param>
    /// <param name="pageBytes">The bytes of a page.</param>
    public PagedSection Paged(Section section, int pageBytes = SegmentSections.LoadedUnitBytes)
    {
        PagedSection paged = new(_reader, section, Memory.Pages, pageBytes);
        _paged.Add(paged);
        return paged;
    }

    /// <summary>Closes the file and lets its pages go, once no reader is left.</summary>
    public void Free()
    {
        Memory.Pages.Forget(_paged);
        _reader.Dispose();
    }
}
