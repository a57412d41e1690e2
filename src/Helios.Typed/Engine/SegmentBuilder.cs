using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Writes the rows of several sources as one segment file, in key order: a flush has one source, a merge more.</summary>
/// <remarks>Passes over the rows once for each section, so that memory holds places, the filter of the keys, statistics and sections under way, never rows and vectors.</remarks>
internal static class SegmentBuilder
{
    /// <summary>Writes the file, durably.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">The file.</param>
    /// <param name="schema">The table.</param>
    /// <param name="sources">The sources; sealed, so that only ends are still added.</param>
    /// <param name="keepFrom">Versions that ended at or before this sequence are left out: no snapshot sees them.</param>
    /// <param name="cancellationToken">Stops the work; nothing is left behind.</param>
    /// <param name="rowsPerGroup">The rows that statistics are kept of together.</param>
    public static SegmentBuildResult Build(
        IFileSystem files, string path, TableSchema schema, IReadOnlyList<RowSource> sources, SequenceNumber keepFrom, CancellationToken cancellationToken, int rowsPerGroup = StatisticsFormat.RowsPerGroup)
    {
        using var rows = MergedRows.Merge(sources, schema, keepFrom, cancellationToken);
        if (rows.Count == 0)
        {
            return new SegmentBuildResult(0, default, default, rows.Ordinals, FileBytes: 0);
        }

        using var file = SegmentWriter.Create(files, path);
        (SequenceNumber first, SequenceNumber last) = SequencesOf(rows);
        WriteSummary(file, schema, rows.Count, first, last);
        WriteKeys(file, schema, rows);
        WriteBegins(file, rows, first, last);
        RowSections.Write(file, schema, rows);
        WriteColumns(file, schema, rows, rowsPerGroup);
        return new SegmentBuildResult(rows.Count, first, last, rows.Ordinals, file.Complete());
    }

    private static void WriteColumns(SegmentWriter file, TableSchema schema, MergedRows rows, int rowsPerGroup)
    {
        using StatisticsBuilder statistics = new(schema.Stored, rowsPerGroup);
        List<ColumnShape> inRows = [];
        foreach (ColumnShape column in schema.Stored.Columns.Where(column => !column.IsDropped))
        {
            if (column.Vector is not null)
            {
                VectorSections.Write(file, schema, column, rows);
            }
            else if (column != schema.Stored.Key && !ColumnSections.TryWrite(file, column, rows, statistics[column]))
            {
                inRows.Add(column);
            }
        }

        CollectFromRows(schema.Stored.Key, inRows, rows, statistics);
        statistics.Write(file);
    }

    private static void CollectFromRows(ColumnShape key, List<ColumnShape> columns, MergedRows rows, StatisticsBuilder statistics)
    {
        for (int row = 0; row < rows.Count; row++)
        {
            RowCursor cursor = rows.MoveTo(row);
            cursor.TryGetCell(key.Id, out ReadOnlySpan<byte> keyCell);
            statistics[key].Add(keyCell);
            if (columns.Count > 0)
            {
                RowView cells = new(cursor.Row);
                foreach (ColumnShape column in columns)
                {
                    statistics[column].Add(cells.TryGetCell(column.Id, out ReadOnlySpan<byte> cell), cell);
                }
            }
        }
    }

    private static (SequenceNumber First, SequenceNumber Last) SequencesOf(MergedRows rows)
    {
        SequenceNumber first = rows.BeginOf(0);
        SequenceNumber last = first;
        for (int row = 1; row < rows.Count; row++)
        {
            SequenceNumber begin = rows.BeginOf(row);
            first = begin < first ? begin : first;
            last = begin > last ? begin : last;
        }

        return (first, last);
    }

    private static void WriteSummary(SegmentWriter file, TableSchema schema, int rows, SequenceNumber first, SequenceNumber last)
    {
        Span<byte> summary = stackalloc byte[SegmentSections.SummaryBytes];
        summary.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(summary, SegmentSections.SummaryVersion);
        summary[2] = (byte)schema.KeyType;
        BinaryPrimitives.WriteUInt32LittleEndian(summary[4..], (uint)rows);
        BinaryPrimitives.WriteUInt64LittleEndian(summary[8..], first.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(summary[16..], last.Value);
        BinaryPrimitives.WriteUInt16LittleEndian(summary[24..], checked((ushort)schema.Stored.Columns.Max(column => column.Id)));
        BinaryPrimitives.WriteUInt16LittleEndian(summary[26..], checked((ushort)schema.Stored.Columns.Count(column => column.IsDropped)));
        file.BeginSection(new SectionKey(SegmentSections.Summary, 0), SegmentSections.SummaryBytes);
        file.WriteUnit(summary);
    }

    private static void WriteKeys(SegmentWriter file, TableSchema schema, MergedRows rows)
    {
        var keys = LoadedSectionWriter.Begin(file, SegmentSections.KeyBytes);
        KeyFilterBuilder filter = new(rows.Count);
        for (int row = 0; row < rows.Count; row++)
        {
            ReadOnlySpan<byte> key = rows.KeyOf(row);
            keys.Write(key);
            filter.Add(key);
        }

        keys.End();
        if (ScalarCodec.WidthOf(schema.KeyType) == 0)
        {
            WriteKeyEnds(file, rows);
        }

        filter.Write(file);
    }

    private static void WriteKeyEnds(SegmentWriter file, MergedRows rows)
    {
        var ends = LoadedSectionWriter.Begin(file, SegmentSections.KeyEnds);
        long end = 0;
        for (int row = 0; row < rows.Count; row++)
        {
            end += rows.KeyOf(row).Length;
            ends.WriteValue(end);
        }

        ends.End();
    }

    private static void WriteBegins(SegmentWriter file, MergedRows rows, SequenceNumber first, SequenceNumber last)
    {
        bool isNarrow = last.Value - first.Value <= uint.MaxValue;
        var begins = LoadedSectionWriter.Begin(file, SegmentSections.Begins);
        for (int row = 0; row < rows.Count; row++)
        {
            ulong delta = rows.BeginOf(row).Value - first.Value;
            begins.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in delta))[..(isNarrow ? sizeof(uint) : sizeof(ulong))]);
        }

        begins.End();
    }
}

/// <summary>Says what a segment file holds.</summary>
/// <param name="Rows">Its rows; 0 where every version was left out and no file was written.</param>
/// <param name="First">The lowest sequence of a row.</param>
/// <param name="Last">The highest.</param>
/// <param name="Ordinals">For each source, the new ordinal of each old one, or −1: ends that came meanwhile are applied through it.</param>
/// <param name="FileBytes">The file's size.</param>
internal sealed record SegmentBuildResult(int Rows, SequenceNumber First, SequenceNumber Last, IReadOnlyList<int[]> Ordinals, long FileBytes);
