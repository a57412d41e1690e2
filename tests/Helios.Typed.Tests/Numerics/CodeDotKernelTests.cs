using Helios.Typed.Numerics;
using Helios.Typed.Numerics.Lanes;
using Xunit;

namespace Helios.Typed.Tests.Numerics;

public sealed class CodeDotKernelTests
{
    private const int Longest = 700;

    [Fact]
    public void Every_width_agrees_with_the_reference_at_any_length_and_alignment()
    {
        Random random = new(1);
        byte[] codes = new byte[Longest + 4];
        sbyte[] weights = new sbyte[Longest + 4];
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = (byte)random.Next(128);
            weights[i] = (sbyte)random.Next(-127, 128);
        }

        for (int length = 0; length <= Longest; length++)
        {
            for (int shift = 0; shift <= 3; shift++)
            {
                AssertAgree(codes.AsSpan(shift, length), weights.AsSpan(3 - shift, length));
            }
        }
    }

    [Theory]
    [InlineData(127, 127)]
    [InlineData(127, -127)]
    [InlineData(0, -127)]
    [InlineData(1, 1)]
    public void The_extremes_do_not_saturate(byte code, sbyte weight)
    {
        foreach (int length in new[] { 1, 16, 33, 64, 768, 65_535 })
        {
            byte[] codes = new byte[length];
            sbyte[] weights = new sbyte[length];
            Array.Fill(codes, code);
            Array.Fill(weights, weight);

            AssertAgree(codes, weights);
            Assert.Equal(length * code * weight, CodeDotKernel.Dot(codes, weights));
        }
    }

    [Fact]
    public void Vectors_of_different_lengths_are_refused_with_both_lengths()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => CodeDotKernel.Dot([1, 2], [1, 2, 3]));

        Assert.Contains("2 and 3", exception.Message, StringComparison.Ordinal);
    }

    private static void AssertAgree(ReadOnlySpan<byte> codes, ReadOnlySpan<sbyte> weights)
    {
        int expected = 0;
        for (int i = 0; i < codes.Length; i++)
        {
            expected += codes[i] * weights[i];
        }

        Assert.Equal(expected, CodeDotKernel.Dot(codes, weights));
        if (codes.IsEmpty)
        {
            return;
        }

        Assert.Equal(expected, CodeDotKernel.Reference(in codes[0], in weights[0], codes.Length));
        AssertAgree<ByteLanes128>(ByteLanes128.IsSupported, codes, weights, expected);
        AssertAgree<ByteLanes256>(ByteLanes256.IsSupported, codes, weights, expected);
        AssertAgree<ByteLanes512>(ByteLanes512.IsSupported, codes, weights, expected);
    }

    private static void AssertAgree<TLanes>(bool isSupported, ReadOnlySpan<byte> codes, ReadOnlySpan<sbyte> weights, int expected)
        where TLanes : struct, IByteLanes<TLanes>
    {
        if (isSupported)
        {
            int sum = CodeDotKernel.Core<TLanes>(in codes[0], in weights[0], codes.Length);
            Assert.True(sum == expected, $"{TLanes.Count} bytes at once, length {codes.Length}: {sum} instead of {expected}");
        }
    }
}
