using Helios.Typed.Engine;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class SnapshotSearchTests : IDisposable
{
    private const int Dimensions = 4;
    private const ulong Commits = 600;

    private readonly SegmentFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(Metric.Cosine, 41)]
    [InlineData(Metric.Euclidean, 42)]
    [InlineData(Metric.InnerProduct, 43)]
    [InlineData(Metric.Euclidean, 44)]
    public void Any_search_of_any_snapshot_agrees_with_brute_force(Metric metric, int seed)
    {
        Random random = new(seed);
        using var table = TestTable.OfPoints(Dimensions, metric, nullableVector: true);
        RowSource[] sources = WriteHistory(table, random);
        int found = 0;
        for (int i = 0; i < 150; i++)
        {
            TableSnapshot snapshot = new(table.Schema, new SequenceNumber((ulong)random.Next((int)Commits + 5)), sources);
            RowFilter? filter = random.Next(3) switch
            {
                0 => null,
                1 => new SearchReference.NumberBelow(random.Next(120)),
                _ => new SearchReference.NameIs($"name {random.Next(6)}"),
            };
            float maxDistance = random.Next(2) == 0 ? float.PositiveInfinity : (random.NextSingle() * 3) - (metric == Metric.InnerProduct ? 3 : 0);
            SearchRequest request = new(0, RandomVector(random), random.Next(1, 40), maxDistance, Beam: 0, Exact: random.Next(2) == 0, filter);

            SearchOutcome outcome = SnapshotSearch.Search(snapshot, request, TestContext.Current.CancellationToken);

            List<(long, float)> expected = SearchReference.Search(snapshot, request);
            Assert.True(expected.SequenceEqual(SearchReference.Read(snapshot, outcome)), $"seed {seed}, search {i}");
            Assert.Equal(0, outcome.GraphSources);
            found += expected.Count;
        }

        Assert.True(found > 500, $"seed {seed}: too few answers to prove anything");
    }

    [Theory]
    [InlineData(45)]
    [InlineData(46)]
    public void Searches_among_known_keys_ask_for_no_other_row_and_agree_with_brute_force(int seed)
    {
        Random random = new(seed);
        using var table = TestTable.OfPoints(Dimensions, nullableVector: true);
        RowSource[] sources = WriteHistory(table, random);
        int found = 0;
        for (int i = 0; i < 50; i++)
        {
            TableSnapshot snapshot = new(table.Schema, new SequenceNumber((ulong)random.Next((int)Commits + 5)), sources);
            byte[][] keys = [.. Enumerable.Range(0, 120).Where(_ => random.Next(12) == 0).Select(id => KeyCodec.Encode(HeliosKey.Create((long)id)))];
            SearchReference.KeyIn filter = new(keys);
            SearchRequest request = Nearest(RandomVector(random), random.Next(1, 20)) with { Filter = filter, Keys = keys };

            SearchOutcome outcome = SnapshotSearch.Search(snapshot, request, TestContext.Current.CancellationToken);

            int asked = filter.Asked;
            List<(long, float)> expected = SearchReference.Search(snapshot, request);
            Assert.True(expected.SequenceEqual(SearchReference.Read(snapshot, outcome)), $"seed {seed}, search {i}");
            Assert.True(asked <= keys.Length, $"seed {seed}, search {i}: asked for {asked} rows, and there are {keys.Length} keys");
            found += expected.Count;
        }

        Assert.True(found > 50, $"seed {seed}: too few answers to prove anything");
    }

    [Fact]
    public void A_limit_beyond_the_table_gives_every_row()
    {
        using var table = TestTable.OfPoints(Dimensions, nullableVector: true);
        Memtable memtable = _fixture.NewMemtable(table);
        for (int i = 0; i < 30; i++)
        {
            table.Put(memtable, i, 1, "x", i, i % 3 == 0 ? null : [i, 0, 0, 0]);
        }

        TableSnapshot snapshot = new(table.Schema, new SequenceNumber(1), [memtable]);
        SearchOutcome outcome = SnapshotSearch.Search(snapshot, Nearest([0, 0, 0, 0], int.MaxValue), TestContext.Current.CancellationToken);
        Assert.Equal(20, outcome.Hits.Count);
        Assert.Equal(20, outcome.DistancesComputed);
        Assert.Equal(1, outcome.ScannedSources);
    }

    [Fact]
    public void Equal_distances_come_in_the_order_of_the_keys_whatever_the_source()
    {
        using var table = TestTable.OfPoints(Dimensions);
        Memtable[] memtables = [_fixture.NewMemtable(table), _fixture.NewMemtable(table)];
        foreach (long id in new long[] { 9, -4, 7, 2, 8, 0, -1, 5, 3, 6 })
        {
            table.Put(memtables[id % 2 == 0 ? 0 : 1], id, 1, "same", null, [1, 1, 1, 1]);
        }

        (Segment segment, SegmentBuildResult _) = _fixture.Build(table.Schema, keepFrom: 0, memtables[1]);
        TableSnapshot snapshot = new(table.Schema, new SequenceNumber(1), [memtables[0], segment]);
        SearchOutcome outcome = SnapshotSearch.Search(snapshot, Nearest([2, 2, 2, 2], 6), TestContext.Current.CancellationToken);
        Assert.Equal([-4, -1, 0, 2, 3, 5], SearchReference.Read(snapshot, outcome).Select(hit => hit.Id));
    }

    [Fact]
    public void A_table_without_rows_or_without_vectors_gives_nothing()
    {
        using var table = TestTable.OfPoints(Dimensions, nullableVector: true);
        Memtable memtable = _fixture.NewMemtable(table);
        table.Put(memtable, 1, 1, "x", null, null);
        (Segment segment, SegmentBuildResult _) = _fixture.Build(table.Schema, keepFrom: 0, memtable);
        foreach (RowSource[] sources in new RowSource[][] { [], [memtable], [segment] })
        {
            TableSnapshot snapshot = new(table.Schema, new SequenceNumber(1), sources);
            Assert.Empty(SnapshotSearch.Search(snapshot, Nearest([1, 1, 1, 1], 3), TestContext.Current.CancellationToken).Hits);
        }
    }

    [Fact]
    public void A_cancelled_search_stops()
    {
        using var table = TestTable.OfPoints(Dimensions);
        Memtable memtable = _fixture.NewMemtable(table);
        table.Put(memtable, 1, 1, "x", 1, [1, 1, 1, 1]);
        TableSnapshot snapshot = new(table.Schema, new SequenceNumber(1), [memtable]);
        using CancellationTokenSource stop = new();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => SnapshotSearch.Search(snapshot, Nearest([1, 1, 1, 1], 3), stop.Token));
    }

    [Fact]
    public void A_filter_that_fails_is_the_searchs_failure()
    {
        using var table = TestTable.OfPoints(Dimensions);
        Memtable memtable = _fixture.NewMemtable(table);
        table.Put(memtable, 1, 1, "x", 1, [1, 1, 1, 1]);
        TableSnapshot snapshot = new(table.Schema, new SequenceNumber(1), [memtable]);
        SearchRequest request = Nearest([1, 1, 1, 1], 3) with { Filter = new Failing() };
        Assert.Throws<InvalidOperationException>(() => SnapshotSearch.Search(snapshot, request, TestContext.Current.CancellationToken));
    }

    private static SearchRequest Nearest(float[] query, int limit) =>
        new(0, query, limit, float.PositiveInfinity, Beam: 0, Exact: false, Filter: null);

    // Few values an element, so that many rows are equally far.
    private static float[] RandomVector(Random random) =>
        [random.Next(1, 4), random.Next(3), random.Next(3), random.Next(-1, 2)];

    private RowSource[] WriteHistory(TestTable table, Random random)
    {
        Memtable[] memtables = [.. Enumerable.Range(0, 4).Select(_ => _fixture.NewMemtable(table))];
        for (ulong at = 1; at <= Commits; at++)
        {
            long id = random.Next(150);
            byte[] key = KeyCodec.Encode(HeliosKey.Create(id));
            foreach (Memtable memtable in memtables)
            {
                if (memtable.TryFind(key, new SequenceNumber(ulong.MaxValue), out int before))
                {
                    memtable.End(before, new SequenceNumber(at));
                }
            }

            if (random.Next(5) != 0)
            {
                Memtable into = memtables[(int)(at * 4 / (Commits + 1))];
                table.AddPoint(into, id, at, $"name {random.Next(6)}", random.Next(4) == 0 ? null : random.Next(120), random.Next(6) == 0 ? null : RandomVector(random));
            }
        }

        (Segment first, SegmentBuildResult _) = _fixture.Build(table.Schema, keepFrom: 0, memtables[0]);
        (Segment second, SegmentBuildResult _) = _fixture.Build(table.Schema, keepFrom: 0, memtables[1], memtables[2]);
        return [memtables[3], second, first];
    }

    private sealed class Failing : RowFilter
    {
        protected override bool Test(RowCursor row) => throw new InvalidOperationException("no");
    }
}
