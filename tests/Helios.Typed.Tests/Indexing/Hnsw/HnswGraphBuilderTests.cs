using Helios.Typed.Indexing;
using Helios.Typed.Indexing.Hnsw;
using Xunit;

namespace Helios.Typed.Tests.Indexing.Hnsw;

public sealed class HnswGraphBuilderTests
{
    private static readonly HnswOptions _options = new(MaxConnections: 8, ConstructionBeam: 40, Seed: 7, Threads: 1);

    [Theory]
    [InlineData(Metric.Cosine, false, 1)]
    [InlineData(Metric.Cosine, true, 2)]
    [InlineData(Metric.Euclidean, false, 2)]
    [InlineData(Metric.Euclidean, true, 1)]
    [InlineData(Metric.InnerProduct, false, 1)]
    [InlineData(Metric.InnerProduct, true, 2)]
    public void Every_node_of_a_graph_is_linked_soundly_and_can_be_reached(Metric metric, bool isHalf, int threads)
    {
        using TestVectors vectors = new(TestVectors.Clustered(2_000, 12, seed: 31), metric, isHalf);

        using HnswGraph graph = Build(vectors, _options with { Threads = threads });

        Assert.Null(HnswGraphValidator.FindProblem(graph));
        Assert.Equal((2_000, 8, 40, metric), (graph.Count, graph.MaxConnections, graph.ConstructionBeam, graph.Metric));
        Assert.InRange(graph.Levels.Length, 2, 8);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(300)]
    public void Small_blocks_make_sound_graphs(int count)
    {
        foreach (int threads in new[] { 1, 3 })
        {
            using TestVectors vectors = new(TestVectors.Clustered(count, TestVectors.EmptyDimensions, seed: 32), Metric.Euclidean);

            using HnswGraph graph = Build(vectors, _options with { Threads = threads });

            Assert.Equal(count, graph.Count);
            Assert.Null(HnswGraphValidator.FindProblem(graph));
        }
    }

    [Fact]
    public void One_thread_and_one_seed_make_one_graph()
    {
        using TestVectors vectors = new(TestVectors.Clustered(1_500, 10, seed: 33), Metric.Cosine);

        using HnswGraph first = Build(vectors, _options);
        using HnswGraph again = Build(vectors, _options);
        using HnswGraph other = Build(vectors, _options with { Seed = 8 });

        Assert.True(BytesOf(first).SequenceEqual(BytesOf(again)));
        Assert.False(BytesOf(first).SequenceEqual(BytesOf(other)));
    }

    [Theory]
    [InlineData(Metric.Cosine, 1)]
    [InlineData(Metric.Euclidean, 2)]
    [InlineData(Metric.InnerProduct, 1)]
    public void Ten_thousand_identical_vectors_can_all_be_reached(Metric metric, int threads)
    {
        using TestVectors vectors = new([.. Enumerable.Range(0, 10_000).Select(_ => new[] { 0.3f, -1.7f, 0.9f })], metric);

        using HnswGraph graph = Build(vectors, _options with { Threads = threads });

        Assert.Null(HnswGraphValidator.FindProblem(graph));
        List<Neighbor> results = [];
        HnswSearch.Search(graph, vectors.Block, [0.3f, -1.7f, 0.9f], 50, 50, null, null, results, CancellationToken.None);
        Assert.Equal(50, results.Select(r => r.Slot).Distinct().Count());
        HnswSearch.Search(graph, vectors.Block, [0.3f, -1.7f, 0.9f], 5, 5, new PredicateFilter(slot => slot == 9_876), null, results, CancellationToken.None);
        Assert.Equal(9_876, Assert.Single(results).Slot);
    }

