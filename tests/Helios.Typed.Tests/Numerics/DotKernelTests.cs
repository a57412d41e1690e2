using Helios.Typed.Numerics;
using Xunit;

namespace Helios.Typed.Tests.Numerics;

public sealed class DotKernelTests
{
    public static readonly TheoryData<int> Lengths = KernelVectors.Lengths;

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Every_width_agrees_with_the_reference_at_any_alignment(int length)
    {
        float[] left = KernelVectors.Random(length + 3, seed: 1);
        float[] right = KernelVectors.Random(length + 3, seed: 2);
        for (int shift = 0; shift <= 3; shift++)
        {
            ReadOnlySpan<float> x = left.AsSpan(shift, length);
            ReadOnlySpan<float> y = right.AsSpan(3 - shift, length);

            float expected = DotKernel.Reference(x, y);

            foreach ((string width, float sum) in KernelVectors.Everywhere<DotKernel.Product, float, float>(x, y))
            {
                Assert.True(Math.Abs(sum - expected) <= Tolerance(x, y), $"{width}, shift {shift}: {sum} instead of {expected}");
            }

            Assert.Equal(KernelVectors.Everywhere<DotKernel.Product, float, float>(x, y)[0].Sum, DotKernel.Dot(x, y));
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Half_precision_rows_give_what_their_widened_rows_give(int length)
    {
        float[] query = KernelVectors.Random(length + 1, seed: 3);
        Half[] halves = KernelVectors.Halves(KernelVectors.Random(length + 1, seed: 4));
        ReadOnlySpan<float> x = query.AsSpan(1);
        ReadOnlySpan<Half> y = halves.AsSpan(1);
        float[] widened = KernelVectors.Widened(y);

        float expected = DotKernel.Reference(x, widened);

        foreach ((string width, float sum) in KernelVectors.Everywhere<DotKernel.Product, float, Half>(x, y))
        {
            Assert.True(Math.Abs(sum - expected) <= Tolerance(x, widened), $"{width}: {sum} instead of {expected}");
        }

        Assert.Equal(DotKernel.Dot(x, widened), DotKernel.Dot(x, y));
    }

    [Fact]
    public void Widening_is_exact_for_each_of_the_65536_half_precision_floats()
    {
        // One element of the row is the value under test, its partner is 1, all others are zero: the sum is the value.
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            Half value = BitConverter.UInt16BitsToHalf((ushort)bits);
            var row = new Half[16];
            float[] ones = new float[16];
            int at = bits % 4;
            row[at] = value;
            ones[at] = 1;
            foreach ((string width, float sum) in KernelVectors.Everywhere<DotKernel.Product, float, Half>(ones, row))
            {
                Assert.True(sum.Equals((float)value), $"{width}, bits {bits:X4}: {sum} instead of {(float)value}");
            }
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void What_is_not_finite_shows_wherever_it_stands(float special)
    {
        foreach (int length in new[] { 1, 4, 9, 16, 21, 33, 100 })
        {
            for (int at = 0; at < length; at++)
            {
                float[] x = new float[length];
                Array.Fill(x, 1f);
                float[] y = [.. x];
                y[at] = special;
                Half[] halves = KernelVectors.Halves(y);
                foreach ((string width, float sum) in KernelVectors.Everywhere<DotKernel.Product, float, float>(x, y))
                {
                    Assert.True(sum.Equals(special), $"{width}, element {at} of {length}: {sum}");
                }

                foreach ((string width, float sum) in KernelVectors.Everywhere<DotKernel.Product, float, Half>(x, halves))
                {
                    Assert.True(sum.Equals(special), $"{width}, half element {at} of {length}: {sum}");
                }
            }
        }
    }

    [Fact]
    public void Vectors_of_different_lengths_are_refused_with_both_lengths()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => DotKernel.Dot([1f, 2f], [1f, 2f, 3f]));

        Assert.Contains("2 and 3", exception.Message, StringComparison.Ordinal);
    }

    private static float Tolerance(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        float magnitude = 0;
        for (int i = 0; i < x.Length; i++)
        {
            magnitude += Math.Abs(x[i] * y[i]);
        }

        return 2 * x.Length * KernelVectors.Epsilon * magnitude;
    }
}
