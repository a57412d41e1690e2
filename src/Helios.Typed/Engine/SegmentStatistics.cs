using System.Buffers.Binary;
using Helios.Typed.Records;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Is what a segment knows of the values in its columns: in all of its rows, and in each group of rows that follow each other.</summary>
/// <remarks>Read by pages as it is asked; what is kept beside them is some bytes for each column. Thread-safe.</remarks>
internal sealed class SegmentStatistics
{
    private readonly SegmentContents _contents;
    private readonly PagedSection? _section;
    private Layout? _layout;

    /// <summary>Finds the section; a file without one tells of columns that came later, and of vectors.</summary>
    public SegmentStatistics(SegmentContents contents)
    {
        _contents = contents;
        if (contents.TryFind(SegmentSections.Statistics, 0, out Section? section))
        {
            _section = contents.Paged(section);
        }
    }

    /// <summary>Gets the number of rows, those that ended included.</summary>
    public int Rows => _contents.Rows;

    /// <summary>Gets the number of rows in each group but the last.</summary>
    /// <exception cref="HeliosCorruptionException">The statistics are not what was written.</exception>
    public int RowsPerGroup => LoadLayout().RowsPerGroup;

    /// <summary>Gets the number of groups.</summary>
    /// <exception cref="HeliosCorruptionException">The statistics are not what was written.</exception>
    public int Groups => StatisticsFormat.GroupsOf(Rows, RowsPerGroup);

    /// <summary>Gets the columns that statistics were written of, by id.</summary>
    internal IEnumerable<int> ColumnIds => LoadLayout().Columns.Keys;

    /// <summary>Tells of a column in all rows of the segment.</summary>
    /// <param name="schema">The table as the reader knows it.</param>
    /// <param name="columnId">The column's stable id.</param>
    /// <param name="statistics">What is known; valid while the segment is held.</param>
    /// <returns>False where nothing is known.</returns>
    /// <exception cref="HeliosCorruptionException">The statistics are not what was written.</exception>
    public bool TryReadTotal(TableSchema schema, int columnId, out ColumnStatistics statistics) => TryRead(schema, columnId, group: -1, out statistics);

    /// <summary>Tells of a column in the rows of a group.</summary>
    /// <param name="schema">The table as the reader knows it.</param>
    /// <param name="columnId">The column's stable id.</param>
    /// <param name="group">The group, or −1 for all of the segment.</param>
    /// <param name="statistics">What is known; valid while the segment is held.</param>
    /// <returns>False where nothing is known.</returns>
    /// <exception cref="HeliosCorruptionException">The statistics are not what was written.</exception>
    public bool TryRead(TableSchema schema, int columnId, int group, out ColumnStatistics statistics)
    {
        Layout layout = LoadLayout();
        int rows = group < 0 ? Rows : (int)Math.Min(layout.RowsPerGroup, Rows - ((long)group * layout.RowsPerGroup));
        if (layout.Columns.TryGetValue(columnId, out StoredColumn column))
        {
            statistics = ReadEntry(column, group, rows);
        }
        else if (columnId > _contents.HighestColumnId)
        {
            // It came later, and no row has a value.
            statistics = ColumnStatistics.Counted(rows, rows);
        }
        else if (!TryCountVectors(schema, columnId, group < 0, rows, out statistics))
        {
            return false;
        }

        if (statistics.Nulls > 0 && schema.TryGetMissing(columnId, out ReadOnlySpan<byte> missing))
        {
            statistics = statistics.WithMissing(schema.Stored.Columns.First(stored => stored.Id == columnId).Type, missing);
        }

        return true;
    }

    /// <summary>Gives the bytes of a column's entries as they were written: of all rows, then of each group.</summary>
    internal (byte[] Total, byte[] Groups) ReadEntries(int columnId)
    {
        StoredColumn column = LoadLayout().Columns[columnId];
        int bytes = column.EntryBytes;
        return (_section!.Slice(column.TotalOffset, bytes).ToArray(), _section.Slice(column.GroupsOffset, bytes * Groups).ToArray());
    }

    /// <summary>Says which file has statistics that cannot be read.</summary>
    internal HeliosCorruptionException Unreadable(InvalidDataException error) =>
        SegmentContents.Damaged(_contents.Reader, $"the statistics cannot be read: {error.Message}", _section?.Section);

