using Helios.Typed.Indexing;
using Helios.Typed.Indexing.Hnsw;
using Xunit;

namespace Helios.Typed.Tests.Indexing.Hnsw;

/// <summary>Walks graphs on codes, and holds the answers to exact search and to walks of the same graph on full vectors.</summary>
public sealed class CodedSearchTests(CodedSearchTests.Pairs pairs) : IClassFixture<CodedSearchTests.Pairs>
{
    private const int Count = 1_500;
    private const int Dimensions = 72;
    private const int K = 10;

    private static readonly float[][] _rows = TestVectors.Clustered(Count + 80, Dimensions, seed: 61);
    private static readonly float[][] _queries = _rows[Count..];

    public static TheoryData<Metric, bool> Kinds()
    {
        TheoryData<Metric, bool> kinds = [];
        foreach (Metric metric in Enum.GetValues<Metric>())
        {
            kinds.Add(metric, false);
            kinds.Add(metric, true);
        }

        return kinds;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_walk_on_codes_finds_what_one_on_vectors_finds(Metric metric, bool isHalf)
    {
        Pair pair = pairs.Get(metric, isHalf);

        foreach (SlotFilter? filter in new SlotFilter?[] { null, new PredicateFilter(slot => slot % 2 == 0), new PredicateFilter(slot => slot % 50 == 7) })
        {
            double exact = pair.Recall(pair.Plain, filter);
            double coded = pair.Recall(pair.Coded, filter);

            Assert.InRange(coded, Math.Max(exact - 0.01, 0.9), 1);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Distances_are_exact_nearest_first_and_the_same_where_vectors_are_read(Metric metric, bool isHalf)
    {
        Pair pair = pairs.Get(metric, isHalf);
        PredicateFilter half = new(slot => slot % 2 == 0);
        foreach (float[] query in _queries)
        {
            foreach (SlotFilter? filter in new SlotFilter?[] { null, half })
            {
                List<Neighbor> results = Pair.Search(pair.Coded, pair.Vectors.Block, query, filter);

                Assert.Equal(K, results.Count);
                Assert.Equal(results.OrderBy(r => r.Distance).ThenBy(r => r.Slot), results);
                Assert.All(results, r => Assert.Equal(FlatSearch.Distance(pair.Vectors.Block, query, r.Slot), r.Distance));
                Assert.All(results, r => Assert.True(filter is null || filter.Accepts(r.Slot)));
                Assert.Equal(results, Pair.Search(pair.Coded, pair.Vectors.Stored, query, filter));
            }
        }
    }

    [Fact]
    public void Where_vectors_are_read_only_the_nearest_are_and_in_the_order_of_the_file()
    {
        Pair pair = pairs.Get(Metric.Cosine, isHalf: false);
        CopyingVectors stored = new(pair.Vectors.Block);

        Pair.Search(pair.Coded, pair.Vectors.Stored with { Stored = stored }, _queries[0], null);

        Assert.InRange(stored.Reads, K, 3 * K);
    }

    [Fact]
    public void Duplicates_and_vectors_without_variance_are_found()
    {
        float[][] rows = [.. Enumerable.Range(0, 1_000).Select(i => Enumerable.Repeat(i % 10 == 0 ? 1f : 1 + (i % 7), Dimensions).ToArray())];
        using TestVectors vectors = new(rows, Metric.Euclidean);
        using HnswGraph graph = Pair.Build(vectors, coded: true);
        List<Neighbor> results = [];

        HnswSearch.Search(graph, vectors.Block, rows[0], K, 60, null, null, results, CancellationToken.None);

        Assert.All(results, r => Assert.Equal(0, r.Distance));
        Assert.Equal(K, results.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Graphs_of_a_few_nodes_have_codes_as_well(int count)
    {
        using TestVectors vectors = new(TestVectors.Clustered(count, TestVectors.EmptyDimensions, seed: 62), Metric.Cosine);
        using HnswGraph graph = Pair.Build(vectors, coded: true);
        List<Neighbor> results = [];

        HnswSearch.Search(graph, vectors.Block, new float[] { 1, 2, 3 }, 3, 1, null, null, results, CancellationToken.None);

        Assert.Equal(vectors.Model([1, 2, 3], 3), results);
    }

    [Fact]
    public void The_links_are_those_of_the_graph_and_every_node_is_reached()
    {
        Pair pair = pairs.Get(Metric.Euclidean, isHalf: false);

        Assert.Null(HnswGraphValidator.FindProblem(pair.Coded));
        Assert.Equal(pair.Plain.Entry, pair.Coded.Entry);
        Assert.Equal((pair.Plain.Count, pair.Plain.MaxConnections, pair.Plain.ConstructionBeam, pair.Plain.Metric), (pair.Coded.Count, pair.Coded.MaxConnections, pair.Coded.ConstructionBeam, pair.Coded.Metric));
        for (int level = 0; level < pair.Plain.Levels.Length; level++)
        {
            Assert.True(pair.Plain.Levels[level].Slots.SequenceEqual(pair.Coded.Levels[level].Slots));
            Assert.True(pair.Plain.Levels[level].Below.SequenceEqual(pair.Coded.Levels[level].Below));
            for (uint index = 0; index < pair.Plain.Levels[level].Count; index++)
            {
                Assert.True(pair.Plain.Levels[level].RowOf(index).SequenceEqual(pair.Coded.Levels[level].RowOf(index)));
            }
        }

        Assert.Equal(HnswGraph.CodedBytesFor(pair.Plain.Bytes, Count, pair.Plain.MaxConnections, Dimensions), pair.Coded.Bytes);
    }

    [Fact]
    public void A_search_on_codes_allocates_nothing_once_its_room_has_grown()
    {
        Pair pair = pairs.Get(Metric.Cosine, isHalf: false);
        PredicateFilter half = new(slot => slot % 2 == 0);
        List<Neighbor> results = [];
        Search();

        long before = GC.GetAllocatedBytesForCurrentThread();
        Search();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Search()
        {
            HnswSearch.Search(pair.Coded, pair.Vectors.Block, _queries[0], K, 60, null, null, results, CancellationToken.None);
            HnswSearch.Search(pair.Coded, pair.Vectors.Block, _queries[0], K, 60, half, null, results, CancellationToken.None);
        }
    }

    [Fact]
    public void A_cancelled_walk_on_codes_stops()
    {
        Pair pair = pairs.Get(Metric.Cosine, isHalf: false);
        using CancellationTokenSource source = new();
        PredicateFilter filter = new(_ =>
        {
            source.Cancel();
            return true;
        });

        Assert.Throws<OperationCanceledException>(() => HnswSearch.Search(
            pair.Coded, pair.Vectors.Block, _queries[0], K, 300, filter, null, [], source.Token));
    }

    [Fact]
    public void Codes_of_other_vectors_are_refused_and_freed()
    {
        using TestVectors vectors = new(_rows[..500], Metric.Cosine);
        using TestVectors fewer = new(_rows[..400], Metric.Cosine);
        HnswGraph graph = Pair.Build(vectors, coded: false);
        long before = fewer.Allocator.AllocatedBytes;
        var codes = CodedNodes.Encode(fewer.Block, 2 * graph.MaxConnections, 1, fewer.Allocator, CancellationToken.None);

        Assert.Throws<ArgumentException>(() => graph.WithCodes(codes, vectors.Allocator));

        Assert.Equal(before, fewer.Allocator.AllocatedBytes);
    }

    /// <summary>Builds each graph once for all tests, which only read it.</summary>
    public sealed class Pairs : IDisposable
    {
        private readonly Dictionary<(Metric, bool), Pair> _made = [];

        public void Dispose()
        {
            foreach (Pair pair in _made.Values)
            {
                pair.Dispose();
            }
        }

        internal Pair Get(Metric metric, bool isHalf)
        {
            if (!_made.TryGetValue((metric, isHalf), out Pair? pair))
            {
                pair = new Pair(metric, isHalf);
                _made.Add((metric, isHalf), pair);
            }

            return pair;
        }
    }

    internal sealed class Pair : IDisposable
    {
        public Pair(Metric metric, bool isHalf)
        {
            Vectors = new TestVectors(_rows[..Count], metric, isHalf);
            Plain = Build(Vectors, coded: false);
            Coded = Build(Vectors, coded: true);
        }

        public TestVectors Vectors { get; }

        public HnswGraph Plain { get; }

        public HnswGraph Coded { get; }

        public static HnswGraph Build(TestVectors vectors, bool coded)
        {
            HnswGraph graph = HnswGraphBuilder.Build(vectors.Block, new HnswOptions(8, 50, 5, 1), vectors.Allocator, null, CancellationToken.None);
            return coded ? graph.WithCodes(CodedNodes.Encode(vectors.Block, 16, 7, vectors.Allocator, CancellationToken.None), vectors.Allocator) : graph;
        }

        public static List<Neighbor> Search(HnswGraph graph, VectorBlock block, float[] query, SlotFilter? filter)
        {
            List<Neighbor> results = [];
            HnswSearch.Search(graph, block, query, K, 80, filter, null, results, CancellationToken.None);
            return results;
        }

        public double Recall(HnswGraph graph, SlotFilter? filter)
        {
            int found = 0;
            foreach (float[] query in _queries)
            {
                found += Search(graph, Vectors.Block, query, filter).Intersect(Vectors.Model(query, K, filter: filter)).Count();
            }

            return (double)found / (_queries.Length * K);
        }

        public void Dispose()
        {
            Plain.Dispose();
            Coded.Dispose();
            Vectors.Dispose();
        }
    }
}
