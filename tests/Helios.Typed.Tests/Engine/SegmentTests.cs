using System.Runtime.InteropServices;
using Helios.Typed.Engine;
using Helios.Typed.Indexing;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class SegmentTests : IDisposable
{
    private static readonly SequenceNumber _newest = new(ulong.MaxValue);

    private readonly SegmentFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(ColumnType.Int32)]
    [InlineData(ColumnType.Int64)]
    [InlineData(ColumnType.Guid)]
    [InlineData(ColumnType.Text)]
    public void Rows_of_every_type_come_back_bit_for_bit(ColumnType keyType)
    {
        const int Rows = 700;
        using var table = EverythingTable.Create(keyType);
        Memtable memtable = _fixture.NewMemtable(table);
        Random random = new(11);
        for (int i = 0; i < Rows; i++)
        {
            EverythingTable.AddRandom(table, memtable, RandomKey(keyType, i, random), (ulong)i + 1, random);
        }

        (Segment segment, SegmentBuildResult result) = _fixture.Build(table.Schema, keepFrom: 0, memtable);

        Assert.Equal(Rows, result.Rows);
        Assert.Equal(Rows, segment.RowCount);
        AssertMoved(table.Schema, memtable, segment, result.Ordinals[0]);
        for (int ordinal = 1; ordinal < Rows; ordinal++)
        {
            Assert.True(segment.KeyOf(ordinal - 1).SequenceCompareTo(segment.KeyOf(ordinal)) < 0);
        }
    }

    [Fact]
    public void Vectors_inverse_norms_and_slots_are_those_of_the_rows()
    {
        using var table = EverythingTable.Create(ColumnType.Int64);
        Memtable memtable = _fixture.NewMemtable(table);
        Random random = new(12);
        for (int i = 0; i < 300; i++)
        {
            EverythingTable.AddRandom(table, memtable, HeliosKey.Create((long)random.Next()), 1, random);
        }

        (Segment segment, _) = _fixture.Build(table.Schema, keepFrom: 0, memtable);
        using RowCursor cursor = segment.OpenCursor(table.Schema);
        for (int i = 0; i < table.Schema.VectorColumns.Count; i++)
        {
            VectorView view = segment.Vectors(i);
            Assert.InRange(view.Block.Count, 100, 299);
            Assert.Equal(i == 0, view.Block.InverseNorms is not null);
            for (int slot = 0; slot < view.Block.Count; slot++)
            {
                cursor.MoveTo(view.OrdinalOf(slot));
                Assert.True(cursor.TryGetVector(i, out ReadOnlySpan<byte> vector));
                Assert.Equal(vector, SegmentFixture.VectorOf(view.Block, slot));
                if (view.Block.InverseNorms is { } norms)
                {
                    Assert.Equal(InverseNorm.Of(vector, isHalf: false), norms[0].AsSpan<float>(slot * sizeof(float), 1)[0]);
                }
            }
        }
    }

    [Fact]
    public void A_key_is_found_in_the_version_that_each_sequence_shows()
    {
        using var table = TestTable.OfPoints();
        Memtable memtable = _fixture.NewMemtable(table);
        table.Put(memtable, 5, at: 10, "five", 1, [1, 1, 1, 1]);
        table.Put(memtable, 7, at: 11, "seven", 1, [1, 1, 1, 1]);
        table.Put(memtable, 7, at: 20, "seven again", 2, [2, 2, 2, 2]);
        table.Put(memtable, 7, at: 30, "seven at last", 3, [3, 3, 3, 3]);

        (Segment segment, SegmentBuildResult result) = _fixture.Build(table.Schema, keepFrom: 0, memtable);

        int[] moved = result.Ordinals[0];
        Assert.Null(Find(segment, 7, 10));
        Assert.Equal(moved[1], Find(segment, 7, 11));
        Assert.Equal(moved[1], Find(segment, 7, 19));
        Assert.Equal(moved[2], Find(segment, 7, 20));
        Assert.Equal(moved[3], Find(segment, 7, ulong.MaxValue));
        Assert.Equal(moved[0], Find(segment, 5, ulong.MaxValue));
        Assert.Null(Find(segment, 4, ulong.MaxValue));
        Assert.Null(Find(segment, 6, ulong.MaxValue));
        Assert.Null(Find(segment, 8, ulong.MaxValue));

        segment.End(moved[3], new SequenceNumber(40));
        Assert.Equal(moved[3], Find(segment, 7, 39));
        Assert.Null(Find(segment, 7, 40));
        Assert.Equal(3, segment.EndedCount);
        Assert.False(segment.AllVisible(_newest));
    }

    [Fact]
    public void Sequences_farther_apart_than_32_bits_are_kept()
    {
        using var table = TestTable.OfPoints();
        Memtable memtable = _fixture.NewMemtable(table);
        table.Put(memtable, 2, at: 3, "early", null, [1, 1, 1, 1]);
        table.Put(memtable, 1, at: 1UL << 60, "late", null, [1, 1, 1, 1]);

        (Segment segment, SegmentBuildResult result) = _fixture.Build(table.Schema, keepFrom: 0, memtable);

        Assert.Equal((new SequenceNumber(3), new SequenceNumber(1UL << 60)), (result.First, result.Last));
        Assert.Equal(1UL << 60, segment.BeginOf(0).Value);
        Assert.Equal(3UL, segment.BeginOf(1).Value);
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(23)]
    public void A_merge_keeps_what_any_snapshot_from_keepFrom_on_sees(int seed)
    {
        const ulong Commits = 900;
        Random random = new(seed);
        using var table = TestTable.OfPoints(nullableVector: true);
        Memtable[] memtables = [_fixture.NewMemtable(table), _fixture.NewMemtable(table), _fixture.NewMemtable(table)];
        SequenceNumber keepFrom = new((ulong)random.Next((int)Commits));
        for (ulong at = 1; at <= Commits; at++)
        {
            Write(table, memtables, (int)(at * 3 / (Commits + 1)), random.Next(60), at, random);
        }

        // One source is a segment already; the merge takes it and the memtables together.
        (Segment first, _) = _fixture.Build(table.Schema, keepFrom: 0, memtables[1]);
        (Segment merged, SegmentBuildResult result) = _fixture.Build(table.Schema, keepFrom.Value, memtables[2], first, memtables[0]);

        TableSnapshot[] before = [.. Sequences().Select(at => new TableSnapshot(table.Schema, at, memtables))];
        foreach (TableSnapshot old in before)
        {
            TableSnapshot now = new(table.Schema, old.Sequence, [merged]);
            for (long id = 0; id < 60; id++)
            {
                AssertSameLookup(table.Schema, old, now, id, seed);
            }
        }

        Assert.True(result.Rows < memtables.Sum(memtable => memtable.RowCount), $"seed {seed}: nothing was left out");

        IEnumerable<SequenceNumber> Sequences()
        {
            for (ulong at = keepFrom.Value; at <= Commits; at += 7)
            {
                yield return new SequenceNumber(at);
            }
        }
    }

    [Fact]
    public void A_build_of_nothing_writes_no_file()
    {
        using var table = TestTable.OfPoints();
        Memtable memtable = _fixture.NewMemtable(table);
        table.Put(memtable, 1, at: 1, "gone", null, [1, 1, 1, 1]);
        memtable.End(0, new SequenceNumber(2));

        SegmentBuildResult result = SegmentBuilder.Build(
            _fixture.Files, "/db/000009.seg", table.Schema, [memtable], new SequenceNumber(2), TestContext.Current.CancellationToken);

        Assert.Equal(0, result.Rows);
        Assert.Equal([-1], result.Ordinals[0]);
        Assert.Empty(_fixture.Files.List("/db"));
    }

    [Fact]
    public void A_cancelled_build_leaves_nothing_behind()
    {
        using var table = TestTable.OfPoints();
        Memtable memtable = _fixture.NewMemtable(table);
        table.Put(memtable, 1, at: 1, "x", null, [1, 1, 1, 1]);
        using CancellationTokenSource stop = new();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() =>
            SegmentBuilder.Build(_fixture.Files, "/db/000009.seg", table.Schema, [memtable], default, stop.Token));
        Assert.Empty(_fixture.Files.List("/db"));
    }

    [Fact]
    public void Long_rows_and_many_dictionary_values_fall_back_to_the_rows()
    {
        const int Rows = 70_000;
        using var table = TestTable.OfPoints(dimensions: 1);
        Memtable memtable = _fixture.NewMemtable(table);
        for (int i = 0; i < Rows; i++)
        {
            table.AddPoint(memtable, i, 1, i % 10_000 == 0 ? new string('x', 9_000) + i : $"name {i}", i, [i]);
        }

        (Segment segment, _) = _fixture.Build(table.Schema, keepFrom: 0, memtable);

        Assert.False(segment.TryGetColumn(2, out _));
        Assert.True(segment.TryGetColumn(3, out SegmentColumn? number) && number is not null);
        using RowCursor cursor = segment.OpenCursor(table.Schema);
        for (int i = Rows - 1; i >= 0; i -= 97)
        {
            cursor.MoveTo(i);
            Assert.True(cursor.TryGetCell(2, out ReadOnlySpan<byte> name));
            Assert.Equal(i % 10_000 == 0 ? new string('x', 9_000) + i : $"name {i}", ScalarCodec.Read<string>(name));
        }
    }

    [Fact]
    public void A_column_that_came_after_the_segment_is_null()
    {
        using var table = TestTable.OfPoints();
        Memtable memtable = _fixture.NewMemtable(table);
        table.Put(memtable, 1, at: 1, "x", 5, [1, 2, 3, 4]);
        (Segment segment, SegmentBuildResult _) = _fixture.Build(table.Schema, keepFrom: 0, memtable);

        TableDefinition later = TableDefinition.Create("points")
            .Key("id", ColumnType.Int64)
            .Column("name", ColumnType.Text, indexed: true)
            .Column("number", ColumnType.Int32, nullable: true)
            .Vector("place", new VectorColumnAttribute(4, Metric.Euclidean))
            .Column("added", ColumnType.Int32, nullable: true)
            .Vector("another", new VectorColumnAttribute(2), nullable: true)
            .Build();
        var schema = TableSchema.Create(later.Shape, SchemaEvolution.Reconcile(table.Schema.Stored, later.Shape));

        // Opened with the old shape and read with the new one, then opened with the new one.
        foreach (Segment opened in new[] { segment, _fixture.Open(schema, segment.Description) })
        {
            using RowCursor cursor = opened.OpenCursor(schema);
            cursor.MoveTo(0);
            Assert.False(cursor.TryGetCell(5, out ReadOnlySpan<byte> _));
            Assert.False(cursor.TryGetCell(6, out ReadOnlySpan<byte> _));
            RowDecoder row = cursor.Decode();
            Assert.Equal(5, row.ReadScalar<int>(2));
            Assert.True(row.IsNull(4));
            Assert.True(row.IsNull(5));
            Assert.Equal([1f, 2, 3, 4], row.ReadVector<float>(3));
            Assert.Equal(0, opened.Vectors(1).Block.Count);
            Assert.True(opened.HasGraph(1));
        }
    }

    [Fact]
    public void A_decoder_outlives_its_segment()
    {
        using var table = TestTable.OfPoints();
        Memtable memtable = _fixture.NewMemtable(table);
        table.Put(memtable, 1, at: 1, "kept", 5, [1, 2, 3, 4]);
        (Segment segment, SegmentBuildResult _) = _fixture.Build(table.Schema, keepFrom: 0, memtable);
        segment.Vectors(0);
        using RowCursor cursor = segment.OpenCursor(table.Schema);
        cursor.MoveTo(0);
        RowDecoder row = cursor.Decode();
        _fixture.Release(segment);

        Assert.Equal("kept", row.ReadScalar<string>(1));
        Assert.Equal([1f, 2, 3, 4], row.ReadVector<float>(3));
        Assert.Equal([1f, 2, 3, 4], row.ReadVector<float>(3));
    }

    [Fact]
    public void Deletions_come_back_when_the_segment_is_opened_again()
    {
        using var table = TestTable.OfPoints(dimensions: 1);
        Memtable memtable = _fixture.NewMemtable(table);
        for (int i = 0; i < 10_000; i++)
        {
            table.AddPoint(memtable, i, 1, "x", i, [i]);
        }

        (Segment segment, SegmentBuildResult _) = _fixture.Build(table.Schema, keepFrom: 0, memtable);
        segment.End(0, new SequenceNumber(5));
        segment.End(9_999, new SequenceNumber(7));
        segment.End(4_096, new SequenceNumber(9));
        ManifestSidecar sidecar = SegmentSidecars.WriteDeletions(_fixture.Files, SegmentFixture.Directory, FileNames.Deletions(_fixture.NextNumber()), segment, new SequenceNumber(8));
        Segment reopened = _fixture.Open(table.Schema, segment.Description with { Sidecars = [sidecar] });

        Assert.Equal(2, reopened.EndedCount);
        Assert.Equal(new SequenceNumber(5), reopened.EndOf(0));
        Assert.Equal(new SequenceNumber(7), reopened.EndOf(9_999));
        Assert.Equal(new SequenceNumber(0), reopened.EndOf(4_096));
        Assert.True(reopened.IsVisible(0, new SequenceNumber(4)));
        Assert.False(reopened.IsVisible(0, new SequenceNumber(5)));
    }

    [Fact]
    public void A_deletion_file_may_name_no_row()
    {
        using var table = TestTable.OfPoints();
        Memtable memtable = _fixture.NewMemtable(table);
        table.Put(memtable, 1, at: 1, "x", null, [1, 1, 1, 1]);
        (Segment segment, SegmentBuildResult _) = _fixture.Build(table.Schema, keepFrom: 0, memtable);
        ManifestSidecar sidecar = SegmentSidecars.WriteDeletions(_fixture.Files, SegmentFixture.Directory, FileNames.Deletions(_fixture.NextNumber()), segment, _newest);
        Assert.Equal(0, _fixture.Open(table.Schema, segment.Description with { Sidecars = [sidecar] }).EndedCount);
    }

    [Fact]
    public void A_deletion_file_of_another_segment_is_refused()
    {
        using var table = TestTable.OfPoints();
        Memtable many = _fixture.NewMemtable(table);
        Memtable few = _fixture.NewMemtable(table);
        table.Put(few, 1, at: 1, "x", null, [1, 1, 1, 1]);
        for (int i = 0; i < 10; i++)
        {
            table.Put(many, i, at: 1, "x", null, [1, 1, 1, 1]);
        }

        (Segment large, SegmentBuildResult _) = _fixture.Build(table.Schema, keepFrom: 0, many);
        (Segment small, SegmentBuildResult _) = _fixture.Build(table.Schema, keepFrom: 0, few);
        large.End(9, new SequenceNumber(5));
        string fileName = FileNames.Deletions(_fixture.NextNumber());
        ManifestSidecar sidecar = SegmentSidecars.WriteDeletions(_fixture.Files, SegmentFixture.Directory, fileName, large, _newest);

        HeliosCorruptionException error = Assert.Throws<HeliosCorruptionException>(() => _fixture.Open(table.Schema, small.Description with { Sidecars = [sidecar] }));
        Assert.EndsWith(fileName, error.File, StringComparison.Ordinal);
    }

    [Fact]
    public void A_segment_that_the_manifest_does_not_mean_is_refused()
    {
        using var table = TestTable.OfPoints();
        Memtable memtable = _fixture.NewMemtable(table);
        table.Put(memtable, 1, at: 1, "x", null, [1, 1, 1, 1]);
        (Segment segment, SegmentBuildResult _) = _fixture.Build(table.Schema, keepFrom: 0, memtable);

        Assert.Throws<HeliosCorruptionException>(() => _fixture.Open(table.Schema, segment.Description with { Rows = 2 }));
        Assert.Throws<HeliosCorruptionException>(() => _fixture.Open(table.Schema, segment.Description with { Last = new SequenceNumber(2) }));
        using var other = TestTable.OfPoints(dimensions: 8);
        Assert.Throws<HeliosCorruptionException>(() => _fixture.Open(other.Schema, segment.Description));
    }

    [Fact]
    public void Every_damaged_byte_of_a_segment_is_noticed_or_was_never_data()
    {
        using var table = EverythingTable.Create();
        Memtable memtable = _fixture.NewMemtable(table);
        Random random = new(31);
        for (int i = 0; i < 12; i++)
        {
            EverythingTable.AddRandom(table, memtable, HeliosKey.Create($"key {random.Next()}"), (ulong)i + 1, random);
        }

        (Segment segment, SegmentBuildResult result) = _fixture.Build(table.Schema, keepFrom: 0, memtable);
        int noticed = 0;
        for (long offset = 0; offset < result.FileBytes; offset += 61)
        {
            _fixture.Damage(segment.Description.FileName, offset);
            try
            {
                Segment opened = _fixture.Open(table.Schema, segment.Description);
                AssertMoved(table.Schema, memtable, opened, result.Ordinals[0]);
                _fixture.Release(opened);
            }
            catch (HeliosException error) when (error is HeliosCorruptionException or HeliosFormatException)
            {
                Assert.Contains(segment.Description.FileName, error.Message, StringComparison.Ordinal);
                noticed++;
            }

            _fixture.Damage(segment.Description.FileName, offset);
        }

        Assert.True(noticed > 50, $"only {noticed} damages were noticed");
    }

    [Fact]
    public void A_damaged_section_is_reported_by_every_call_that_needs_it()
    {
        using var table = TestTable.OfPoints();
        Memtable memtable = _fixture.NewMemtable(table);
        table.Put(memtable, 1, at: 1, "x", null, [12345, 1, 1, 1]);
        (Segment segment, SegmentBuildResult result) = _fixture.Build(table.Schema, keepFrom: 0, memtable);
        _fixture.Damage(segment.Description.FileName, FindBytes(segment.Description.FileName, result.FileBytes, BitConverter.GetBytes(12345f)));
        using RowCursor cursor = segment.OpenCursor(table.Schema);
        cursor.MoveTo(0);

        for (int i = 0; i < 3; i++)
        {
            HeliosCorruptionException error = Assert.Throws<HeliosCorruptionException>(() => segment.Vectors(0));
            Assert.EndsWith(segment.Description.FileName, error.File, StringComparison.Ordinal);
            Assert.Throws<HeliosCorruptionException>(() => cursor.TryGetVector(0, out ReadOnlySpan<byte> _));
        }

        // The rest of the file still serves.
        Assert.True(cursor.TryGetCell(2, out ReadOnlySpan<byte> name));
        Assert.Equal("x", ScalarCodec.Read<string>(name));
    }

    [Fact]
    public async Task Sections_are_loaded_once_for_all_threads()
    {
        using var table = TestTable.OfPoints(nullableVector: true);
        Memtable memtable = _fixture.NewMemtable(table);
        for (int i = 0; i < 3_000; i++)
        {
            table.AddPoint(memtable, i, 1, $"n{i % 10}", i, i % 3 == 0 ? null : [i, 0, 0, 0]);
        }

        (Segment segment, SegmentBuildResult _) = _fixture.Build(table.Schema, keepFrom: 0, memtable);
        using Barrier start = new(4);
        VectorBlock[] blocks = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            using RowCursor cursor = segment.OpenCursor(table.Schema);
            start.SignalAndWait(TestContext.Current.CancellationToken);
            for (int i = 0; i < 3_000; i++)
            {
                cursor.MoveTo(i);
                Assert.True(cursor.TryGetCell(3, out ReadOnlySpan<byte> number));
                Assert.Equal(i, MemoryMarshal.Read<int>(number));
                Assert.Equal(i % 3 != 0, cursor.TryGetVector(0, out ReadOnlySpan<byte> _));
            }

            return segment.Vectors(0).Block;
        }, TestContext.Current.CancellationToken)));

        Assert.All(blocks, block => Assert.Same(blocks[0].Chunks[0], block.Chunks[0]));
    }

    [Fact]
    public void Files_go_with_the_last_reader_when_that_was_asked()
    {
        using var table = TestTable.OfPoints();
        Memtable memtable = _fixture.NewMemtable(table);
        table.Put(memtable, 1, at: 1, "x", null, [1, 1, 1, 1]);
        (Segment segment, SegmentBuildResult _) = _fixture.Build(table.Schema, keepFrom: 0, memtable);
        segment.End(0, new SequenceNumber(2));
        ManifestSidecar sidecar = SegmentSidecars.WriteDeletions(_fixture.Files, SegmentFixture.Directory, FileNames.Deletions(_fixture.NextNumber()), segment, _newest);
        segment.Describe(segment.Description with { Sidecars = [sidecar] });

        Assert.True(segment.TryAddReference());
        segment.DeleteWhenFree();
        segment.ReleaseReference();
        Assert.Equal(2, _fixture.Files.List(SegmentFixture.Directory).Count);
        _fixture.Release(segment);
        Assert.Empty(_fixture.Files.List(SegmentFixture.Directory));
        Assert.False(segment.TryAddReference());
    }

    private static void AssertMoved(TableSchema schema, RowSource from, RowSource to, int[] ordinals)
    {
        using RowCursor expected = from.OpenCursor(schema);
        using RowCursor actual = to.OpenCursor(schema);
        for (int i = 0; i < ordinals.Length; i++)
        {
            expected.MoveTo(i);
            actual.MoveTo(ordinals[i]);
            SegmentFixture.AssertSameRow(schema, expected, actual);
            Assert.Equal(from.BeginOf(i), to.BeginOf(ordinals[i]));
            Assert.True(to.TryFind(expected.Key, _newest, out int found));
            Assert.Equal(ordinals[i], found);
        }

        for (int i = 0; i < schema.VectorColumns.Count; i++)
        {
            Assert.Equal(from.Vectors(i).Block.Count, to.Vectors(i).Block.Count);
        }
    }

    private static void AssertSameLookup(TableSchema schema, TableSnapshot expected, TableSnapshot actual, long id, int seed)
    {
        byte[] key = KeyCodec.Encode(HeliosKey.Create(id));
        bool isThere = expected.TryFind(key, out RowLocation old);
        Assert.True(isThere == actual.TryFind(key, out RowLocation now), $"seed {seed}: key {id} as of {expected.Sequence}");
        if (isThere)
        {
            using RowCursor oldRow = expected.Sources[old.Source].OpenCursor(schema);
            using RowCursor newRow = actual.Sources[now.Source].OpenCursor(schema);
            oldRow.MoveTo(old.Ordinal);
            newRow.MoveTo(now.Ordinal);
            SegmentFixture.AssertSameRow(schema, oldRow, newRow);
        }
    }

    private static void Write(TestTable table, Memtable[] memtables, int into, long id, ulong at, Random random)
    {
        byte[] key = KeyCodec.Encode(HeliosKey.Create(id));
        foreach (Memtable memtable in memtables)
        {
            if (memtable.TryFind(key, _newest, out int before))
            {
                memtable.End(before, new SequenceNumber(at));
            }
        }

        if (random.Next(4) != 0)
        {
            table.AddPoint(memtables[into], id, at, $"{id} at {at}", random.Next(2) == 0 ? null : (int)at, random.Next(3) == 0 ? null : [at, 0, 0, id]);
        }
    }

    private static HeliosKey RandomKey(ColumnType type, int i, Random random) => type switch
    {
        ColumnType.Int32 => HeliosKey.Create((i * 7919) - 2_000_000),
        ColumnType.Int64 => HeliosKey.Create((i % 2 == 0 ? -1 : 1) * (long)i << 40),
        ColumnType.Guid => HeliosKey.Create(new Guid(random.Next(), (short)i, 0, 0, 0, 0, 0, 0, 0, 0, 1)),
        _ => HeliosKey.Create($"{random.Next() % 90:x}\0{i} key{new string('y', i % 40)}"),
    };

    private static int? Find(Segment segment, long id, ulong asOf) =>
        segment.TryFind(KeyCodec.Encode(HeliosKey.Create(id)), new SequenceNumber(asOf), out int ordinal) ? ordinal : null;

    private long FindBytes(string fileName, long fileBytes, byte[] wanted)
    {
        using IFile file = _fixture.Files.Open(Path.Combine(SegmentFixture.Directory, fileName), FileOpenMode.Read);
        byte[] all = new byte[fileBytes];
        file.ReadAt(all, 0);
        return all.AsSpan().LastIndexOf(wanted);
    }
}
