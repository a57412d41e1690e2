using Helios.Typed.Numerics;
using Xunit;

namespace Helios.Typed.Tests.Numerics;

public sealed class EuclideanKernelTests
{
    public static readonly TheoryData<int> Lengths = KernelVectors.Lengths;

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Every_width_agrees_with_the_reference_at_any_alignment(int length)
    {
        float[] left = KernelVectors.Random(length + 3, seed: 5);
        float[] right = KernelVectors.Random(length + 3, seed: 6);
        for (int shift = 0; shift <= 3; shift++)
        {
            ReadOnlySpan<float> x = left.AsSpan(shift, length);
            ReadOnlySpan<float> y = right.AsSpan(3 - shift, length);

            float expected = EuclideanKernel.Reference(x, y);

            foreach ((string width, float sum) in KernelVectors.Everywhere<EuclideanKernel.SquaredDifference, float, float>(x, y))
            {
                Assert.True(Math.Abs(sum - expected) <= Tolerance(length, expected), $"{width}, shift {shift}: {sum} instead of {expected}");
            }

            Assert.Equal(KernelVectors.Everywhere<EuclideanKernel.SquaredDifference, float, float>(x, y)[0].Sum, EuclideanKernel.Squared(x, y));
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Half_precision_rows_give_what_their_widened_rows_give(int length)
    {
        float[] query = KernelVectors.Random(length, seed: 7);
        Half[] halves = KernelVectors.Halves(KernelVectors.Random(length, seed: 8));
        float[] widened = KernelVectors.Widened(halves);

        float expected = EuclideanKernel.Reference(query, widened);

        foreach ((string width, float sum) in KernelVectors.Everywhere<EuclideanKernel.SquaredDifference, float, Half>(query, halves))
        {
            Assert.True(Math.Abs(sum - expected) <= Tolerance(length, expected), $"{width}: {sum} instead of {expected}");
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void A_vector_is_at_distance_zero_from_itself(int length)
    {
        float[] x = KernelVectors.Random(length, seed: 9);

        Assert.Equal(0, EuclideanKernel.Squared(x, [.. x]));
    }

    [Fact]
    public void Infinities_of_one_sign_differ_by_nothing_that_is_a_number()
    {
        float[] x = KernelVectors.Random(37, seed: 10);
        float[] y = [.. x];
        x[36] = y[36] = float.PositiveInfinity;

        Assert.Equal(float.NaN, EuclideanKernel.Squared(x, y));
        y[36] = 0;
        Assert.Equal(float.PositiveInfinity, EuclideanKernel.Squared(x, y));
    }

    [Fact]
    public void Vectors_of_different_lengths_are_refused() =>
        Assert.Throws<ArgumentException>(() => EuclideanKernel.Squared([1f, 2f], new Half[3]));

    private static float Tolerance(int length, float expected) => 2 * (length + 2) * KernelVectors.Epsilon * expected;
}
