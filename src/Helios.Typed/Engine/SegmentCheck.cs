using System.Buffers.Binary;
using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;
using Helios.Typed.Storage.Manifest;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Checks what stands in the segments of a table against each other: keys, versions, rows, columns, vectors, graphs.</summary>
/// <remarks>
/// Opens files of its own: nothing that readers use is loaded or kept. Holds the keys and columns of one segment at a time, one
/// vector, one graph; and at the end the keys of all segments of the table.
/// </remarks>
internal sealed class SegmentCheck(
    IFileSystem files, string directory, SequenceNumber through, Action<HeliosCorruptionException> report, Action<ManifestSegment> checkedSegment, CancellationToken cancellationToken)
{
    private const double NormTolerance = 1e-3;

    private readonly SegmentMemory _memory = SegmentMemory.Unbounded(new SystemAllocator());

    /// <summary>Gets how many row versions were checked.</summary>
    public long Rows { get; private set; }

    /// <summary>Checks a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="segments">Its segments, whose checksums hold.</param>
    public void Check(ManifestTable table, IReadOnlyList<ManifestSegment> segments)
    {
        TableSchema schema = DatabaseState.SchemaOf(StoredTables.ShapeOf(table, files, directory));
        List<ManifestSegment> readable = [];
        foreach (ManifestSegment description in segments)
        {
            if (WithSegments([description], schema, opened => CheckSegment(opened[0], schema)))
            {
                readable.Add(description);
            }

            checkedSegment(description);
        }

        WithSegments(readable, schema, opened =>
        {
            CheckVersions(opened);
            foreach (Segment segment in opened)
            {
                if (KeyCounter.FindUncounted(segment, schema.KeyType, table.NextKey) is { } key)
                {
                    report(Corruption.At(StoredTables.ManifestOf(files, directory), 0, $"the next key of table '{schema.Stored.Name}' is {table.NextKey}, and '{segment.Description.FileName}' has key {key}"));
                }
            }
        });
    }

    /// <summary>Checks a segment that is open, by itself.</summary>
    /// <exception cref="HeliosCorruptionException">Part of it cannot be read at all.</exception>
    public void Check(Segment segment, TableSchema schema) => CheckSegment(segment, schema);

    /// <summary>Checks the segments of a table, which are open, against each other.</summary>
    /// <exception cref="HeliosCorruptionException">Part of one cannot be read at all.</exception>
    public void CheckTogether(IReadOnlyList<Segment> segments) => CheckVersions(segments);

    private bool WithSegments(IReadOnlyList<ManifestSegment> descriptions, TableSchema schema, Action<IReadOnlyList<Segment>> check)
    {
        List<Segment> opened = [];
        try
        {
            foreach (ManifestSegment description in descriptions)
            {
                opened.Add(Segment.Open(files, directory, description, schema, _memory));
            }

            check(opened);
            return true;
        }
        catch (HeliosCorruptionException error)
        {
            report(error);
            return false;
        }
        catch (FileNotFoundException error)
        {
            report(Corruption.At(error.FileName ?? directory, 0, "the file is missing"));
            return false;
        }
        finally
        {
            opened.ForEach(segment => segment.ReleaseReference());
        }
    }

    private void CheckSegment(Segment segment, TableSchema schema)
    {
        KeyFilterBuilder filter = new(segment.RowCount);
        using StatisticsBuilder statistics = new(schema.Stored, segment.Statistics.RowsPerGroup);
        bool isReadable = true;
        int[] vectors = new int[schema.VectorColumns.Count];
        byte[] buffer = [];
        using RowCursor cursor = segment.OpenCursor(schema);
        for (int ordinal = 0; ordinal < segment.RowCount; ordinal++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CheckPlace(segment, schema, ordinal);
            filter.Add(segment.KeyOf(ordinal));
            cursor.MoveTo(ordinal);
            try
            {
                CheckRow(segment, schema, cursor, ordinal, statistics);
            }
            catch (InvalidDataException error)
            {
                if (UnknownVersion.In(error, Path.Combine(directory, segment.Description.FileName)) is { } newer)
                {
                    throw newer;
                }

                Report(segment, SegmentSections.RowBlocks, 0, $"row {ordinal} cannot be read: {error.Message}");
                isReadable = false;
            }

            for (int i = 0; i < vectors.Length; i++)
            {
                if (segment.TryReadVector(i, ordinal, ref buffer, out ReadOnlySpan<byte> vector))
                {
                    CheckVector(segment, schema.VectorColumns[i], ordinal, vectors[i]++, vector);
                }
            }

            Rows++;
        }

        CheckFilter(segment, filter);
        if (isReadable && segment.Reader.TryGetSection(new SectionKey(SegmentSections.Statistics, 0), out _))
        {
            StatisticsCheck.Check(segment, schema, statistics, problem => Report(segment, SegmentSections.Statistics, 0, problem));
        }

        for (int i = 0; i < vectors.Length; i++)
        {
            if (vectors[i] != segment.CountVectors(i))
            {
                Report(segment, SegmentSections.Vectors, schema.VectorColumns[i].Id, $"{vectors[i]} rows have a vector in column '{schema.VectorColumns[i].Name}', which has {segment.CountVectors(i)}");
            }

            CheckGraphs(segment, schema.VectorColumns[i], i);
        }
    }

    private void CheckPlace(Segment segment, TableSchema schema, int ordinal)
    {
        ReadOnlySpan<byte> key = segment.KeyOf(ordinal);
        SequenceNumber begin = segment.BeginOf(ordinal);
        SequenceNumber end = segment.EndOf(ordinal);
        try
        {
            KeyCodec.Decode(schema.KeyType, key);
        }
        catch (InvalidDataException error)
        {
            Report(segment, SegmentSections.KeyBytes, 0, $"the key of row {ordinal} cannot be read: {error.Message}");
        }

        if (!segment.MayHold(key))
        {
            Report(segment, SegmentSections.KeyFilter, 0, $"the filter of the keys says that the key of row {ordinal} is not there");
        }

        if (ordinal > 0)
        {
            // Keys in order are what makes a lookup find each of them.
            int order = segment.KeyOf(ordinal - 1).SequenceCompareTo(key);
            if (order > 0 || (order == 0 && segment.BeginOf(ordinal - 1) <= begin))
            {
                Report(segment, SegmentSections.KeyBytes, 0, $"row {ordinal} does not follow row {ordinal - 1} in the order of keys and versions");
            }
        }

        if (begin < segment.Description.First || begin > segment.Description.Last)
        {
            Report(segment, SegmentSections.Begins, 0, $"row {ordinal} began at sequence {begin.Value}, outside of {segment.Description.First.Value} to {segment.Description.Last.Value}");
        }

        if (end.Value != 0 && (end <= begin || end > through))
        {
            ReportEnd(segment, $"row {ordinal} of '{segment.Description.FileName}' began at sequence {begin.Value} and ended at {end.Value}; the newest is {through.Value}");
        }
    }

    // Beyond the keys, a filter must know nothing: a bit too many costs time for ever, and nobody would see it.
    private void CheckFilter(Segment segment, KeyFilterBuilder expected)
    {
        if (!segment.Reader.TryGetSection(new SectionKey(SegmentSections.KeyFilter, 0), out Section? section))
        {
            return;
        }

        byte[] buffer = [];
        for (long unit = 0; unit < section.Units; unit++)
        {
            ReadOnlySpan<byte> stored = segment.Reader.ReadUnit(section, unit, ref buffer).Span;
            if (!stored.SequenceEqual(expected[unit * section.UnitBytes, stored.Length]))
            {
                Report(segment, SegmentSections.KeyFilter, 0, $"unit {unit} of the filter of the keys is not what the keys make");
            }
        }
    }

    private void CheckRow(Segment segment, TableSchema schema, RowCursor cursor, int ordinal, StatisticsBuilder statistics)
    {
        ReadOnlySpan<byte> bytes = cursor.Row;
        RowCheck.RequireCells(schema, bytes);
        cursor.TryGetCell(schema.Stored.Key.Id, out ReadOnlySpan<byte> key);
        statistics[schema.Stored.Key].Add(key);
        RowView row = new(bytes);
        foreach (ColumnShape column in schema.Stored.Columns)
        {
            if (column.Vector is not null || column.IsDropped || column == schema.Stored.Key)
            {
                continue;
            }

            bool has = row.TryGetCell(column.Id, out ReadOnlySpan<byte> cell);
            if (!segment.TryGetColumn(column.Id, out SegmentColumn? beside) || beside is null)
            {
                statistics[column].Add(has, cell);
                continue;
            }

            // Rows from before a column with a default read as that, and are merged and flushed as that.
            bool besideHas = beside.TryGetCell(ordinal, out ReadOnlySpan<byte> other);
            statistics[column].Add(besideHas, other);
            if (!has && besideHas)
            {
                has = schema.TryGetMissing(column.Id, out cell);
            }

            if (besideHas != has || !other.SequenceEqual(cell))
            {
                Report(segment, segment.Reader.TryGetSection(new SectionKey(SegmentSections.ColumnCells, (ushort)column.Id), out _) ? SegmentSections.ColumnCells : SegmentSections.DictionaryCodes, column.Id, $"column '{column.Name}' has another value for row {ordinal} than the row itself");
            }
        }
    }

    private void CheckVector(Segment segment, ColumnShape column, int ordinal, int slot, ReadOnlySpan<byte> vector)
    {
        if (RowCheck.FindProblem(column, vector) is { } problem)
        {
            Report(segment, SegmentSections.Vectors, column.Id, $"row {ordinal}, column '{column.Name}': {problem}");
            return;
        }

        if (column.Vector!.Metric == Metric.Cosine
            && segment.Reader.TryGetSection(new SectionKey(SegmentSections.InverseNorms, (ushort)column.Id), out _))
        {
            float stored = StoredNormOf(segment, column, slot);
            float expected = InverseNorm.Of(vector, column.Type == ColumnType.HalfVector);
            if (!(Math.Abs(stored - expected) <= NormTolerance * Math.Abs(expected)))
            {
                Report(segment, SegmentSections.InverseNorms, column.Id, $"the inverse norm of row {ordinal} in column '{column.Name}' is {stored}, and its vector's is {expected}");
            }
        }
    }

    private void CheckGraphs(Segment segment, ColumnShape column, int vectorIndex)
    {
        foreach (ManifestSidecar sidecar in segment.Description.Sidecars.Where(sidecar => sidecar.Kind == SegmentSections.GraphSidecar && sidecar.ColumnId == column.Id))
        {
            string path = Path.Combine(directory, sidecar.FileName);
            try
            {
                using HnswGraph graph = GraphFile.Read(files, path, column, segment.CountVectors(vectorIndex), _memory.Allocator);
                string? problem = HnswGraphValidator.FindProblem(graph)
                    ?? (sidecar.SettingsHash == SegmentSidecars.SettingsHash(column) && graph.MaxConnections != column.Vector!.MaxConnections
                        ? $"it has {graph.MaxConnections} links a node, and the manifest says {column.Vector.MaxConnections}"
                        : FindCodeProblem(segment, column, vectorIndex, sidecar, graph));
                if (problem is not null)
                {
                    report(new HeliosCorruptionException(path, FileHeader.PageBytes, $"the graph of column '{column.Name}' is not sound: {problem}. Delete nothing: it is rebuilt from the vectors when the table is indexed anew."));
                }
            }
            catch (HeliosCorruptionException error)
            {
                report(error);
            }
        }
    }

    private string? FindCodeProblem(Segment segment, ColumnShape column, int vectorIndex, ManifestSidecar sidecar, HnswGraph graph)
    {
        if (graph.Coded is not { } codes)
        {
            return sidecar.SettingsHash == SegmentSidecars.SettingsHash(column) && IndexRules.CodesOf(column.Vector!) != Quantization.None ? "its codes are missing" : null;
        }

        byte[] buffer = [];
        uint slot = 0;
        for (int ordinal = 0; ordinal < segment.RowCount; ordinal++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!segment.TryReadVector(vectorIndex, ordinal, ref buffer, out ReadOnlySpan<byte> vector))
            {
                continue;
            }

            float inverseNorm = column.Vector!.Metric == Metric.Cosine ? StoredNormOf(segment, column, (int)slot) : 1;
            if (!codes.Encodes(slot, vector, column.Type == ColumnType.HalfVector, inverseNorm))
            {
                return $"the code of row {ordinal} is not its vector's";
            }

            slot++;
        }

        return null;
    }

    private static float StoredNormOf(Segment segment, ColumnShape column, int slot)
    {
        if (!segment.Reader.TryGetSection(new SectionKey(SegmentSections.InverseNorms, (ushort)column.Id), out Section? section))
        {
            return float.NaN;
        }

        long at = (long)slot * sizeof(float);
        byte[] unit = [];
        ReadOnlySpan<byte> norms = segment.Reader.ReadUnit(section, at / section.UnitBytes, ref unit).Span;
        return BinaryPrimitives.ReadSingleLittleEndian(norms[(int)(at % section.UnitBytes)..]);
    }

    // The versions of a key, newest first over all segments: each older one ended when the next began, or before.
    private void CheckVersions(IReadOnlyList<Segment> segments)
    {
        int[] heads = new int[segments.Count];
        int newer = -1;
        int newerRow = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int first = -1;
            for (int i = 0; i < heads.Length; i++)
            {
                if (heads[i] < segments[i].RowCount && (first < 0 || Compare(segments[i], heads[i], segments[first], heads[first]) < 0))
                {
                    first = i;
                }
            }

            if (first < 0)
            {
                return;
            }

            int row = heads[first]++;
            if (newer >= 0 && segments[newer].KeyOf(newerRow).SequenceEqual(segments[first].KeyOf(row)))
            {
                SequenceNumber end = segments[first].EndOf(row);
                SequenceNumber begin = segments[newer].BeginOf(newerRow);
                bool isTold = newer == first && segments[first].BeginOf(row) >= begin;
                if (!isTold && (end.Value == 0 || end > begin))
                {
                    ReportEnd(segments[first], $"row {row} of '{segments[first].Description.FileName}' did not end before a newer version of its key began, row {newerRow} of '{segments[newer].Description.FileName}' at sequence {begin.Value}");
                }
            }

            (newer, newerRow) = (first, row);
        }
    }

    private static int Compare(Segment a, int rowOfA, Segment b, int rowOfB)
    {
        int byKey = a.KeyOf(rowOfA).SequenceCompareTo(b.KeyOf(rowOfB));
        return byKey != 0 ? byKey : b.BeginOf(rowOfB).CompareTo(a.BeginOf(rowOfA));
    }

    private void Report(Segment segment, ushort kind, int columnId, string problem) => report(SegmentContents.Damaged(
        segment.Reader, problem, segment.Reader.TryGetSection(new SectionKey(kind, (ushort)columnId), out Section? section) ? section : null));

    // What says when rows ended is the deletion file, where there is one.
    private void ReportEnd(Segment segment, string problem)
    {
        ManifestSidecar? deletions = segment.Description.Sidecars.LastOrDefault(sidecar => sidecar.Kind == SegmentSections.DeletionsSidecar);
        if (deletions is null)
        {
            Report(segment, SegmentSections.Begins, 0, problem);
            return;
        }

        report(Corruption.At(Path.Combine(directory, deletions.FileName), FileHeader.PageBytes, problem));
    }
}
