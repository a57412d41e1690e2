using Helios.Typed.Numerics;
using Xunit;

namespace Helios.Typed.Tests.Numerics;

public sealed class NormKernelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(100)]
    [InlineData(768)]
    public void The_inverse_norm_agrees_with_the_reference(int length)
    {
        float[] x = KernelVectors.Random(length, seed: 11);
        Half[] halves = KernelVectors.Halves(x);

        AssertClose(NormKernel.InverseReference<float>(x), NormKernel.Inverse<float>(x), length);
        AssertClose(NormKernel.InverseReference<Half>(halves), NormKernel.Inverse<Half>(halves), length);
    }

    [Theory]
    [InlineData(3e18f)]
    [InlineData(1e-19f)]
    [InlineData(4e-20f)]
    public void Vectors_whose_squares_leave_the_range_of_a_float_keep_their_norms(float element)
    {
        float[] x = new float[100];
        Array.Fill(x, element);

        AssertClose((float)(1 / (10.0 * element)), NormKernel.Inverse<float>(x), x.Length);
    }

    [Fact]
    public void The_zero_vector_has_an_infinite_inverse_norm() =>
        Assert.Equal(float.PositiveInfinity, NormKernel.Inverse<float>(new float[20]));

    [Fact]
    public void Rows_are_measured_one_by_one()
    {
        float[] norms = new float[3];

        NormKernel.Inverse<float>([3, 4, 0, 2, 0.6f, 0.8f], 2, norms);

        Assert.Equal([0.2f, 0.5f, 1f], norms);
        Assert.Throws<ArgumentException>(() => NormKernel.Inverse<float>([1, 2, 3], 2, norms));
    }

    [Fact]
    public void Scaling_widens_and_multiplies()
    {
        float[] scaled = new float[2];

        NormKernel.Scale<Half>([(Half)1.5f, (Half)(-2)], 4, scaled);

        Assert.Equal([6f, -8f], scaled);
    }

    private static void AssertClose(float expected, float actual, int length) =>
        Assert.True(Math.Abs(actual - expected) <= length * KernelVectors.Epsilon * expected, $"{actual} instead of {expected}");
}
