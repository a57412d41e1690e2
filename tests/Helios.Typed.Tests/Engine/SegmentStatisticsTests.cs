using System.Buffers.Binary;
using System.Text;
using Helios.Typed.Engine;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Manifest;
using Helios.Typed.Storage.Segments;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class SegmentStatisticsTests : IDisposable
{
    private readonly SegmentFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    /// <summary>Of every type, flushed and merged: nulls are counted, and the bounds hold each value and are met.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(StatisticsFormat.RowsPerGroup)]
    public void Of_every_type_nulls_are_counted_and_bounds_hold_each_value(int rowsPerGroup)
    {
        _fixture.RowsPerGroup = rowsPerGroup;
        using var table = EverythingTable.Create(ColumnType.Int32);
        Random random = new(rowsPerGroup);
        Segment[] flushed = [.. Enumerable.Range(0, 2).Select(_ => Flush(table, random, rows: 550))];
        (Segment merged, _) = _fixture.Build(table.Schema, keepFrom: 0, [.. flushed]);

        foreach (Segment segment in (Segment[])[.. flushed, merged])
        {
            Assert.Equal(rowsPerGroup, segment.Statistics.RowsPerGroup);
            Assert.Equal((segment.RowCount + rowsPerGroup - 1) / rowsPerGroup, segment.Statistics.Groups);
            foreach (ColumnShape column in table.Schema.Stored.Columns)
            {
                AssertHold(table.Schema, segment, column, -1, 0, segment.RowCount);
                for (int group = 0; group < segment.Statistics.Groups; group++)
                {
                    AssertHold(table.Schema, segment, column, group, group * rowsPerGroup, Math.Min((group + 1) * rowsPerGroup, segment.RowCount));
                }
            }
        }
    }

    [Fact]
    public void Nan_is_above_all_numbers_and_zero_has_no_sign()
    {
        AssertBounds(ColumnType.Double, [0.5, double.NaN, double.PositiveInfinity, -1.5], -1.5, double.NaN);
        AssertBounds(ColumnType.Double, [double.NaN, double.NaN], double.NaN, double.NaN);
        AssertBounds(ColumnType.Single, [0f, float.NegativeZero], 0f, float.NegativeZero);
        AssertBounds(ColumnType.Single, [float.NegativeZero], 0f, 0f);
        AssertBounds(ColumnType.Double, [double.NegativeInfinity, double.MinValue], double.NegativeInfinity, double.MinValue);
    }

    [Fact]
    public void Decimals_dates_and_times_are_bounded_by_their_values_however_they_are_written()
    {
        AssertBounds(ColumnType.Decimal, [1.00m, 0.999999m, 1m, 1.0m], 0.999999m, 1.000m);
        AssertBounds(ColumnType.Decimal, [decimal.MinValue, -0.0m, decimal.MaxValue], decimal.MinValue, decimal.MaxValue);
        DateTime noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);
        AssertBounds(ColumnType.DateTime, [noon, DateTime.SpecifyKind(noon.AddHours(1), DateTimeKind.Unspecified)], DateTime.SpecifyKind(noon, DateTimeKind.Unspecified), noon.AddHours(1));
        DateTimeOffset instant = new(noon);
        AssertBounds(ColumnType.DateTimeOffset, [instant.AddHours(1).ToOffset(TimeSpan.FromHours(-9)), instant.ToOffset(TimeSpan.FromHours(5))], instant, instant.AddHours(1));
    }

    [Fact]
    public void Text_and_bytes_are_cut_below_and_raised_above()
    {
        string common = new('é', 16);
        AssertTextBounds([common, common + "a"], common, Raised(common));
        AssertTextBounds([common + "z", common], common, Raised(common));
        AssertTextBounds([common, "a"], "a", common);
        AssertTextBounds(["", "b"], "", "b");
        AssertTextBounds([common + "longer", "z", common + "x"], "z", Raised(common));

        // 31 bytes, then half of a character.
        string cut = new string('x', 31) + "😀";
        AssertTextBounds([cut], Encoding.UTF8.GetBytes(cut)[..32], [.. Encoding.UTF8.GetBytes(cut)[..31], 0xF1]);
        byte[] highest = [.. Enumerable.Repeat((byte)255, 32)];
        AssertBytesBounds([highest], highest, highest);
        AssertBytesBounds([[.. highest, 0]], highest, null);
        AssertBytesBounds([[7, .. highest], [1]], [1], [8]);
        AssertBytesBounds([[.. highest, 0], [3]], [3], null);
    }

    [Fact]
    public void Of_a_column_that_came_later_it_is_known_that_it_has_its_default_or_nothing()
    {
        TableDefinition before = TableDefinition.Create("t").Key("id", ColumnType.Int64).Column("name", ColumnType.Text).Build();
        TableDefinition after = TableDefinition.Create("t").Key("id", ColumnType.Int64).Column("name", ColumnType.Text)
            .Column("stars", ColumnType.Int32).Default("stars", 3)
            .Column("note", ColumnType.Text, nullable: true)
            .Vector("place", new VectorColumnAttribute(2), nullable: true).Build();
        var schema = TableSchema.Create(after.Shape, SchemaEvolution.Reconcile(before.Shape, after.Shape));
        using TestTable old = new(before);
        Memtable memtable = _fixture.NewMemtable(old);
        old.Add(memtable, HeliosKey.Create(1L), 1, row => row.WriteScalar(1, "a"));
        old.Add(memtable, HeliosKey.Create(2L), 1, row => row.WriteScalar(1, "b"));
        Segment segment = _fixture.Build(old.Schema, keepFrom: 0, memtable).Segment;
        int[] ids = [.. ((string[])["stars", "note", "place"]).Select(name => schema.Stored.Columns[schema.Stored.IndexOf(name)].Id)];

        Assert.True(segment.Statistics.TryReadTotal(schema, ids[0], out ColumnStatistics stars));
        Assert.Equal((2, 0, true), (stars.Rows, stars.Nulls, stars.HasBounds));
        Assert.Equal((3, 3), (Number(stars.Low), Number(stars.High)));
        Assert.True(segment.Statistics.TryRead(schema, ids[1], 0, out ColumnStatistics note));
        Assert.Equal((2, 2, false), (note.Rows, note.Nulls, note.HasBounds));
        Assert.True(segment.Statistics.TryRead(schema, ids[2], 0, out ColumnStatistics place));
        Assert.Equal((2, 2), (place.Rows, place.Nulls));
    }

    [Fact]
    public void Values_that_rows_lack_and_read_as_a_later_default_lie_within_the_bounds()
    {
        ColumnShape column = new(1, "n", ColumnType.Int32, IsArray: false, IsNullable: false, IsIndexed: false, Vector: null);
        using ColumnStatisticsBuilder builder = new(column, rowsPerGroup: 10);
        builder.Add(Cell(5));
        builder.AddNull();
        ColumnStatistics stored = new() { Rows = 2, Nulls = 1, HasBounds = true, Low = Cell(5), HasHigh = true, High = Cell(5) };

        ColumnStatistics below = stored.WithMissing(ColumnType.Int32, Cell(-2));
        ColumnStatistics above = stored.WithMissing(ColumnType.Int32, Cell(9));
        ColumnStatistics only = ColumnStatistics.Counted(2, 2).WithMissing(ColumnType.Int32, Cell(4));
        ColumnStatistics none = ColumnStatistics.Of(2, Cell(5)).WithMissing(ColumnType.Int32, Cell(9));

        Assert.Equal((0, -2, 5), (below.Nulls, Number(below.Low), Number(below.High)));
        Assert.Equal((0, 5, 9), (above.Nulls, Number(above.Low), Number(above.High)));
        Assert.Equal((0, 4, 4), (only.Nulls, Number(only.Low), Number(only.High)));
        Assert.Equal((0, 5, 5), (none.Nulls, Number(none.Low), Number(none.High)));
    }

    [Fact]
    public void A_segment_without_statistics_tells_nothing_and_each_row_is_asked()
    {
        using var table = TestTable.OfPoints();
        ManifestSegment stored = Flush(table, rows: 3_000).Description;
        ManifestSegment stripped = _fixture.Strip(stored, SegmentSections.Statistics);
        Segment segment = _fixture.Open(table.Schema, stripped);

        Assert.False(segment.Statistics.TryReadTotal(table.Schema, table.Schema.Stored.Columns[2].Id, out _));
        GroupedFilter groups = new(segment, table.Schema, new NumberFilter());
        Assert.False(groups.MatchesNone);
        Assert.True(groups.MayMatch(2_999));
    }

    [Fact]
    public void Damaged_statistics_are_a_corruption_with_file_and_offset_where_they_are_asked()
    {
        using var table = TestTable.OfPoints();
        ManifestSegment stored = Flush(table, rows: 3_000).Description;
        Section section = _fixture.Open(table.Schema, stored).Sections.Single(section => section.Key.Kind == SegmentSections.Statistics);
        _fixture.Damage(stored.FileName, section.Offset + 9);
        Segment segment = _fixture.Open(table.Schema, stored);

        HeliosCorruptionException error = Assert.Throws<HeliosCorruptionException>(() => segment.Statistics.Groups);

        Assert.Equal((Path.Combine(SegmentFixture.Directory, stored.FileName), section.Offset), (error.File, error.Offset));
        Assert.True(segment.TryFind(KeyCodec.Encode(HeliosKey.Create(7L)), new SequenceNumber(1), out _));
    }

    [Fact]
    public void What_is_known_of_a_whole_segment_is_read_for_all_columns_at_once_and_kept_within_the_budget()
    {
        using var table = EverythingTable.Create(ColumnType.Int64);
        _fixture.RowsPerGroup = 1;
        ManifestSegment stored = Flush(table, new Random(3), rows: 600).Description;
        RecordedReads files = new(_fixture.Files);
        MemoryBudget budget = new(2 * 65_536, 0);
        Segment segment = _fixture.Hold(Segment.Open(files, SegmentFixture.Directory, stored, table.Schema, new SegmentMemory(_fixture.Allocator, budget, new PageCache(budget), Loader: null)));
        files.Clear();
        foreach (ColumnShape column in table.Schema.Stored.Columns)
        {
            Assert.True(segment.Statistics.TryReadTotal(table.Schema, column.Id, out ColumnStatistics total));
            Assert.Equal(600, total.Rows);
        }

        Assert.Equal(65_536, files.BytesOf(segment)[SegmentSections.Statistics]);
        for (int group = 0; group < 600; group++)
        {
            segment.Statistics.TryRead(table.Schema, table.Schema.Stored.Columns[^4].Id, group, out _);
            Assert.InRange(budget.UsedBy(MemoryKind.Pages), 1, budget.Limit);
        }
    }

    private static byte[] Cell(int number) => BitConverter.GetBytes(number);

    private static int Number(ReadOnlySpan<byte> cell) => BinaryPrimitives.ReadInt32LittleEndian(cell);

    private static string Raised(string text) => string.Concat(text.AsSpan(0, text.Length - 1), ((char)(text[^1] + 1)).ToString());

    private static void AssertBounds(ColumnType type, object[] values, object low, object high)
    {
        (byte[] foundLow, byte[]? foundHigh) = BoundsOf(type, [.. values.Select(value => ScalarCodec.EncodeObject(type, value))]);
        Assert.Equal(0, ScalarCodec.Compare(type, ScalarCodec.EncodeObject(type, low), foundLow));
        Assert.Equal(0, ScalarCodec.Compare(type, ScalarCodec.EncodeObject(type, high), foundHigh));
    }

    private static void AssertTextBounds(string[] values, string low, string high) => AssertTextBounds(values, Encoding.UTF8.GetBytes(low), Encoding.UTF8.GetBytes(high));

    private static void AssertTextBounds(string[] values, byte[] low, byte[] high)
    {
        (byte[] foundLow, byte[]? foundHigh) = BoundsOf(ColumnType.Text, [.. values.Select(Encoding.UTF8.GetBytes)]);
        Assert.Equal(low, foundLow);
        Assert.Equal(high, foundHigh);
    }

    private static void AssertBytesBounds(byte[][] values, byte[] low, byte[]? high)
    {
        (byte[] foundLow, byte[]? foundHigh) = BoundsOf(ColumnType.Binary, values);
        Assert.Equal(low, foundLow);
        Assert.Equal(high, foundHigh);
    }

    // Both of one group, and of groups of one row each together.
    private static (byte[] Low, byte[]? High) BoundsOf(ColumnType type, byte[][] cells)
    {
        ColumnShape column = new(1, "c", type, IsArray: false, IsNullable: false, IsIndexed: false, Vector: null);
        using ColumnStatisticsBuilder one = new(column, cells.Length);
        using ColumnStatisticsBuilder many = new(column, rowsPerGroup: 1);
        foreach (byte[] cell in cells)
        {
            one.Add(cell);
            many.Add(cell);
        }

        Assert.Equal(one.Groups.ToArray(), one.Total);
        Assert.Equal(one.Total, many.Total);
        int width = (one.Total.Length - StatisticsFormat.EntryHeaderBytes) / 2;
        ReadOnlySpan<byte> entry = one.Total;
        byte[] low = entry.Slice(StatisticsFormat.EntryHeaderBytes, entry[StatisticsFormat.LowBytesOffset]).ToArray();
        bool hasHigh = (entry[StatisticsFormat.FlagsOffset] & StatisticsFormat.HasNoHigh) == 0;
        return (low, hasHigh ? entry.Slice(StatisticsFormat.EntryHeaderBytes + width, entry[StatisticsFormat.HighBytesOffset]).ToArray() : null);
    }

    private static void AssertHold(TableSchema schema, Segment segment, ColumnShape column, int group, int first, int next)
    {
        if (!segment.Statistics.TryRead(schema, column.Id, group, out ColumnStatistics statistics))
        {
            // Which rows have a vector stands elsewhere.
            Assert.True(column.Vector is not null && group >= 0);
            return;
        }

        using RowCursor cursor = segment.OpenCursor(schema);
        int nulls = 0;
        byte[]? least = null;
        byte[]? most = null;
        for (int ordinal = first; ordinal < next; ordinal++)
        {
            cursor.MoveTo(ordinal);
            if (!cursor.TryGetCell(column.Id, out ReadOnlySpan<byte> cell))
            {
                nulls++;
            }
            else if (statistics.HasBounds)
            {
                Assert.True(ScalarCodec.Compare(column.Type, cell, statistics.Low) >= 0);
                Assert.True(!statistics.HasHigh || ScalarCodec.Compare(column.Type, cell, statistics.High) <= 0);
                least = least is null || ScalarCodec.Compare(column.Type, cell, least) < 0 ? cell.ToArray() : least;
                most = most is null || ScalarCodec.Compare(column.Type, cell, most) > 0 ? cell.ToArray() : most;
            }
        }

        Assert.Equal((next - first, nulls), (statistics.Rows, statistics.Nulls));
        Assert.Equal(statistics.Values > 0 && !column.IsArray && column.Vector is null && column.Type != ColumnType.Json, statistics.HasBounds);
        if (least is { Length: <= StatisticsFormat.PrefixBytes } && most is { Length: <= StatisticsFormat.PrefixBytes })
        {
            Assert.Equal(0, ScalarCodec.Compare(column.Type, least, statistics.Low));
            Assert.True(statistics.HasHigh);
            Assert.Equal(0, ScalarCodec.Compare(column.Type, most, statistics.High));
        }
    }

    private Segment Flush(TestTable table, Random random, int rows)
    {
        Memtable memtable = _fixture.NewMemtable(table);
        HashSet<int> keys = [];
        while (keys.Count < rows)
        {
            int key = random.Next();
            if (keys.Add(key))
            {
                EverythingTable.AddRandom(table, memtable, table.Schema.KeyType == ColumnType.Int32 ? HeliosKey.Create(key) : HeliosKey.Create((long)key), 1, random);
            }
        }

        return _fixture.Build(table.Schema, keepFrom: 0, memtable).Segment;
    }

    private Segment Flush(TestTable table, int rows)
    {
        Memtable memtable = _fixture.NewMemtable(table);
        for (int row = 0; row < rows; row++)
        {
            table.AddPoint(memtable, row, at: 1, $"name {row}", row, [1, 2, 3, 4]);
        }

        return _fixture.Build(table.Schema, keepFrom: 0, memtable).Segment;
    }

    private sealed class NumberFilter : RowFilter
    {
        protected override bool Test(RowCursor row) => false;

        public override GroupMatch MatchesGroup(in RowGroup group) => group.TryGetStatistics(3, out _) ? GroupMatch.None : GroupMatch.Some;
    }
}
