using System.Buffers.Binary;
using Helios.Typed.Primitives;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Collects the statistics of a segment's columns in memory: some tens of bytes for each column and a thousand rows.</summary>
/// <remarks>
/// They are of cells as they are stored, so that they hold whatever the table's shape comes to be: in a column's own
/// sections where it has some, else in the rows, of which one that does not name the column counts as null.
/// </remarks>
internal sealed class StatisticsBuilder : IDisposable
{
    private readonly SortedDictionary<int, ColumnStatisticsBuilder> _columns = [];
    private readonly int _rowsPerGroup;

    /// <summary>Starts on the columns of a table.</summary>
    public StatisticsBuilder(TableShape table, int rowsPerGroup)
    {
        _rowsPerGroup = rowsPerGroup;
        foreach (ColumnShape column in table.Columns.Where(StatisticsFormat.Keeps))
        {
            _columns.Add(column.Id, new ColumnStatisticsBuilder(column, rowsPerGroup));
        }
    }

    /// <summary>Gives the statistics of a column, to add its rows to.</summary>
    public ColumnStatisticsBuilder this[ColumnShape column] => _columns[column.Id];

    /// <summary>Writes the section, once every column has every row.</summary>
    public void Write(SegmentWriter file)
    {
        using ByteWriter head = new();
        Span<byte> header = head.Take(StatisticsFormat.HeaderBytes);
        header.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(header, _rowsPerGroup);
        BinaryPrimitives.WriteUInt16LittleEndian(header[StatisticsFormat.ColumnCountOffset..], checked((ushort)_columns.Count));
        long offset = StatisticsFormat.HeaderBytes + _columns.Values.Sum(column => StatisticsFormat.ColumnBytes + (long)EntryBytesOf(column.Column));
        foreach (ColumnStatisticsBuilder column in _columns.Values)
        {
            Span<byte> entry = head.Take(StatisticsFormat.ColumnBytes);
            BinaryPrimitives.WriteUInt16LittleEndian(entry, checked((ushort)column.Column.Id));
            entry[StatisticsFormat.TypeOffset] = (byte)column.Column.Type;
            entry[StatisticsFormat.ColumnFlagsOffset] = column.Column.IsArray ? StatisticsFormat.IsList : (byte)0;
            BinaryPrimitives.WriteInt32LittleEndian(entry[StatisticsFormat.EntryBytesOffset..], EntryBytesOf(column.Column));
            BinaryPrimitives.WriteInt64LittleEndian(entry[StatisticsFormat.GroupsOffset..], offset);
            offset += column.Groups.Length;
        }

        foreach (ColumnStatisticsBuilder column in _columns.Values)
        {
            head.Write(column.Total);
        }

        var section = LoadedSectionWriter.Begin(file, SegmentSections.Statistics);
        section.Write(head.WrittenSpan);
        foreach (ColumnStatisticsBuilder column in _columns.Values)
        {
            section.Write(column.Groups);
        }

        section.End();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ColumnStatisticsBuilder column in _columns.Values)
        {
            column.Dispose();
        }
    }

    private static int EntryBytesOf(ColumnShape column) => StatisticsFormat.EntryBytesOf(column.Type, column.IsArray);
}
