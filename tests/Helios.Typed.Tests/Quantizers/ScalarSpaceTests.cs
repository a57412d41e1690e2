using CsCheck;
using Helios.Typed.Numerics;
using Helios.Typed.Quantizers;
using Xunit;

namespace Helios.Typed.Tests.Quantizers;

public sealed class ScalarSpaceTests
{
    private static readonly Gen<int> _dimensions = Gen.OneOf(Gen.Int[1, 40], Gen.Int[60, 70], Gen.Int[100, 2_000]);

    public static TheoryData<Metric> Metrics => [.. Enum.GetValues<Metric>()];

    [Theory]
    [MemberData(nameof(Metrics))]
    public void Ranks_against_queries_and_rows_are_near_the_exact_ones(Metric metric) =>
        Gen.Select(_dimensions, Gen.Int, Gen.Float[0, 3], Gen.Double[-6, 6]).Sample((dimensions, seed, offset, exponent) =>
        {
            float size = (float)Math.Pow(10, exponent);
            float[][] rows = RandomRows(9, dimensions, seed, offset, size);
            float[][] prepared = [.. rows.Select(row => Prepared(metric, row))];
            ScalarSpace space = SpaceOf(metric, prepared[..8]);
            Coded[] codes = [.. prepared.Select(row => Coded.Of(space, row))];
            Rotation rotation = new(dimensions, space.Seed);
            double[] largest = [.. prepared.Select(row => Largest(rotation, space, row))];
            for (int a = 0; a < rows.Length; a++)
            {
                float[] query = [.. prepared[a]];
                sbyte[] weights = new sbyte[space.CodeBytes];
                CodedQuery coded = space.Prepare(query, weights);
                for (int b = 0; b < rows.Length; b++)
                {
                    double exact = Rank(metric, prepared[a], prepared[b]);

                    // A step is 1/63 and 1/127 of the largest element; its rounding is off by half of it at most, and by chance far less.
                    double bound = Math.Abs(DistanceDispatch.FormOf(metric).Factor) * largest[a] * largest[b] * Math.Sqrt(dimensions) * 0.04;
                    double rounding = 1e-5 * (1 + Dot(prepared[a], prepared[a]) + Dot(prepared[b], prepared[b]) + Dot(space.Center, space.Center));
                    double byQuery = coded.Rank(codes[b].Factors, CodeDotKernel.Dot(codes[b].Code, weights));
                    double byRow = space.RankBetween(codes[a].Factors, codes[b].Factors, CodeDotKernel.Dot(codes[a].Code, Signed(codes[b].Code)));
                    Assert.True(Math.Abs(byQuery - exact) <= bound + rounding, $"{metric}, {dimensions} dimensions: {byQuery} for {exact}, bound {bound} + {rounding}");
                    Assert.True(Math.Abs(byRow - exact) <= bound + rounding, $"{metric}, {dimensions} dimensions, two rows: {byRow} for {exact}, bound {bound} + {rounding}");
                }
            }
        }, iter: 20);

    [Theory]
    [MemberData(nameof(Metrics))]
    public void Nearly_all_of_the_nearest_by_code_are_the_nearest(Metric metric)
    {
        const int Count = 1_000;
        const int K = 10;
        float[][] rows = [.. RandomRows(Count + 20, 384, seed: 5, offset: 0.5f, size: 1).Select(row => Prepared(metric, row))];
        ScalarSpace space = SpaceOf(metric, rows[..500]);
        Coded[] codes = [.. rows[..Count].Select(row => Coded.Of(space, row))];
        int found = 0;
        foreach (float[] query in rows[Count..])
        {
            sbyte[] weights = new sbyte[space.CodeBytes];
            CodedQuery coded = space.Prepare([.. query], weights);
            IEnumerable<int> exact = Enumerable.Range(0, Count).OrderBy(i => Rank(metric, query, rows[i])).Take(K);
            found += Enumerable.Range(0, Count).OrderBy(i => coded.Rank(codes[i].Factors, CodeDotKernel.Dot(codes[i].Code, weights))).Take(K).Intersect(exact).Count();
        }

        Assert.InRange(found / (20.0 * K), 0.95, 1);
    }

