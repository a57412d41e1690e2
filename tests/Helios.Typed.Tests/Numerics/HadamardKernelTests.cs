using System.Numerics;
using Helios.Typed.Numerics;
using Helios.Typed.Numerics.Lanes;
using Xunit;

namespace Helios.Typed.Tests.Numerics;

public sealed class HadamardKernelTests
{
    public static readonly TheoryData<int> Lengths = [1, 2, 4, 8, 16, 32, 64, 128, 512, 2048];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Every_width_gives_the_very_bits_of_the_definition(int length)
    {
        float[] vector = KernelVectors.Random(length, seed: 7);
        float[] expected = [.. vector];
        HadamardKernel.TransformShort(expected);

        float[] dispatched = [.. vector];
        HadamardKernel.Transform(dispatched);
        Assert.Equal(expected, dispatched);

        AssertSame<Lanes128>(Lanes128.IsSupported, vector, expected);
        AssertSame<Lanes256>(Lanes256.IsSupported, vector, expected);
        AssertSame<Lanes512>(Lanes512.IsSupported, vector, expected);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(32)]
    public void Its_entries_are_one_or_minus_one_by_the_shared_bits_of_row_and_column(int length)
    {
        for (int column = 0; column < length; column++)
        {
            float[] unit = new float[length];
            unit[column] = 1;

            HadamardKernel.Transform(unit);

            for (int row = 0; row < length; row++)
            {
                Assert.Equal(BitOperations.PopCount((uint)(row & column)) % 2 == 0 ? 1f : -1f, unit[row]);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(100)]
    public void Elements_are_multiplied_one_by_one(int length)
    {
        float[] x = KernelVectors.Random(length, seed: 8);
        float[] factors = KernelVectors.Random(length, seed: 9);
        float[] product = [.. x];

        HadamardKernel.Multiply(product, factors);

        Assert.Equal(x.Zip(factors, (a, b) => a * b), product);
        Assert.Throws<ArgumentException>(() => HadamardKernel.Multiply(product, new float[length + 1]));
    }

    private static void AssertSame<TLanes>(bool isSupported, float[] vector, float[] expected)
        where TLanes : struct, ILanes<TLanes>
    {
        if (isSupported && vector.Length >= 16)
        {
            float[] transformed = [.. vector];
            HadamardKernel.Core<TLanes>(ref transformed[0], transformed.Length);
            Assert.Equal(expected, transformed);
        }
    }
}
