using Helios.Typed.Engine;
using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class SegmentMemoryTests : IDisposable
{
    private const int Rows = 3_000;
    private const int Dimensions = 32;
    private const long VectorBytes = Rows * (Dimensions + 1L) * sizeof(float);

    private readonly SegmentFixture _fixture = new();
    private readonly TestTable _table = TestTable.OfPoints(Dimensions, Metric.Cosine);
    private readonly float[][] _queries;

    public SegmentMemoryTests()
    {
        Random random = new(71);
        _queries = [.. Enumerable.Range(0, 12).Select(_ => Enumerable.Range(0, Dimensions).Select(_ => random.NextSingle() - 0.5f).ToArray())];
    }

    public void Dispose()
    {
        _fixture.Dispose();
        _table.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40_000)]
    [InlineData(VectorBytes)]
    [InlineData(2 * VectorBytes)]
    [InlineData(20 * VectorBytes)]
    public void Every_search_gives_the_same_within_any_budget_and_the_budget_is_kept(long budget)
    {
        ManifestSegment[] stored = [Store(seed: 1), Store(seed: 2), Store(seed: 3)];
        List<SearchHit>[] expected = SearchAll(Open(stored));
        MemoryBudget limited = Limit(budget);
        _fixture.Allocator.Limit = _fixture.Allocator.AllocatedBytes + budget;
        TableSnapshot snapshot = Open(stored);

        for (int round = 0; round < 3; round++)
        {
            Assert.Equal(expected, SearchAll(snapshot));
            Assert.InRange(Used(limited), 0, budget);
        }

        Assert.Equal(budget >= 20 * VectorBytes ? 3 * VectorBytes : limited.UsedBy(MemoryKind.Vectors), limited.UsedBy(MemoryKind.Vectors));
    }

    [Fact]
    public void Graphs_stay_where_vectors_do_not_fit()
    {
        ManifestSegment[] stored = [StoreWithGraph(seed: 4)];
        SearchOutcome expected = SnapshotSearch.Search(Open(stored), Nearest(_queries[0]), CancellationToken.None);
        MemoryBudget budget = Limit(VectorBytes);
        TableSnapshot snapshot = Open(stored);

        SearchOutcome found = SnapshotSearch.Search(snapshot, Nearest(_queries[0]), CancellationToken.None);

        Assert.Equal(1, found.GraphSources);
        Assert.Equal(expected.Hits, found.Hits);
        Assert.Equal(expected.DistancesComputed, found.DistancesComputed);
        Assert.InRange(budget.UsedBy(MemoryKind.Graphs), 1, VectorBytes);
        Assert.Equal(0, budget.UsedBy(MemoryKind.Vectors));
    }

    [Fact]
    public void A_graph_is_walked_without_its_codes_where_there_is_room_for_nothing_but_links()
    {
        ManifestSegment[] stored = [StoreWithGraph(seed: 4, isCoded: true)];
        SnapshotSearch.Search(Open(stored), Nearest(_queries[0]), CancellationToken.None);
        long links = Rows * 16L * sizeof(uint);
        foreach ((long limit, bool isCoded) in new[] { (40 * VectorBytes, true), (VectorBytes, false) })
        {
            MemoryBudget budget = Limit(limit);
            _fixture.Allocator.Limit = _fixture.Allocator.AllocatedBytes + limit;

            SearchOutcome found = SnapshotSearch.Search(Open(stored), Nearest(_queries[0]), CancellationToken.None);

            Assert.Equal(1, found.GraphSources);
            Assert.InRange(Used(budget), links, limit);
            Assert.Equal(isCoded ? Rows * (CodedNodes.RecordBytesFor(Dimensions, 16) - (16L * sizeof(uint))) : 0, budget.CodeBytes);
            _fixture.Allocator.Limit = long.MaxValue;
        }
    }

    [Fact]
    public void What_is_asked_for_again_takes_the_place_of_what_is_not()
    {
        ManifestSegment[] stored = [Store(seed: 5), Store(seed: 6)];
        MemoryBudget budget = Limit(3 * VectorBytes / 2);
        TableSnapshot first = Open(stored[..1]);
        TableSnapshot second = Open(stored[1..]);

        // Taking turns, the first stays; asked for alone, the second takes its place.
        for (int i = 0; i < 4; i++)
        {
            Assert.True(IsInMemory(first));
            Assert.False(IsInMemory(second));
        }

        Assert.True(IsInMemory(first));
        Assert.False(IsInMemory(second));
        Assert.True(IsInMemory(second));
        Assert.Equal(VectorBytes, budget.UsedBy(MemoryKind.Vectors));
        Assert.False(IsInMemory(first));
    }

    [Fact]
    public void What_a_reader_holds_is_freed_and_counted_until_it_lets_go()
    {
        ManifestSegment[] stored = [Store(seed: 7), Store(seed: 8)];
        MemoryBudget budget = Limit(3 * VectorBytes / 2);
        TableSnapshot first = Open(stored[..1]);
        TableSnapshot second = Open(stored[1..]);
        long before = _fixture.Allocator.AllocatedBytes;
        using (VectorView view = first.Sources[0].Vectors(0))
        {
            Assert.Null(view.Block.Stored);
            byte[] seen = view.Block.Chunks[0].AsSpan<byte>(0, 400).ToArray();
            for (int i = 0; i < 3; i++)
            {
                Assert.False(IsInMemory(second));
            }

            Assert.Equal(seen, view.Block.Chunks[0].AsSpan<byte>(0, 400).ToArray());
            Assert.Equal(VectorBytes, budget.UsedBy(MemoryKind.Vectors));
            Assert.Equal(before + VectorBytes, _fixture.Allocator.AllocatedBytes);
        }

        Assert.Equal(0, budget.UsedBy(MemoryKind.Vectors));
        Assert.True(IsInMemory(second));
    }

    [Fact]
    public async Task Readers_at_once_get_what_one_gets_while_everything_is_dropped_again_and_again()
    {
        ManifestSegment[] stored = [StoreWithGraph(seed: 9), Store(seed: 10), StoreWithGraph(seed: 11)];
        List<SearchHit>[] expected = SearchAll(Open(stored));
        long limit = 4 * VectorBytes;
        MemoryBudget budget = Limit(limit);
        _fixture.Allocator.Limit = _fixture.Allocator.AllocatedBytes + limit;
        TableSnapshot snapshot = Open(stored);
        int dropped = 0;
        long last = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(reader => Task.Run(() =>
        {
            for (int i = 0; i < 40; i++)
            {
                Assert.Equal(expected[(i + reader) % expected.Length], Search(snapshot, _queries[(i + reader) % expected.Length]));
                if (i % 4 == reader)
                {
                    // As if something more useful came: all that can go goes.
                    if (budget.TryReserve(MemoryKind.Graphs, limit / 3, since: long.MaxValue))
                    {
                        budget.Release(MemoryKind.Graphs, limit / 3);
                        Interlocked.Increment(ref dropped);
                    }
                }

                Assert.InRange(Used(budget), 0, limit);
                last = budget.UsedBy(MemoryKind.Vectors);
            }
        }, TestContext.Current.CancellationToken)));

        Assert.True(dropped > 0 || last == 0, "nothing was ever dropped");
        Assert.InRange(budget.UsedBy(MemoryKind.Vectors), 0, limit);
    }

    [Fact]
    public void Pages_come_and_go_and_what_was_handed_out_stays_whole()
    {
        ManifestSegment stored = Store(seed: 12, rows: 40_000);
        TableSnapshot free = Open([stored]);
        MemoryBudget budget = Limit(20 * 65_536);
        TableSnapshot tight = Open([stored]);
        ReadOnlySpan<byte> key = tight.Sources[0].KeyOf(0);
        byte[] copy = key.ToArray();

        for (int ordinal = 0; ordinal < 40_000; ordinal += 7)
        {
            Assert.True(free.Sources[0].KeyOf(ordinal).SequenceEqual(tight.Sources[0].KeyOf(ordinal)));
            Assert.Equal(free.Sources[0].BeginOf(ordinal), tight.Sources[0].BeginOf(ordinal));
            Assert.InRange(budget.UsedBy(MemoryKind.Pages), 65_536, budget.Limit);
        }

        Assert.True(copy.AsSpan().SequenceEqual(key));
        Assert.True(tight.TryFind(free.Sources[0].KeyOf(39_999), out RowLocation location));
        Assert.Equal(39_999, location.Ordinal);
    }

    [Fact]
    public void A_damaged_vector_that_a_search_reads_from_the_file_is_a_corruption_and_the_others_are_found()
    {
        ManifestSegment stored = StoreWithGraph(seed: 13);
        byte[] vector = [];
        using RowCursor cursor = Open([stored]).Sources[0].OpenCursor(_table.Schema);
        cursor.MoveTo(1_234);
        Assert.True(cursor.TryGetVector(0, out ReadOnlySpan<byte> found));
        vector = found.ToArray();
        _fixture.Damage(stored.FileName, FindBytes(stored.FileName, vector));
        Limit(VectorBytes);
        TableSnapshot snapshot = Open([stored]);
        float[] query = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(vector).ToArray();

        HeliosCorruptionException error = Assert.Throws<HeliosCorruptionException>(() => Search(snapshot, query));
        Assert.EndsWith(stored.FileName, error.File, StringComparison.Ordinal);
        Assert.Throws<HeliosCorruptionException>(() => SnapshotSearch.Search(snapshot, Nearest(query) with { Exact = true }, CancellationToken.None));
        Assert.Equal(10, Search(snapshot, [.. query.Select(element => -element)]).Count);
    }

    [Fact]
    public void Where_the_system_has_no_memory_searches_read_the_file()
    {
        ManifestSegment[] stored = [StoreWithGraph(seed: 14), Store(seed: 15)];
        List<SearchHit>[] expected = [.. _queries.Select(query => SnapshotSearch.Search(Open(stored), Nearest(query) with { Exact = true }, CancellationToken.None).Hits.ToList())];
        Limit(20 * VectorBytes);
        TableSnapshot snapshot = Open(stored);
        _fixture.Allocator.Limit = 0;

        Assert.Equal(expected, SearchAll(snapshot));

        _fixture.Allocator.Limit = long.MaxValue;
        Assert.Equal(expected.Length, SearchAll(snapshot).Length);
        Assert.True(IsInMemory(snapshot));
    }

    [Fact]
    public void Many_vectors_are_loaded_in_the_background_while_searches_go_on()
    {
        ManifestSegment[] stored = [StoreWithGraph(seed: 16)];
        List<SearchHit>[] expected = SearchAll(Open(stored));
        DeterministicScheduler scheduler = new();
        MemoryBudget budget = new(20 * VectorBytes, 0);
        _fixture.Memory = new SegmentMemory(_fixture.Allocator, budget, new PageCache(budget), new BackgroundLoader(scheduler)) { LoadedAtOnceBytes = 0 };
        TableSnapshot snapshot = Open(stored);

        Assert.Equal(expected, SearchAll(snapshot));
        Assert.False(IsInMemory(snapshot));
        scheduler.RunAll();

        Assert.True(IsInMemory(snapshot));
        Assert.Equal(expected, SearchAll(snapshot));
    }

    [Fact]
    public async Task A_load_that_is_stopped_leaves_nothing_behind()
    {
        ManifestSegment[] stored = [Store(seed: 17)];
        DeterministicScheduler scheduler = new();
        MemoryBudget budget = new(20 * VectorBytes, 0);
        BackgroundLoader loader = new(scheduler);
        _fixture.Memory = new SegmentMemory(_fixture.Allocator, budget, new PageCache(budget), loader) { LoadedAtOnceBytes = 0 };
        TableSnapshot snapshot = Open(stored);
        long before = _fixture.Allocator.AllocatedBytes;
        Assert.False(IsInMemory(snapshot));
        Assert.Equal(VectorBytes, budget.UsedBy(MemoryKind.Vectors));

        Task stopped = loader.StopAsync();
        await scheduler.RunUntilAsync(stopped);

        Assert.Equal(0, budget.UsedBy(MemoryKind.Vectors));
        Assert.Equal(before, _fixture.Allocator.AllocatedBytes);
        Assert.False(IsInMemory(snapshot));
        loader.Dispose();
    }

    [Fact]
    public async Task A_search_of_a_snapshot_that_outlives_its_database_leaves_nothing_behind()
    {
        ManifestSegment[] stored = [Store(seed: 18)];
        DeterministicScheduler scheduler = new();
        MemoryBudget budget = new(20 * VectorBytes, 0);
        BackgroundLoader loader = new(scheduler);
        _fixture.Memory = new SegmentMemory(_fixture.Allocator, budget, new PageCache(budget), loader) { LoadedAtOnceBytes = 0 };
        TableSnapshot snapshot = Open(stored);
        await scheduler.RunUntilAsync(loader.StopAsync());
        loader.Dispose();
        long before = _fixture.Allocator.AllocatedBytes;

        Assert.False(IsInMemory(snapshot));
        scheduler.RunAll();

        Assert.Equal(0, budget.UsedBy(MemoryKind.Vectors));
        Assert.Equal(before, _fixture.Allocator.AllocatedBytes);
        Assert.False(IsInMemory(snapshot));
    }

    private static long Used(MemoryBudget budget) => Enum.GetValues<MemoryKind>().Sum(budget.UsedBy);

    private static bool IsInMemory(TableSnapshot snapshot)
    {
        using VectorView view = snapshot.Sources[0].Vectors(0);
        return view.Block.Stored is null;
    }

    private static SearchRequest Nearest(float[] query) => new(0, query, Limit: 10, float.PositiveInfinity, Beam: 40, Exact: false, Filter: null);

    private static List<SearchHit> Search(TableSnapshot snapshot, float[] query) =>
        [.. SnapshotSearch.Search(snapshot, Nearest(query), CancellationToken.None).Hits];

    private List<SearchHit>[] SearchAll(TableSnapshot snapshot) => [.. _queries.Select(query => Search(snapshot, query))];

    private MemoryBudget Limit(long bytes)
    {
        MemoryBudget budget = new(bytes, 0);
        _fixture.Memory = new SegmentMemory(_fixture.Allocator, budget, new PageCache(budget), Loader: null);
        return budget;
    }

    private TableSnapshot Open(ManifestSegment[] stored) =>
        new(_table.Schema, new SequenceNumber(1_000), [.. stored.Select(segment => _fixture.Open(_table.Schema, segment))]);

    private ManifestSegment Store(int seed, int rows = Rows)
    {
        Random random = new(seed);
        Memtable memtable = _fixture.NewMemtable(_table);
        for (int i = 0; i < rows; i++)
        {
            _table.Put(memtable, (seed * 1_000_000L) + i, at: 1, $"name {i % 7}", i, [.. Enumerable.Range(0, Dimensions).Select(_ => random.NextSingle() - 0.5f)]);
        }

        (Segment segment, SegmentBuildResult _) = _fixture.Build(_table.Schema, keepFrom: 0, memtable);
        _fixture.Release(memtable);
        return segment.Description;
    }

    private ManifestSegment StoreWithGraph(int seed, bool isCoded = false)
    {
        ManifestSegment stored = Store(seed);
        using VectorView view = Open([stored]).Sources[0].Vectors(0);
        using HnswGraph graph = HnswGraphBuilder.Build(view.Block, new HnswOptions(8, 60, 5, 1), _fixture.Allocator, null, CancellationToken.None);
        using CodedNodes? codes = isCoded ? CodedNodes.Encode(view.Block, 16, 7, _fixture.Allocator, CancellationToken.None) : null;
        ManifestSidecar sidecar = SegmentSidecars.WriteGraph(
            _fixture.Files, SegmentFixture.Directory, FileNames.Graph(_fixture.NextNumber()), _table.Schema.VectorColumns[0], graph, codes);
        return stored with { Sidecars = [sidecar] };
    }

    private long FindBytes(string fileName, byte[] wanted)
    {
        using IFile file = _fixture.Files.Open(Path.Combine(SegmentFixture.Directory, fileName), FileOpenMode.Read);
        byte[] all = new byte[file.Length];
        file.ReadAt(all, 0);
        return all.AsSpan().IndexOf(wanted);
    }
}
