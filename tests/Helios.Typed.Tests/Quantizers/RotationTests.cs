using Helios.Typed.Quantizers;
using Helios.Typed.Tests.Numerics;
using Xunit;

namespace Helios.Typed.Tests.Quantizers;

public sealed class RotationTests
{
    public static readonly TheoryData<int> Dimensions = [1, 2, 3, 5, 17, 64, 65, 100, 127, 384, 768, 1999, 2000];

    [Theory]
    [MemberData(nameof(Dimensions))]
    public void Lengths_and_angles_stay(int dimensions)
    {
        Rotation rotation = new(dimensions, seed: 11);
        float[][] before = [.. Enumerable.Range(0, 6).Select(i => KernelVectors.Random(dimensions, i))];
        float[][] after = [.. before.Select(vector => vector.ToArray())];

        foreach (float[] vector in after)
        {
            rotation.Apply(vector);
        }

        for (int a = 0; a < before.Length; a++)
        {
            for (int b = 0; b <= a; b++)
            {
                double expected = Dot(before[a], before[b]);
                Assert.Equal(expected, Dot(after[a], after[b]), 1e-5 * Math.Sqrt(Dot(before[a], before[a]) * Dot(before[b], before[b])));
            }
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(768)]
    [InlineData(2000)]
    public void One_element_is_spread_over_all(int dimensions)
    {
        for (int element = 0; element < dimensions; element += 33)
        {
            float[] vector = new float[dimensions];
            vector[element] = 1;

            new Rotation(dimensions, seed: 12).Apply(vector);

            // A random direction's largest element is near √(2·ln d / d).
            Assert.True(vector.Max(MathF.Abs) < 2.5 * Math.Sqrt(2 * Math.Log(dimensions) / dimensions), $"{vector.Max(MathF.Abs)} of element {element}");
        }
    }

    [Fact]
    public void The_seed_decides_and_nothing_else()
    {
        Assert.Equal(Rotated(13), Rotated(13));
        Assert.NotEqual(Rotated(13), Rotated(14));

        static float[] Rotated(ulong seed)
        {
            float[] vector = KernelVectors.Random(300, 3);
            new Rotation(300, seed).Apply(vector);
            return vector;
        }
    }

    [Fact]
    public void A_vector_of_another_length_is_refused()
    {
        Rotation rotation = new(10, seed: 1);

        Assert.Throws<ArgumentException>(() => rotation.Apply(new float[11]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rotation(0, seed: 1));
    }

    private static double Dot(float[] x, float[] y) => x.Zip(y, (a, b) => (double)a * b).Sum();
}
