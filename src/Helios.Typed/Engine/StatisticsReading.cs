using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Makes the parts of <see cref="DatabaseStatistics"/> of what the engine's parts know.</summary>
internal static class StatisticsReading
{
    /// <summary>Reads the figures of a table; a commit under way may be counted in part.</summary>
    public static TableStatistics Of(CatalogTable table, TableVersion version)
    {
        // The ends first: what is replaced meanwhile is counted twice rather than the sum falling below zero.
        long ended = version.Sources.Sum(source => (long)source.EndedCount);
        long all = version.Sources.Sum(source => (long)source.RowCount);
        Memtable[] memtables = [.. version.Sources.OfType<Memtable>()];
        return new TableStatistics
        {
            Name = table.Shape.Name,
            Rows = all - ended,
            EndedVersions = ended,
            Segments = version.Segments.Count,
            SegmentsWithGraph = version.Segments.Count(IndexRules.HasAnyGraph),
            MemtableRows = memtables.Sum(memtable => (long)memtable.RowCount),
            MemtableBytes = memtables.Sum(memtable => memtable.Bytes),
            Sections = Of(version.Segments),
        };
    }

    /// <summary>Reads the figures of the memory.</summary>
    public static MemoryStatistics Of(SegmentMemory memory) => new()
    {
        BudgetBytes = memory.Budget.Limit,
        MemtableBytes = memory.Budget.UsedBy(MemoryKind.Memtables),
        PageBytes = memory.Budget.UsedBy(MemoryKind.Pages),
        GraphBytes = memory.Budget.UsedBy(MemoryKind.Graphs),
        CodeBytes = memory.Budget.CodeBytes,
        VectorBytes = memory.Budget.UsedBy(MemoryKind.Vectors),
        NativeBytes = memory.Allocator.AllocatedBytes,
        PeakNativeBytes = memory.Allocator.PeakBytes,
    };

    /// <summary>Reads what was written, and what for.</summary>
    public static WriteStatistics Of(MeteredFileSystem disk, CommitTotals committed) => new()
    {
        Commits = committed.Commits,
        CommittedRows = committed.Rows,
        CommittedBytes = committed.Bytes,
        SegmentBytes = disk.WrittenTo(FileKind.Segment),
        GraphBytes = disk.WrittenTo(FileKind.Graph),
        DeletionBytes = disk.WrittenTo(FileKind.Deletions),
        LogBytes = disk.WrittenTo(FileKind.Log),
        ManifestBytes = disk.WrittenTo(FileKind.Manifest) + disk.WrittenTo(FileKind.Current),
        OtherBytes = disk.WrittenTo(FileKind.BackupMark) + disk.WrittenTo(FileKind.Temporary),
    };

    /// <summary>Measures the files of a database; those that go meanwhile are left out.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The database directory.</param>
    /// <param name="firstLogNumber">The oldest log that is needed: those before it are kept for readers of changes.</param>
    public static DiskStatistics Of(IFileSystem files, string directory, ulong firstLogNumber)
    {
        DiskStatistics sum = new();
        foreach (string name in files.List(directory))
        {
            // The lock's file is never opened: closing it would free the lock on some systems. It is empty.
            if (!FileNames.TryParse(name, out FileKind kind, out ulong number) || kind is FileKind.Lock or FileKind.LockHolder)
            {
                continue;
            }

            if (FindLength(files, Path.Combine(directory, name)) is { } bytes)
            {
                sum = Add(sum with { Files = sum.Files + 1 }, kind, kind == FileKind.Log && number < firstLogNumber, bytes);
            }
        }

        return sum;
    }

    private static DiskStatistics Add(DiskStatistics sum, FileKind kind, bool isRetained, long bytes) => kind switch
    {
        FileKind.Segment => sum with { SegmentBytes = sum.SegmentBytes + bytes },
        FileKind.Graph => sum with { GraphBytes = sum.GraphBytes + bytes },
        FileKind.Deletions => sum with { DeletionBytes = sum.DeletionBytes + bytes },
        FileKind.Log when isRetained => sum with { RetainedLogBytes = sum.RetainedLogBytes + bytes },
        FileKind.Log => sum with { LogBytes = sum.LogBytes + bytes },
        FileKind.Manifest or FileKind.Current => sum with { ManifestBytes = sum.ManifestBytes + bytes },
        _ => sum with { OtherBytes = sum.OtherBytes + bytes },
    };

    private static long? FindLength(IFileSystem files, string path)
    {
        try
        {
            using IFile file = files.Open(path, FileOpenMode.Read);
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static SectionStatistics Of(IReadOnlyList<Segment> segments)
    {
        long rows = 0;
        long keys = 0;
        long columns = 0;
        long vectors = 0;
        foreach (Section section in segments.SelectMany(segment => segment.Sections))
        {
            switch (section.Key.Kind)
            {
                case SegmentSections.RowBlocks or SegmentSections.RowStarts:
                    rows += section.Bytes;
                    break;
                case SegmentSections.KeyBytes or SegmentSections.KeyEnds or SegmentSections.Begins or SegmentSections.KeyFilter:
                    keys += section.Bytes;
                    break;
                case (>= SegmentSections.ColumnCells and <= SegmentSections.DictionaryBytes) or SegmentSections.Statistics:
                    columns += section.Bytes;
                    break;
                case >= SegmentSections.Vectors and <= SegmentSections.SlotOrdinals:
                    vectors += section.Bytes;
                    break;
            }
        }

        return new SectionStatistics { RowBytes = rows, KeyBytes = keys, ColumnBytes = columns, VectorBytes = vectors };
    }
}
