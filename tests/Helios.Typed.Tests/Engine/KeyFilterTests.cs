using Helios.Typed.Engine;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;
using Helios.Typed.Storage.Segments;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class KeyFilterTests : IDisposable
{
    private static readonly SequenceNumber _newest = new(ulong.MaxValue);

    private readonly SegmentFixture _fixture = new();
    private readonly TestTable _table = TestTable.OfPoints();

    public void Dispose()
    {
        _fixture.Dispose();
        _table.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(1_000)]
    [InlineData(50_000)]
    public void Every_key_is_known_and_of_the_others_few_are_taken_for_one(int rows)
    {
        KeyFilterBuilder filter = new(rows);
        for (int key = 0; key < rows; key++)
        {
            filter.Add(KeyOf(key));
        }

        Assert.All(Enumerable.Range(0, rows), key => Assert.True(MayHold(filter, KeyOf(key))));
        const int Others = 100_000;
        int taken = Enumerable.Range(rows, Others).Count(key => MayHold(filter, KeyOf(key)));
        Assert.InRange(taken / (double)Others, 0, 0.006);
        TestContext.Current.TestOutputHelper?.WriteLine($"{rows} keys: {taken / (double)Others:P2} of the others are taken for one");
    }

    [Fact]
    public void The_hash_the_block_and_the_bits_are_as_the_documents_say()
    {
        // What a reader that was written from docs/format/segment-sections.md must find for the key 42 among 100 rows.
        byte[] key = KeyOf(42);
        Assert.Equal("800000000000002A", Convert.ToHexString(key));
        KeyFilterBuilder filter = new(100);
        Assert.Equal(5 * 32, filter.Bytes);
        filter.Add(key);

        ulong hash = System.IO.Hashing.XxHash3.HashToUInt64(key, BitConverter.ToInt64("HELIOKEY"u8));
        uint[] salts = [0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31];
        uint[] expected = new uint[5 * 8];
        int block = (int)((hash >> 32) * 5 >> 32);
        for (int word = 0; word < 8; word++)
        {
            expected[(block * 8) + word] = 1u << (int)(((uint)hash * salts[word]) >> 27);
        }

        byte[] bytes = [.. expected.SelectMany(BitConverter.GetBytes)];
        Assert.Equal(bytes, filter[0, bytes.Length].ToArray());
    }

    [Fact]
    public void Keys_that_are_not_there_read_a_page_of_the_filter_and_no_key()
    {
        RecordedReads files = new(_fixture.Files);
        Segment segment = Open(Store(rows: 40_000), files);
        files.Clear();
        int missed = 0;
        for (int key = 1; key < 200; key += 2)
        {
            Assert.False(segment.TryFind(KeyOf(key), _newest, out _));
            missed += segment.MayHold(KeyOf(key)) ? 1 : 0;
        }

        SortedDictionary<ushort, long> read = files.BytesOf(segment);
        Assert.InRange(missed, 0, 2);
        Assert.Equal(KeyFilterFormat.BlocksFor(40_000) * 32L, read[SegmentSections.KeyFilter]);
        Assert.InRange(read.GetValueOrDefault(SegmentSections.KeyBytes), 0, missed * 4 * 65_536);
        Assert.Equal(missed == 0 ? 1 : 2, read.Count);

        segment = Open(Store(rows: 40_000), files);
        files.Clear();
        Assert.True(segment.TryFind(KeyOf(2), _newest, out _));
        Assert.InRange(files.BytesOf(segment)[SegmentSections.KeyBytes], 65_536, 4 * 65_536);
    }

    [Fact]
    public async Task An_insert_into_a_table_of_several_segments_reads_filters_and_no_keys()
    {
        RecordedReads files = new(new MemoryFileSystem());
        await using TestDatabase database = await TestDatabase.OpenAsync(files, TestDatabase.Points(assigned: false));
        for (int segment = 0; segment < 3; segment++)
        {
            await database.InsertAsync([.. Enumerable.Range(0, 3_000).Select(i => ((long)(i * 4) + segment, "stored"))]);
            await database.Engine.CheckpointAsync(TestDatabase.Token);
        }

        await database.ReopenAsync();
        files.Clear();

        // Between those that are there: of keys above all that ever were, none is looked for.
        long[] ids = [.. Enumerable.Range(100, 50).Select(i => (i * 4L) + 3)];
        await database.InsertAsync([.. ids.Select(id => (id, "new"))]);

        using (TableSnapshot snapshot = database.Engine.OpenSnapshot(database.Table))
        {
            Segment[] segments = [.. snapshot.Sources.OfType<Segment>()];
            Assert.Equal(3, segments.Length);
            foreach (Segment segment in segments)
            {
                int taken = ids.Count(id => segment.MayHold(KeyOf(id)));
                Assert.InRange(taken, 0, 2);
                Assert.Equal(taken == 0 ? [SegmentSections.KeyFilter] : [SegmentSections.KeyBytes, SegmentSections.KeyFilter], files.BytesOf(segment).Keys);
            }
        }

        // And a key that is there is refused, wherever it is.
        foreach (long id in (long[])[0, 1, 2, 403, 4_001, 11_998])
        {
            await Assert.ThrowsAsync<HeliosDuplicateKeyException>(() => database.InsertAsync((id, "again")));
        }
    }

    [Fact]
    public void Older_versions_of_a_key_are_found_through_the_filter_of_their_segment()
    {
        Memtable memtable = _fixture.NewMemtable(_table);
        for (ulong at = 1; at <= 5; at++)
        {
            _table.Put(memtable, 7, at, $"version {at}", null, [1, 2, 3, 4]);
        }

        (Segment segment, _) = _fixture.Build(_table.Schema, keepFrom: 0, memtable);

        for (ulong at = 1; at <= 5; at++)
        {
            Assert.True(segment.TryFind(KeyOf(7), new SequenceNumber(at), out int ordinal));
            Assert.Equal(at, segment.BeginOf(ordinal).Value);
        }

        Assert.False(segment.TryFind(KeyOf(7), new SequenceNumber(0), out _));
    }

    [Fact]
    public void A_segment_without_a_filter_is_read_by_its_keys()
    {
        ManifestSegment stored = Store(rows: 3_000);
        ManifestSegment stripped = _fixture.Strip(stored, SegmentSections.KeyFilter);
        Segment segment = _fixture.Open(_table.Schema, stripped);

        Assert.DoesNotContain(segment.Sections, section => section.Key.Kind == SegmentSections.KeyFilter);
        Assert.All(Enumerable.Range(0, 6_000), key => Assert.Equal(key % 2 == 0, segment.TryFind(KeyOf(key), _newest, out _)));
    }

    [Fact]
    public void A_damaged_filter_is_a_corruption_where_it_is_asked_and_the_other_pages_serve()
    {
        ManifestSegment stored = Store(rows: 40_000);
        Section filter = _fixture.Open(_table.Schema, stored).Sections.Single(section => section.Key.Kind == SegmentSections.KeyFilter);
        _fixture.Damage(stored.FileName, filter.Offset + KeyFilterFormat.UnitBytes + 5);
        Segment segment = _fixture.Open(_table.Schema, stored);
        int damaged = 0;
        for (int key = 0; key < 80_000; key += 2)
        {
            int block = KeyFilterFormat.BlockOf(KeyFilterFormat.HashOf(KeyOf(key)), KeyFilterFormat.BlocksFor(40_000));
            if (block / (KeyFilterFormat.UnitBytes / KeyFilterFormat.BlockBytes) == 1)
            {
                damaged++;
                HeliosCorruptionException error = Assert.Throws<HeliosCorruptionException>(() => segment.TryFind(KeyOf(key), _newest, out _));
                Assert.EndsWith(stored.FileName, error.File, StringComparison.Ordinal);
                Assert.Equal(filter.Offset + KeyFilterFormat.UnitBytes, error.Offset);
            }
            else
            {
                Assert.True(segment.TryFind(KeyOf(key), _newest, out _));
            }
        }

        Assert.InRange(damaged, 1_000, 10_000);
        Assert.Equal(0, segment.FindNewest(KeyOf(0)));
    }

    [Fact]
    public void Pages_of_the_filter_are_counted_and_kept_within_the_budget()
    {
        ManifestSegment stored = Store(rows: 40_000);
        const long Limit = 4 * KeyFilterFormat.UnitBytes;
        MemoryBudget budget = new(Limit, 0);
        _fixture.Memory = new SegmentMemory(_fixture.Allocator, budget, new PageCache(budget), Loader: null);
        Segment segment = _fixture.Open(_table.Schema, stored);
        long most = 0;
        for (int key = 1; key < 40_000; key += 2)
        {
            Assert.Equal(segment.MayHold(KeyOf(key)), segment.MayHold(KeyOf(key)));
            most = Math.Max(most, budget.UsedBy(MemoryKind.Pages));
        }

        Assert.InRange(most, KeyFilterFormat.UnitBytes, Limit);
    }

    private static byte[] KeyOf(long id) => KeyCodec.Encode(HeliosKey.Create(id));

    private static bool MayHold(KeyFilterBuilder filter, byte[] key)
    {
        ulong hash = KeyFilterFormat.HashOf(key);
        int blocks = (int)(filter.Bytes / KeyFilterFormat.BlockBytes);
        return KeyFilterFormat.MayHold(filter[(long)KeyFilterFormat.BlockOf(hash, blocks) * KeyFilterFormat.BlockBytes, KeyFilterFormat.BlockBytes], hash);
    }

    // Even keys.
    private ManifestSegment Store(int rows)
    {
        Memtable memtable = _fixture.NewMemtable(_table);
        for (int row = 0; row < rows; row++)
        {
            _table.AddPoint(memtable, 2L * row, at: 1, "name", row, [1, 2, 3, 4]);
        }

        (Segment segment, _) = _fixture.Build(_table.Schema, keepFrom: 0, memtable);
        _fixture.Release(memtable);
        return segment.Description;
    }

    private Segment Open(ManifestSegment stored, IFileSystem files) =>
        _fixture.Hold(Segment.Open(files, SegmentFixture.Directory, stored, _table.Schema, SegmentMemory.Unbounded(_fixture.Allocator)));
}
