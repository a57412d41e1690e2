using CsCheck;
using Helios.Typed.Indexing;
using Helios.Typed.Indexing.Hnsw;
using Xunit;

namespace Helios.Typed.Tests.Indexing;

public sealed class StoredVectorsTests
{
    private static readonly Gen<float[]> _coarseVector = Gen.Int[-2, 2].Array[3].Select(elements => elements.Select(e => (float)e + 0.25f).ToArray());

    [Theory]
    [InlineData(Metric.Cosine)]
    [InlineData(Metric.Euclidean)]
    [InlineData(Metric.InnerProduct)]
    public void A_scan_of_stored_vectors_gives_what_one_of_memory_gives(Metric metric) =>
        Gen.Select(_coarseVector.Array[1, 60], _coarseVector, Gen.Int[1, 70], Gen.Int[0, 20], Gen.Bool, Gen.Bool).Sample((rows, query, k, accepted, isHalf, isBounded) =>
        {
            using TestVectors vectors = new(rows, metric, isHalf);
            SlotFilter? filter = accepted == 0 ? null : new PredicateFilter(slot => slot % 19 < accepted - 1);
            float maxDistance = isBounded ? vectors.Model(query, int.MaxValue)[rows.Length / 2].Distance : float.PositiveInfinity;
            List<Neighbor> expected = [];
            List<Neighbor> results = [new(1, 1)];

            int computed = FlatSearch.Search(vectors.Block, query, k, maxDistance, filter, null, expected, CancellationToken.None);

            Assert.Equal(computed, FlatSearch.Search(vectors.Stored, query, k, maxDistance, filter, null, results, CancellationToken.None));
            Assert.Equal(expected, results);
            Assert.Equal(FlatSearch.Distance(vectors.Block, query, rows.Length - 1), FlatSearch.Distance(vectors.Stored, query, rows.Length - 1));
        }, iter: 300);

    [Fact]
    public void A_scan_reads_runs_and_where_few_match_single_vectors()
    {
        using TestVectors vectors = new(TestVectors.Clustered(5_000, 100, seed: 31), Metric.Cosine);
        CopyingVectors all = new(vectors.Block);
        CopyingVectors few = new(vectors.Block);
        PredicateFilter fewMatch = new(slot => slot % 500 == 7);
        List<Neighbor> expected = [];
        List<Neighbor> results = [];

        FlatSearch.Search(vectors.Stored with { Stored = all }, new float[100].Select((_, i) => (float)i).ToArray(), 10, float.PositiveInfinity, null, null, results, CancellationToken.None);
        FlatSearch.Search(vectors.Stored with { Stored = few }, new float[100].Select((_, i) => (float)i).ToArray(), 20, float.PositiveInfinity, fewMatch, null, results, CancellationToken.None);
        FlatSearch.Search(vectors.Block, new float[100].Select((_, i) => (float)i).ToArray(), 20, float.PositiveInfinity, fewMatch, null, expected, CancellationToken.None);

        Assert.Equal(expected, results);
        Assert.Equal(10, few.Reads);
        Assert.InRange(all.Reads, 2, 10);
    }

    [Theory]
    [InlineData(Metric.Cosine, false)]
    [InlineData(Metric.Cosine, true)]
    [InlineData(Metric.Euclidean, false)]
    [InlineData(Metric.InnerProduct, false)]
    public void A_walk_over_stored_vectors_gives_what_one_over_memory_gives(Metric metric, bool isHalf)
    {
        float[][] rows = TestVectors.Clustered(3_050, 24, seed: 33);
        using TestVectors vectors = new(rows[..3_000], metric, isHalf);
        using HnswGraph graph = HnswGraphBuilder.Build(vectors.Block, new HnswOptions(12, 60, 5, 1), vectors.Allocator, null, CancellationToken.None);
        SlotFilter?[] filters = [null, new PredicateFilter(slot => slot % 2 == 0), new PredicateFilter(slot => slot == 17)];
        List<Neighbor> expected = [];
        List<Neighbor> results = [];
        foreach (float[] query in rows[3_000..])
        {
            foreach (SlotFilter? filter in filters)
            {
                int computed = HnswSearch.Search(graph, vectors.Block, query, 10, 50, filter, null, expected, CancellationToken.None);

                Assert.Equal(computed, HnswSearch.Search(graph, vectors.Stored, query, 10, 50, filter, null, results, CancellationToken.None));
                Assert.Equal(expected, results);
            }
        }
    }

    [Fact]
    public void A_search_that_meets_a_damaged_vector_ends_in_its_error_and_leaves_the_rest_usable()
    {
        float[][] rows = TestVectors.Clustered(2_000, 24, seed: 35);
        using TestVectors vectors = new(rows, Metric.Euclidean);
        using HnswGraph graph = HnswGraphBuilder.Build(vectors.Block, new HnswOptions(12, 60, 5, 1), vectors.Allocator, null, CancellationToken.None);
        CopyingVectors stored = new(vectors.Block) { Damaged = 123 };
        VectorBlock block = vectors.Stored with { Stored = stored };
        List<Neighbor> results = [];

        Assert.Throws<HeliosCorruptionException>(() => HnswSearch.Search(graph, block, rows[123], 10, 50, null, null, results, CancellationToken.None));
        Assert.Throws<HeliosCorruptionException>(() => FlatSearch.Search(block, rows[123], 10, float.PositiveInfinity, null, null, results, CancellationToken.None));
        Assert.Throws<HeliosCorruptionException>(() => FlatSearch.Distance(block, rows[1], 123));
        stored.Damaged = -1;
        HnswSearch.Search(graph, block, rows[123], 10, 50, null, null, results, CancellationToken.None);
        Assert.Equal(123, results[0].Slot);
    }

    [Fact]
    public void A_cancelled_scan_of_stored_vectors_stops()
    {
        using TestVectors vectors = new(TestVectors.Clustered(5_000, 100, seed: 37), Metric.Euclidean);
        CopyingVectors stored = new(vectors.Block);
        using CancellationTokenSource stop = new();
        PredicateFilter stopping = new(slot =>
        {
            if (slot == 3_000)
            {
                stop.Cancel();
            }

            return true;
        });

        Assert.Throws<OperationCanceledException>(() => FlatSearch.Search(
            vectors.Stored with { Stored = stored }, new float[100], 10, float.PositiveInfinity, stopping, null, [], stop.Token));
        Assert.InRange(stored.Reads, 1, 6);
    }
}
