using CsCheck;
using Helios.Typed.Indexing;
using Xunit;

namespace Helios.Typed.Tests.Indexing;

public sealed class FlatSearchTests
{
    // Few distinct values, so that equal distances are common.
    private static readonly Gen<float[]> _coarseVector = Gen.Int[-2, 2].Array[3].Select(elements => elements.Select(e => (float)e + 0.25f).ToArray());

    private static readonly Gen<float[]> _fineVector = Gen.Float[-1, 1].Array[19].Where(elements => elements.Any(e => Math.Abs(e) > 0.01f));

    [Theory]
    [InlineData(Metric.Cosine, false)]
    [InlineData(Metric.Cosine, true)]
    [InlineData(Metric.Euclidean, false)]
    [InlineData(Metric.Euclidean, true)]
    [InlineData(Metric.InnerProduct, false)]
    [InlineData(Metric.InnerProduct, true)]
    public void Distances_follow_their_definitions(Metric metric, bool isHalf) =>
        Gen.Select(_fineVector.Array[1, 8], _fineVector).Sample((rows, query) =>
        {
            using TestVectors vectors = new(rows, metric, isHalf);
            for (int slot = 0; slot < rows.Length; slot++)
            {
                double expected = vectors.Exact(query, slot);
                float actual = FlatSearch.Distance(vectors.Block, query, slot);
                double tolerance = metric == Metric.Euclidean ? 1e-5 * (1 + expected) : 2e-5;
                Assert.True(Math.Abs(actual - expected) <= tolerance, $"slot {slot}: {actual} instead of {expected}");
            }
        }, iter: 100);

    [Theory]
    [InlineData(Metric.Cosine)]
    [InlineData(Metric.Euclidean)]
    [InlineData(Metric.InnerProduct)]
    public void Any_search_returns_what_sorting_everything_returns(Metric metric)
    {
        Gen.Select(_coarseVector.Array[0, 60], _coarseVector, Gen.Int[1, 70], Gen.Int[0, 3], Gen.Bool, Gen.Int[0, 5], Gen.Bool).Sample((rows, query, k, accepted, isHalf, chunks, isBounded) =>
        {
            using TestVectors vectors = new(rows, metric, isHalf, chunkSlots: chunks == 0 ? 0 : 1 << chunks);
            SlotFilter? filter = accepted == 0 ? null : new PredicateFilter(slot => slot % 3 < accepted - 1);
            IComparer<int>? tieOrder = k % 2 == 0 ? null : Comparer<int>.Create((a, b) => b.CompareTo(a));
            List<Neighbor> middle = vectors.Model(query, int.MaxValue);
            float maxDistance = isBounded && middle.Count > 0 ? middle[middle.Count / 2].Distance : float.PositiveInfinity;
            List<Neighbor> results = [new(1, 1)];

            FlatSearch.Search(vectors.Block, query, k, maxDistance, filter, tieOrder, results, CancellationToken.None);

            Assert.Equal(vectors.Model(query, k, maxDistance, filter, tieOrder), results);
        }, iter: 400);
    }

    [Fact]
    public void A_scan_over_several_runs_and_chunks_agrees_with_the_model()
    {
        float[][] rows = TestVectors.Clustered(10_000, 20, seed: 21);
        using TestVectors vectors = new(rows, Metric.Euclidean, chunkSlots: 8192);
        List<Neighbor> results = [];

        foreach (int k in new[] { 1, 10, 9_999, 10_000, int.MaxValue })
        {
            FlatSearch.Search(vectors.Block, rows[77], k, float.PositiveInfinity, null, null, results, CancellationToken.None);

            Assert.Equal(vectors.Model(rows[77], k), results);
        }
    }

    [Theory]
    [InlineData(Metric.Cosine)]
    [InlineData(Metric.Euclidean)]
    public void A_vector_is_its_own_nearest_at_no_distance(Metric metric)
    {
        float[][] rows = TestVectors.Clustered(500, 100, seed: 22);
        using TestVectors vectors = new(rows, metric);
        List<Neighbor> results = [];
        for (int slot = 0; slot < rows.Length; slot++)
        {
            FlatSearch.Search(vectors.Block, rows[slot], 1, float.PositiveInfinity, null, null, results, CancellationToken.None);

            Neighbor nearest = Assert.Single(results);
            Assert.Equal(slot, nearest.Slot);
            Assert.InRange(nearest.Distance, 0, 1e-6f);
        }
    }

    [Fact]
    public void A_cosine_distance_ignores_lengths_and_stays_between_0_and_2()
    {
        float[] direction = [0.3f, -0.7f, 0.11f];
        float[][] rows = [.. new[] { 1e-15f, 1e-3f, 1f, 1e15f, -1e-15f, -1f, -1e15f }.Select(scale => direction.Select(e => e * scale).ToArray())];
        using TestVectors vectors = new(rows, Metric.Cosine);
        List<Neighbor> results = [];

        FlatSearch.Search(vectors.Block, direction, 10, float.PositiveInfinity, null, null, results, CancellationToken.None);

        Assert.Equal([0, 1, 2, 3], results.Take(4).Select(r => r.Slot).Order());
        Assert.All(results.Take(4), r => Assert.InRange(r.Distance, 0, 1e-6f));
        Assert.All(results.Skip(4), r => Assert.InRange(r.Distance, 2 - 1e-6f, 2));
    }

    [Fact]
    public void A_search_allocates_nothing_once_its_list_has_grown()
    {
        float[][] rows = TestVectors.Clustered(3_000, 100, seed: 23);
        using TestVectors vectors = new(rows, Metric.Cosine);
        List<Neighbor> results = [];
        int collections;
        long allocated;
        do
        {
            // A collection, which other tests may cause, takes what lies in the pool of arrays: the search would rent new ones.
            collections = GC.CollectionCount(0);
            Search();
            long before = GC.GetAllocatedBytesForCurrentThread();
            Search();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        while (GC.CollectionCount(0) != collections);

        Assert.Equal(0, allocated);

        void Search() => FlatSearch.Search(vectors.Block, rows[5], 50, float.PositiveInfinity, null, null, results, CancellationToken.None);
    }

    [Fact]
    public void A_cancelled_scan_stops()
    {
        using TestVectors vectors = new(TestVectors.Clustered(20_000, 4, seed: 24), Metric.Euclidean);
        using CancellationTokenSource source = new();
        int asked = 0;
        PredicateFilter filter = new(_ =>
        {
            asked++;
            source.Cancel();
            return true;
        });

        Assert.Throws<OperationCanceledException>(() => FlatSearch.Search(vectors.Block, new float[4], 3, float.PositiveInfinity, filter, null, [], source.Token));

        Assert.InRange(asked, 1, 10_000);
    }

    [Fact]
    public void What_does_not_fit_the_block_is_refused()
    {
        using TestVectors vectors = new([[1, 2, 3, 4]], Metric.Cosine);
        VectorBlock withoutNorms = vectors.Block with { InverseNorms = null };

        Assert.Contains("3 elements", Assert.Throws<ArgumentException>(() => Search(vectors.Block, new float[3], 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Search(vectors.Block, new float[4], 0));
        Assert.Throws<ArgumentException>(() => Search(withoutNorms, new float[4], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => FlatSearch.Distance(vectors.Block, new float[4], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => FlatSearch.Distance(vectors.Block, new float[4], -1));

        static void Search(VectorBlock block, float[] query, int k) =>
            FlatSearch.Search(block, query, k, float.PositiveInfinity, null, null, [], CancellationToken.None);
    }
}