    [Fact]
    public void A_crowd_of_duplicates_does_not_hide_the_others()
    {
        float[][] others = TestVectors.Clustered(1_000, 8, seed: 34);
        float[][] rows = [.. Enumerable.Repeat(others[0], 3_000), .. others, .. Enumerable.Repeat(others[1], 1_000)];
        using TestVectors vectors = new(rows, Metric.Euclidean);
        using HnswGraph graph = Build(vectors, _options with { ConstructionBeam = 80 });
        List<Neighbor> results = [];
        int found = 0;
        for (int slot = 3_002; slot < 4_000; slot++)
        {
            HnswSearch.Search(graph, vectors.Block, rows[slot], 1, 60, null, null, results, CancellationToken.None);
            found += results[0].Slot == slot ? 1 : 0;
        }

        Assert.Null(HnswGraphValidator.FindProblem(graph));
        Assert.InRange(found, 970, 998);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Progress_rises_to_the_count_on_the_calling_thread(int threads)
    {
        using TestVectors vectors = new(TestVectors.Clustered(3_000, 4, seed: 35), Metric.Euclidean);
        List<int> told = [];
        int caller = Environment.CurrentManagedThreadId;

        using HnswGraph graph = HnswGraphBuilder.Build(vectors.Block, _options with { Threads = threads }, vectors.Allocator, Tell, CancellationToken.None);

        Assert.Equal(3_000, told[^1]);
        Assert.Equal(told.Order(), told);

        void Tell(int linked)
        {
            Assert.Equal(caller, Environment.CurrentManagedThreadId);
            told.Add(linked);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_cancelled_build_throws_and_gives_its_memory_back(int threads)
    {
        using TestVectors vectors = new(TestVectors.Clustered(6_000, 4, seed: 36), Metric.Euclidean);
        using CancellationTokenSource source = new();
        long before = vectors.Allocator.AllocatedBytes;

        Assert.Throws<OperationCanceledException>(() => HnswGraphBuilder.Build(
            vectors.Block, _options with { Threads = threads }, vectors.Allocator, _ => source.Cancel(), source.Token));

        Assert.Equal(before, vectors.Allocator.AllocatedBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_progress_throws_comes_out_and_the_memory_is_given_back(int threads)
    {
        using TestVectors vectors = new(TestVectors.Clustered(6_000, 4, seed: 37), Metric.Euclidean);
        long before = vectors.Allocator.AllocatedBytes;

        Assert.Throws<InvalidOperationException>(() => HnswGraphBuilder.Build(
            vectors.Block, _options with { Threads = threads }, vectors.Allocator, _ => throw new InvalidOperationException("told"), CancellationToken.None));

        Assert.Equal(before, vectors.Allocator.AllocatedBytes);
    }

    [Fact]
    public void A_finished_build_keeps_only_the_graph()
    {
        using TestVectors vectors = new(TestVectors.Clustered(500, 4, seed: 38), Metric.Euclidean);
        long before = vectors.Allocator.AllocatedBytes;

        HnswGraph graph = Build(vectors, _options);

        Assert.Equal(before + graph.Buffer.Bytes, vectors.Allocator.AllocatedBytes);
        graph.Dispose();
        Assert.Equal(before, vectors.Allocator.AllocatedBytes);
    }

    [Fact]
    public void What_cannot_be_built_is_refused()
    {
        using TestVectors vectors = new(TestVectors.Clustered(20, 4, seed: 39), Metric.Euclidean, chunkSlots: 8);

        Assert.Contains("3", Assert.Throws<ArgumentException>(() => Build(vectors, _options)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Build(vectors, _options with { MaxConnections = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Build(vectors, _options with { MaxConnections = 5_000 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Build(vectors, _options with { ConstructionBeam = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Build(vectors, _options with { Threads = 0 }));
    }

    private static HnswGraph Build(TestVectors vectors, HnswOptions options) =>
        HnswGraphBuilder.Build(vectors.Block, options, vectors.Allocator, null, CancellationToken.None);

    private static Span<byte> BytesOf(HnswGraph graph) => graph.Buffer.AsSpan<byte>(0, (int)graph.Buffer.Bytes);
}
