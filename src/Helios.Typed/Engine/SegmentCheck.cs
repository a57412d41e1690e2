using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Checks what stands in the segments of a table against each other: keys, versions, rows, columns, vectors, graphs.</summary>
/// <remarks>
/// Opens files of its own: nothing that readers use is loaded or kept. Holds the keys and columns of one segment at a time, one
/// vector, one graph; and at the end the keys of all segments of the table.
/// </remarks>
internal sealed class SegmentCheck(
    IFileSystem files, string directory, SequenceNumber through, Action<HeliosCorruptionException> report, CancellationToken cancellationToken)
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
        TableSchema schema = DatabaseState.SchemaOf(ShapeCodec.Decode(table.Shape.Span));
        foreach (ManifestSegment description in segments)
        {
            WithSegments([description], schema, opened => CheckSegment(opened[0], schema));
        }

        WithSegments(segments, schema, CheckVersions);
    }

    private void WithSegments(IReadOnlyList<ManifestSegment> descriptions, TableSchema schema, Action<IReadOnlyList<Segment>> check)
    {
        List<Segment> opened = [];
        try
        {
            foreach (ManifestSegment description in descriptions)
            {
                opened.Add(Segment.Open(files, directory, description, schema, _memory));
            }

            check(opened);
        }
        catch (HeliosCorruptionException error)
        {
            report(error);
        }
        finally
        {
            opened.ForEach(segment => segment.ReleaseReference());
        }
    }

    private void CheckSegment(Segment segment, TableSchema schema)
    {
        int[] vectors = new int[schema.VectorColumns.Count];
        byte[] buffer = [];
        using RowCursor cursor = segment.OpenCursor(schema);
        for (int ordinal = 0; ordinal < segment.RowCount; ordinal++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CheckPlace(segment, schema, ordinal);
            cursor.MoveTo(ordinal);
            try
            {
                CheckRow(segment, schema, ordinal, cursor.Row);
            }
            catch (InvalidDataException error)
            {
                Report(segment, $"row {ordinal} cannot be read: {error.Message}");
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

        for (int i = 0; i < vectors.Length; i++)
        {
            if (vectors[i] != segment.CountVectors(i))
            {
                Report(segment, $"{vectors[i]} rows have a vector in column '{schema.VectorColumns[i].Name}', which has {segment.CountVectors(i)}");
            }

            CheckGraphs(segment, schema.VectorColumns[i], segment.CountVectors(i));
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
            Report(segment, $"the key of row {ordinal} cannot be read: {error.Message}");
        }

        if (ordinal > 0)
        {
            // Keys in order are what makes a lookup find each of them.
            int order = segment.KeyOf(ordinal - 1).SequenceCompareTo(key);
            if (order > 0 || (order == 0 && segment.BeginOf(ordinal - 1) <= begin))
            {
                Report(segment, $"row {ordinal} does not follow row {ordinal - 1} in the order of keys and versions");
            }
        }

        if (begin < segment.Description.First || begin > segment.Description.Last)
        {
            Report(segment, $"row {ordinal} began at sequence {begin.Value}, outside of {segment.Description.First.Value} to {segment.Description.Last.Value}");
        }

        if (end.Value != 0 && (end <= begin || end > through))
        {
            Report(segment, $"row {ordinal} began at sequence {begin.Value} and ended at {end.Value}; the newest is {through.Value}");
        }
    }

    private void CheckRow(Segment segment, TableSchema schema, int ordinal, ReadOnlySpan<byte> bytes)
    {
        RowView row = new(bytes);
        foreach (ColumnShape column in schema.Stored.Columns)
        {
            if (column.Vector is not null || column == schema.Stored.Key)
            {
                continue;
            }

            bool has = row.TryGetCell(column.Id, out ReadOnlySpan<byte> cell);
            if (has)
            {
                Decode(column, cell);
            }

            if (segment.TryGetColumn(column.Id, out SegmentColumn? beside) && beside is not null
                && (beside.TryGetCell(ordinal, out ReadOnlySpan<byte> other) != has || !other.SequenceEqual(cell)))
            {
                Report(segment, $"column '{column.Name}' has another value for row {ordinal} than the row itself");
            }
        }
    }

    private static void Decode(ColumnShape column, ReadOnlySpan<byte> cell)
    {
        if (!column.IsArray)
        {
            ScalarCodec.DecodeObject(column.Type, cell);
            return;
        }

        ListCells list = new(column.Type, cell);
        while (list.MoveNext())
        {
            if (!list.CurrentIsNull)
            {
                ScalarCodec.DecodeObject(column.Type, list.Current);
            }
        }
    }

    private void CheckVector(Segment segment, ColumnShape column, int ordinal, int slot, ReadOnlySpan<byte> vector)
    {
        bool isHalf = column.Type == ColumnType.HalfVector;
        string? problem = isHalf
            ? VectorRules.FindProblem(column.Vector!, MemoryMarshal.Cast<byte, Half>(vector))
            : VectorRules.FindProblem(column.Vector!, MemoryMarshal.Cast<byte, float>(vector));
        if (problem is not null)
        {
            Report(segment, $"row {ordinal}, column '{column.Name}': {problem}");
            return;
        }

        if (column.Vector!.Metric == Metric.Cosine
            && segment.Reader.TryGetSection(new SectionKey(SegmentSections.InverseNorms, (ushort)column.Id), out Section? section))
        {
            long at = (long)slot * sizeof(float);
            byte[] unit = [];
            ReadOnlySpan<byte> norms = segment.Reader.ReadUnit(section, at / section.UnitBytes, ref unit).Span;
            float stored = BinaryPrimitives.ReadSingleLittleEndian(norms[(int)(at % section.UnitBytes)..]);
            float expected = InverseNorm.Of(vector, isHalf);
            if (!(Math.Abs(stored - expected) <= NormTolerance * Math.Abs(expected)))
            {
                Report(segment, $"the inverse norm of row {ordinal} in column '{column.Name}' is {stored}, and its vector's is {expected}");
            }
        }
    }

    private void CheckGraphs(Segment segment, ColumnShape column, int count)
    {
        foreach (ManifestSidecar sidecar in segment.Description.Sidecars.Where(sidecar => sidecar.Kind == SegmentSections.GraphSidecar && sidecar.ColumnId == column.Id))
        {
            string path = Path.Combine(directory, sidecar.FileName);
            try
            {
                using HnswGraph graph = GraphFile.Read(files, path, column, count, _memory.Allocator);
                if (HnswGraphValidator.FindProblem(graph) is { } problem)
                {
                    report(new HeliosCorruptionException(path, 0, $"the graph of column '{column.Name}' is not sound: {problem}. Delete nothing: it is rebuilt from the vectors when the table is indexed anew."));
                }
            }
            catch (HeliosCorruptionException error)
            {
                report(error);
            }
        }
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
                if (end.Value == 0 || end > begin)
                {
                    Report(segments[first], $"row {row} did not end before a newer version of its key began, row {newerRow} of '{segments[newer].Description.FileName}' at sequence {begin.Value}");
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

    private void Report(Segment segment, string problem) => report(SegmentContents.Damaged(segment.Reader, problem));
}
