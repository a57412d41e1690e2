using Helios.Typed.Indexing;
using Helios.Typed.Indexing.Hnsw;
using Xunit;

namespace Helios.Typed.Tests.Indexing.Hnsw;

public sealed class HnswSearchTests(HnswSearchTests.Fixtures fixtures) : IClassFixture<HnswSearchTests.Fixtures>
{
    private const int Count = 4_000;
    private const int Dimensions = 24;
    private const int K = 10;

    private static readonly float[][] _rows = TestVectors.Clustered(Count + 100, Dimensions, seed: 41);
    private static readonly float[][] _queries = _rows[Count..];

    public static TheoryData<Metric, bool, int> Kinds()
    {
        TheoryData<Metric, bool, int> kinds = [];
        foreach (Metric metric in Enum.GetValues<Metric>())
        {
            kinds.Add(metric, false, 1);
            kinds.Add(metric, false, 2);
            kinds.Add(metric, true, 1);
        }

        return kinds;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nearly_all_of_the_nearest_are_found_and_more_with_a_wider_beam(Metric metric, bool isHalf, int threads)
    {
        Fixture fixture = fixtures.Get(metric, isHalf, threads);

        double narrow = fixture.Recall(beam: 20, filter: null);
        double wide = fixture.Recall(beam: 120, filter: null);

        Assert.InRange(narrow, 0.85, 1);
        Assert.InRange(wide, 0.985, 1);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Filters_that_accept_half_a_tenth_or_a_hundredth_keep_the_recall(Metric metric, bool isHalf, int threads)
    {
        Fixture fixture = fixtures.Get(metric, isHalf, threads);

        foreach (int one in new[] { 2, 10, 100 })
        {
            double recall = fixture.Recall(beam: 80, new PredicateFilter(slot => Scramble(slot) % one == 0));

            Assert.True(recall >= 0.97, $"recall {recall} where one in {one} is accepted");
        }
    }

    [Fact]
    public void A_filter_that_accepts_only_what_lies_far_away_still_gets_k_answers()
    {
        Fixture fixture = fixtures.Get(Metric.Euclidean, isHalf: false, threads: 1);
        foreach (float[] query in _queries[..20])
        {
            float middle = fixture.Vectors.Model(query, Count)[Count / 2].Distance;
            PredicateFilter far = new(slot => FlatSearch.Distance(fixture.Vectors.Block, query, slot) > middle && slot % 3 == 0);

            List<Neighbor> results = fixture.Search(query, K, 40, far);

            Assert.Equal(K, results.Count);
            Assert.All(results, r => Assert.True(far.Accepts(r.Slot)));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(11)]
    public void A_search_returns_as_many_as_match_and_no_more_than_k(int matching)
    {
        Fixture fixture = fixtures.Get(Metric.Cosine, isHalf: false, threads: 1);
        PredicateFilter filter = new(slot => slot % 97 == 0 && slot / 97 < matching);

        List<Neighbor> results = fixture.Search(_queries[0], K, 40, filter);

        Assert.Equal(fixture.Vectors.Model(_queries[0], K, filter: filter), results);
        Assert.Equal(Math.Min(matching, K), results.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Answers_come_nearest_first_with_the_distances_of_the_exact_search(Metric metric, bool isHalf, int threads)
    {
        Fixture fixture = fixtures.Get(metric, isHalf, threads);
        foreach (float[] query in _queries[..20])
        {
            List<Neighbor> results = fixture.Search(query, 30, 60, null);

            Assert.Equal(30, results.Count);
            Assert.Equal(results.OrderBy(r => r.Distance).ThenBy(r => r.Slot), results);
            Assert.All(results, r => Assert.Equal(FlatSearch.Distance(fixture.Vectors.Block, query, r.Slot), r.Distance));
        }
    }

    [Fact]
    public void Equal_distances_come_in_the_order_asked_for()
    {
        float[][] rows = [.. Enumerable.Range(0, 400).Select(i => new[] { i / 8, 0f, 0f })];
        using TestVectors vectors = new(rows, Metric.Euclidean);
        using HnswGraph graph = HnswGraphBuilder.Build(vectors.Block, new HnswOptions(8, 60, 1, 1), vectors.Allocator, null, CancellationToken.None);
        var backwards = Comparer<int>.Create((a, b) => b.CompareTo(a));
        List<Neighbor> results = [];

        HnswSearch.Search(graph, vectors.Block, [20, 0, 0], 8, 60, null, null, results, CancellationToken.None);
        Assert.Equal(Enumerable.Range(160, 8), results.Select(r => r.Slot));

        HnswSearch.Search(graph, vectors.Block, [20, 0, 0], 8, 60, null, backwards, results, CancellationToken.None);
        Assert.Equal(Enumerable.Range(160, 8).Reverse(), results.Select(r => r.Slot));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 5_000)]
    [InlineData(1_500, 10)]
    [InlineData(Count, 1)]
    [InlineData(int.MaxValue, 1)]
    public void Any_k_and_any_beam_are_answered(int k, int beam)
    {
        Fixture fixture = fixtures.Get(Metric.Euclidean, isHalf: false, threads: 1);

        List<Neighbor> results = fixture.Search(_queries[3], k, beam, null);

        Assert.Equal(Math.Min(k, Count), results.Count);
        if (Math.Max(k, beam) >= Count / 4)
        {
            Assert.Equal(fixture.Vectors.Model(_queries[3], k), results);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Graphs_of_a_few_nodes_are_searched(int count)
    {
        using TestVectors vectors = new(TestVectors.Clustered(count, TestVectors.EmptyDimensions, seed: 42), Metric.Cosine);
        using HnswGraph graph = HnswGraphBuilder.Build(vectors.Block, new HnswOptions(4, 10, 1, 1), vectors.Allocator, null, CancellationToken.None);
        List<Neighbor> results = [];

        HnswSearch.Search(graph, vectors.Block, new float[] { 1, 2, 3 }, 3, 1, null, null, results, CancellationToken.None);

        Assert.Equal(vectors.Model([1, 2, 3], 3), results);
    }

    [Fact]
    public void A_search_allocates_nothing_once_its_room_has_grown()
    {
        Fixture fixture = fixtures.Get(Metric.Cosine, isHalf: false, threads: 1);
        PredicateFilter half = new(slot => slot % 2 == 0);
        List<Neighbor> results = [];
        Search();

        long before = GC.GetAllocatedBytesForCurrentThread();
        Search();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Search()
        {
            HnswSearch.Search(fixture.Graph, fixture.Vectors.Block, _queries[0], K, 60, null, null, results, CancellationToken.None);
            HnswSearch.Search(fixture.Graph, fixture.Vectors.Block, _queries[0], K, 60, half, null, results, CancellationToken.None);
        }
    }

    [Fact]
    public void Many_threads_get_what_one_gets()
    {
        Fixture fixture = fixtures.Get(Metric.Cosine, isHalf: false, threads: 1);
        List<Neighbor>[] alone = [.. _queries.Select(query => fixture.Search(query, K, 50, null))];

        Parallel.For(0, 800, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            Assert.Equal(alone[i % 100], fixture.Search(_queries[i % 100], K, 50, null)));
    }

    [Fact]
    public void The_distances_computed_are_counted_and_far_fewer_than_the_vectors()
    {
        Fixture fixture = fixtures.Get(Metric.Euclidean, isHalf: false, threads: 1);
        List<Neighbor> results = [];

        int computed = HnswSearch.Search(fixture.Graph, fixture.Vectors.Block, _queries[0], K, 20, null, null, results, CancellationToken.None);
        int all = HnswSearch.Search(fixture.Graph, fixture.Vectors.Block, _queries[0], K, Count, null, null, results, CancellationToken.None);

        Assert.InRange(computed, 50, Count / 4);
        Assert.Equal(Count, all);
    }

    [Fact]
    public void A_selective_filter_costs_at_most_a_scan_and_as_much_again()
    {
        Fixture fixture = fixtures.Get(Metric.Euclidean, isHalf: false, threads: 1);
        List<Neighbor> results = [];
        PredicateFilter few = new(slot => Scramble(slot) % 200 == 0);

        int computed = HnswSearch.Search(fixture.Graph, fixture.Vectors.Block, _queries[0], K, 100, few, null, results, CancellationToken.None);

        Assert.Equal(fixture.Vectors.Model(_queries[0], K, filter: few), results);
        Assert.InRange(computed, 1, Count / 4);
    }

    [Fact]
    public void A_cancelled_search_stops()
    {
        Fixture fixture = fixtures.Get(Metric.Cosine, isHalf: false, threads: 1);
        using CancellationTokenSource source = new();
        PredicateFilter filter = new(_ =>
        {
            source.Cancel();
            return true;
        });

        Assert.Throws<OperationCanceledException>(() => HnswSearch.Search(
            fixture.Graph, fixture.Vectors.Block, _queries[0], K, 900, filter, null, [], source.Token));
    }

    [Fact]
    public void What_does_not_belong_together_is_refused()
    {
        Fixture fixture = fixtures.Get(Metric.Cosine, isHalf: false, threads: 1);
        VectorBlock block = fixture.Vectors.Block;

        Assert.Throws<ArgumentException>(() => Search(block, new float[Dimensions + 1], 1));
        Assert.Throws<ArgumentException>(() => Search(block with { Count = Count - 1 }, _queries[0], 1));
        Assert.Throws<ArgumentException>(() => Search(block with { Metric = Metric.Euclidean }, _queries[0], 1));
        Assert.Throws<ArgumentException>(() => Search(block with { Dimensions = Dimensions + 1 }, [.. _queries[0], 1], 1));
        Assert.Throws<ArgumentException>(() => Search(block with { Chunks = [block.Chunks[0], block.Chunks[0]] }, _queries[0], 1));
        Assert.Throws<ArgumentException>(() => Search(block with { InverseNorms = null }, _queries[0], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Search(block, _queries[0], 0));

        void Search(VectorBlock over, float[] query, int k) =>
            HnswSearch.Search(fixture.Graph, over, query, k, 10, null, null, [], CancellationToken.None);
    }

    // Accepts slots without regard to where they lie.
    private static uint Scramble(int slot) => ((uint)slot * 2_654_435_761) >> 12;

    /// <summary>Builds each graph once for all tests that only read it.</summary>
    public sealed class Fixtures : IDisposable
    {
        private readonly Dictionary<(Metric, bool, int), Fixture> _made = [];

        public void Dispose()
        {
            foreach (Fixture fixture in _made.Values)
            {
                fixture.Dispose();
            }
        }

        internal Fixture Get(Metric metric, bool isHalf, int threads)
        {
            if (!_made.TryGetValue((metric, isHalf, threads), out Fixture? fixture))
            {
                fixture = new Fixture(metric, isHalf, threads);
                _made.Add((metric, isHalf, threads), fixture);
            }

            return fixture;
        }
    }

    internal sealed class Fixture : IDisposable
    {
        public Fixture(Metric metric, bool isHalf, int threads)
        {
            Vectors = new TestVectors(_rows[..Count], metric, isHalf);
            Graph = HnswGraphBuilder.Build(Vectors.Block, new HnswOptions(12, 80, 5, threads), Vectors.Allocator, null, CancellationToken.None);
        }

        public TestVectors Vectors { get; }

        public HnswGraph Graph { get; }

        public List<Neighbor> Search(float[] query, int k, int beam, SlotFilter? filter)
        {
            List<Neighbor> results = [];
            HnswSearch.Search(Graph, Vectors.Block, query, k, beam, filter, null, results, CancellationToken.None);
            return results;
        }

        public double Recall(int beam, SlotFilter? filter)
        {
            int found = 0;
            int wanted = 0;
            List<Neighbor> exact = [];
            foreach (float[] query in _queries)
            {
                FlatSearch.Search(Vectors.Block, query, K, float.PositiveInfinity, filter, null, exact, CancellationToken.None);
                found += Search(query, K, beam, filter).Select(r => r.Slot).Intersect(exact.Select(r => r.Slot)).Count();
                wanted += exact.Count;
            }

            return (double)found / wanted;
        }

        public void Dispose()
        {
            Graph.Dispose();
            Vectors.Dispose();
        }
    }
}