    private ColumnStatistics ReadEntry(StoredColumn column, int group, int rows)
    {
        long offset = group < 0 ? column.TotalOffset : column.GroupsOffset + ((long)group * column.EntryBytes);
        ReadOnlySpan<byte> entry = _section!.Slice(offset, column.EntryBytes);
        uint nulls = BinaryPrimitives.ReadUInt32LittleEndian(entry);
        byte flags = entry[StatisticsFormat.FlagsOffset];
        int boundBytes = (column.EntryBytes - StatisticsFormat.EntryHeaderBytes) / 2;
        int lowBytes = entry[StatisticsFormat.LowBytesOffset];
        int highBytes = entry[StatisticsFormat.HighBytesOffset];
        bool hasBounds = (flags & StatisticsFormat.HasBounds) != 0;
        bool hasHigh = hasBounds && (flags & StatisticsFormat.HasNoHigh) == 0;
        if (nulls > (uint)rows || (hasBounds && (nulls == (uint)rows || !column.Fits(lowBytes, boundBytes) || (hasHigh && !column.Fits(highBytes, boundBytes)))))
        {
            throw SegmentContents.Damaged(_contents.Reader, $"the statistics of column {column.Id} say of {rows} rows that {nulls} have no value, and give bounds of {lowBytes} and {highBytes} bytes", _section.Section, offset);
        }

        return new ColumnStatistics
        {
            Rows = rows,
            Nulls = (int)nulls,
            HasBounds = hasBounds,
            Low = hasBounds ? entry.Slice(StatisticsFormat.EntryHeaderBytes, lowBytes) : default,
            HasHigh = hasHigh,
            High = hasHigh ? entry.Slice(StatisticsFormat.EntryHeaderBytes + boundBytes, highBytes) : default,
        };
    }

    private bool TryCountVectors(TableSchema schema, int columnId, bool all, int rows, out ColumnStatistics statistics)
    {
        statistics = default;
        if (!schema.VectorColumns.Any(vector => vector.Id == columnId))
        {
            return false;
        }

        long vectors = _contents.TryFind(SegmentSections.Vectors, columnId, out Section? section) ? section.Units : 0;
        if (!all && vectors > 0 && vectors < Rows)
        {
            return false;
        }

        statistics = ColumnStatistics.Counted(rows, all ? (int)(Rows - vectors) : vectors == 0 ? rows : 0);
        return true;
    }

    // Two threads may both read it; either is right.
    private Layout LoadLayout()
    {
        Layout? layout = Volatile.Read(ref _layout);
        if (layout is null)
        {
            layout = _section is null ? new Layout(Rows, []) : ReadLayout(_section);
            Volatile.Write(ref _layout, layout);
        }

        return layout;
    }

    private Layout ReadLayout(PagedSection section)
    {
        if (section.Bytes < StatisticsFormat.HeaderBytes)
        {
            throw Damaged(section, "are shorter than their header");
        }

        ReadOnlySpan<byte> header = section.Slice(0, StatisticsFormat.HeaderBytes);
        int rowsPerGroup = BinaryPrimitives.ReadInt32LittleEndian(header);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header[StatisticsFormat.ColumnCountOffset..]);
        long totalOffset = StatisticsFormat.HeaderBytes + ((long)count * StatisticsFormat.ColumnBytes);
        if (rowsPerGroup < 1 || totalOffset > section.Bytes)
        {
            throw Damaged(section, $"name {count} columns and groups of {rowsPerGroup} rows");
        }

        int groups = StatisticsFormat.GroupsOf(Rows, rowsPerGroup);
        Dictionary<int, StoredColumn> columns = new(count);
        ReadOnlySpan<byte> table = section.Slice(StatisticsFormat.HeaderBytes, count * StatisticsFormat.ColumnBytes);
        for (; !table.IsEmpty; table = table[StatisticsFormat.ColumnBytes..])
        {
            StoredColumn column = new(
                BinaryPrimitives.ReadUInt16LittleEndian(table),
                (ColumnType)table[StatisticsFormat.TypeOffset],
                (table[StatisticsFormat.ColumnFlagsOffset] & StatisticsFormat.IsList) != 0,
                BinaryPrimitives.ReadInt32LittleEndian(table[StatisticsFormat.EntryBytesOffset..]),
                totalOffset,
                BinaryPrimitives.ReadInt64LittleEndian(table[StatisticsFormat.GroupsOffset..]));
            bool fits = column.EntryBytes == StatisticsFormat.EntryBytesOf(column.Type, column.IsList)
                && totalOffset <= section.Bytes - column.EntryBytes
                && column.GroupsOffset >= 0 && column.GroupsOffset <= section.Bytes - ((long)groups * column.EntryBytes);
            if (!fits || !columns.TryAdd(column.Id, column))
            {
                throw Damaged(section, $"of column {column.Id} do not lie within the section: {groups} groups of {column.EntryBytes} bytes from {column.GroupsOffset}");
            }

            totalOffset += column.EntryBytes;
        }

        return new Layout(rowsPerGroup, columns);
    }

    private HeliosCorruptionException Damaged(PagedSection section, string problem) =>
        SegmentContents.Damaged(_contents.Reader, $"the statistics {problem}, in a section of {section.Bytes} bytes", section.Section);

    private sealed record Layout(int RowsPerGroup, Dictionary<int, StoredColumn> Columns);

    private readonly record struct StoredColumn(int Id, ColumnType Type, bool IsList, int EntryBytes, long TotalOffset, long GroupsOffset)
    {
        public bool Fits(int bytes, int boundBytes) => ScalarCodec.WidthOf(Type) > 0 ? bytes == boundBytes : bytes <= boundBytes;
    }
}
