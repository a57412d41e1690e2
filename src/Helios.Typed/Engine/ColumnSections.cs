using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Writes the columns that stand beside the rows of a segment, so that a filter reads a value by ordinal.</summary>
internal static class ColumnSections
{
    /// <summary>Writes a column's sections, where it is of a kind that has some.</summary>
    /// <param name="file">The file.</param>
    /// <param name="column">The column.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="statistics">Takes what the sections hold.</param>
    /// <returns>False where its values are in the rows alone.</returns>
    public static bool TryWrite(SegmentWriter file, ColumnShape column, MergedRows rows, ColumnStatisticsBuilder statistics)
    {
        if (column.IsArray)
        {
            return false;
        }

        if (ScalarCodec.WidthOf(column.Type) is int width and > 0)
        {
            WriteCells(file, column, width, rows, statistics);
            return true;
        }

        return column.IsIndexed && column.Type == ColumnType.Text && TryWriteDictionary(file, column, rows, statistics);
    }

    private static void WriteCells(SegmentWriter file, ColumnShape column, int width, MergedRows rows, ColumnStatisticsBuilder statistics)
    {
        byte[] nulls = new byte[(rows.Count + 7) / 8];
        byte[] none = new byte[width];
        bool hasNulls = false;
        var cells = LoadedSectionWriter.Begin(file, SegmentSections.ColumnCells, column.Id);
        for (int row = 0; row < rows.Count; row++)
        {
            if (!rows.MoveTo(row).TryGetCell(column.Id, out ReadOnlySpan<byte> cell))
            {
                nulls[row / 8] |= (byte)(1 << (row % 8));
                hasNulls = true;
                cells.Write(none);
                statistics.AddNull();
                continue;
            }

            if (cell.Length != width)
            {
                throw new InvalidDataException($"a value of column '{column.Name}' takes {cell.Length} bytes, and a {column.Type} takes {width}");
            }

            cells.Write(cell);
            statistics.Add(cell);
        }

        cells.End();
        if (hasNulls)
        {
            LoadedSectionWriter.WriteAll<byte>(file, SegmentSections.ColumnNulls, column.Id, nulls);
        }
    }

    private static bool TryWriteDictionary(SegmentWriter file, ColumnShape column, MergedRows rows, ColumnStatisticsBuilder statistics)
    {
        ushort[] codes = new ushort[rows.Count];
        if (!TryCollect(column, rows, codes, out List<byte[]> values))
        {
            return false;
        }

        // Codes in the order of the values: comparing codes compares text.
        int[] order = [.. Enumerable.Range(0, values.Count)];
        Array.Sort(order, (a, b) => values[a].AsSpan().SequenceCompareTo(values[b]));
        ushort[] renamed = new ushort[values.Count + 1];
        for (int i = 0; i < order.Length; i++)
        {
            renamed[order[i] + 1] = (ushort)(i + 1);
        }

        for (int row = 0; row < codes.Length; row++)
        {
            if (codes[row] == 0)
            {
                statistics.AddNull();
                continue;
            }

            statistics.Add(values[codes[row] - 1]);
            codes[row] = renamed[codes[row]];
        }

        LoadedSectionWriter.WriteAll<ushort>(file, SegmentSections.DictionaryCodes, column.Id, codes);
        var ends = LoadedSectionWriter.Begin(file, SegmentSections.DictionaryEnds, column.Id);
        int end = 0;
        foreach (int value in order)
        {
            end += values[value].Length;
            ends.WriteValue(end);
        }

        ends.End();
        var bytes = LoadedSectionWriter.Begin(file, SegmentSections.DictionaryBytes, column.Id);
        foreach (int value in order)
        {
            bytes.Write(values[value]);
        }

        bytes.End();
        return true;
    }

    private static bool TryCollect(ColumnShape column, MergedRows rows, ushort[] codes, out List<byte[]> values)
    {
        Dictionary<byte[], ushort> known = new(ByteStringComparer.Instance);
        Dictionary<byte[], ushort>.AlternateLookup<ReadOnlySpan<byte>> lookup = known.GetAlternateLookup<ReadOnlySpan<byte>>();
        values = [];
        long bytes = 0;
        for (int row = 0; row < rows.Count; row++)
        {
            if (!rows.MoveTo(row).TryGetCell(column.Id, out ReadOnlySpan<byte> cell))
            {
                continue;
            }

            if (!lookup.TryGetValue(cell, out ushort code))
            {
                bytes += cell.Length;
                if (values.Count == SegmentSections.MaxDictionaryValues || bytes > SegmentSections.MaxDictionaryBytes)
                {
                    return false;
                }

                byte[] value = cell.ToArray();
                values.Add(value);
                code = (ushort)values.Count;
                known.Add(value, code);
            }

            codes[row] = code;
        }

        return true;
    }
}