    [Theory]
    [MemberData(nameof(Metrics))]
    public void Codes_keep_to_their_range_and_zeros_stand_behind_them_only(Metric metric) =>
        Gen.Select(_dimensions, Gen.Int, Gen.Double[-15, 15]).Sample((dimensions, seed, exponent) =>
        {
            float[][] rows = [.. RandomRows(4, dimensions, seed, 0, (float)Math.Pow(10, exponent)).Select(row => Prepared(metric, row))];
            ScalarSpace space = SpaceOf(metric, rows[..2]);
            foreach (float[] row in rows)
            {
                var coded = Coded.Of(space, row);
                sbyte[] weights = new sbyte[space.CodeBytes];
                space.Prepare([.. row], weights);

                Assert.All(coded.Code[..dimensions], element => Assert.InRange(element, 1, ScalarSpace.MaxCode));
                Assert.All(coded.Code[dimensions..], element => Assert.Equal(0, element));
                Assert.Equal(coded.Code.Sum(element => element), coded.Factors.Sum);
                Assert.True(float.IsFinite(coded.Factors.Base) && float.IsFinite(coded.Factors.Scale), coded.Factors.ToString());
                Assert.All(weights[..dimensions], weight => Assert.InRange(weight, -127, 127));
                Assert.All(weights[dimensions..], weight => Assert.Equal(0, weight));
            }
        }, iter: 20);

    [Theory]
    [MemberData(nameof(Metrics))]
    public void A_row_that_is_the_center_and_a_query_that_is_it_rank_exactly(Metric metric)
    {
        float[] row = Prepared(metric, [.. Enumerable.Range(1, 70).Select(i => i / 70f)]);
        ScalarSpace space = SpaceOf(metric, [row, row]);
        var coded = Coded.Of(space, row);
        sbyte[] weights = new sbyte[space.CodeBytes];

        CodedQuery query = space.Prepare([.. row], weights);

        double rank = query.Rank(coded.Factors, CodeDotKernel.Dot(coded.Code, weights));
        Assert.Equal(Rank(metric, row, row), rank, 1e-4 * (1 + Dot(row, row)));
        Assert.Equal(Rank(metric, row, row), space.RankBetween(coded.Factors, coded.Factors, CodeDotKernel.Dot(coded.Code, Signed(coded.Code))), 1e-4 * (1 + Dot(row, row)));
    }

    [Fact]
    public void Duplicates_have_one_code_and_the_code_is_the_seeds()
    {
        float[][] rows = RandomRows(3, 100, seed: 9, offset: 0, size: 1);
        ScalarSpace space = SpaceOf(Metric.Euclidean, rows);
        ScalarSpace again = new(DistanceDispatch.FormOf(Metric.Euclidean), space.Seed, space.Center.ToArray());
        ScalarSpace other = new(DistanceDispatch.FormOf(Metric.Euclidean), space.Seed + 1, space.Center.ToArray());

        Assert.Equal(Coded.Of(space, rows[0]).Code, Coded.Of(space, [.. rows[0]]).Code);
        Assert.Equal(Coded.Of(space, rows[0]).Code, Coded.Of(again, rows[0]).Code);
        Assert.Equal(Coded.Of(space, rows[0]).Factors, Coded.Of(again, rows[0]).Factors);
        Assert.NotEqual(Coded.Of(space, rows[0]).Code, Coded.Of(other, rows[0]).Code);
    }

    private static float[][] RandomRows(int count, int dimensions, int seed, float offset, float size)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, dimensions).Select(i =>
        {
            double gaussian = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            return size * ((float)gaussian + (offset * (i % 3)) + 0.001f);
        }).ToArray())];
    }

    private static ScalarSpace SpaceOf(Metric metric, float[][] rows) => ScalarSpace.Around(
        DistanceDispatch.FormOf(metric), seed: 21, [.. Enumerable.Range(0, rows[0].Length).Select(i => rows.Average(row => row[i]))]);

    private static float[] Prepared(Metric metric, float[] row)
    {
        float inverse = metric == Metric.Cosine ? (float)(1 / Math.Sqrt(Dot(row, row))) : 1;
        return [.. row.Select(element => element * inverse)];
    }

    private static double Rank(Metric metric, float[] x, float[] y) => metric switch
    {
        Metric.Cosine => 1 - Dot(x, y),
        Metric.Euclidean => Dot(x, x) + Dot(y, y) - (2 * Dot(x, y)),
        _ => -Dot(x, y),
    };

    private static double Largest(Rotation rotation, ScalarSpace space, float[] row)
    {
        float[] rotated = [.. row];
        rotation.Apply(rotated);
        double largest = 0;
        for (int i = 0; i < rotated.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(rotated[i] - space.Center[i]));
        }

        return largest;
    }

    private static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += (double)x[i] * y[i];
        }

        return sum;
    }

    private static sbyte[] Signed(byte[] code) => [.. code.Select(element => (sbyte)element)];

    private sealed record Coded(byte[] Code, CodeFactors Factors)
    {
        public static Coded Of(ScalarSpace space, float[] row)
        {
            byte[] code = new byte[space.CodeBytes];
            CodeFactors factors = space.Encode([.. row], code);
            return new Coded(code, factors);
        }
    }
}
