using Helios.Typed.Numerics.Lanes;
using Helios.Typed.Numerics;
using Xunit;

namespace Helios.Typed.Tests.Numerics;

/// <summary>Makes the vectors and names the widths that kernels are tested with.</summary>
internal static class KernelVectors
{
    public const float Epsilon = 1.1920929e-7f;

    public static readonly TheoryData<int> Lengths =
        [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 100, 127, 129, 255, 256, 257, 768, 1536];

    /// <summary>Makes elements of both signs from −2 to 2.</summary>
    public static float[] Random(int length, int seed)
    {
        Random random = new(seed);
        float[] vector = new float[length];
        for (int i = 0; i < length; i++)
        {
            vector[i] = (random.NextSingle() * 4) - 2;
        }

        return vector;
    }

    public static Half[] Halves(ReadOnlySpan<float> vector)
    {
        var halves = new Half[vector.Length];
        for (int i = 0; i < halves.Length; i++)
        {
            halves[i] = (Half)vector[i];
        }

        return halves;
    }

    public static float[] Widened(ReadOnlySpan<Half> halves)
    {
        float[] vector = new float[halves.Length];
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = (float)halves[i];
        }

        return vector;
    }

    /// <summary>Sums through every width that the machine has and the vectors fill, and through the dispatch.</summary>
    public static List<(string Width, float Sum)> Everywhere<TTerm, TLeft, TRight>(ReadOnlySpan<TLeft> x, ReadOnlySpan<TRight> y)
        where TTerm : struct, ITerm
        where TLeft : unmanaged
        where TRight : unmanaged
    {
        List<(string, float)> sums =
        [
            ("dispatch", PairSum.Compute<TTerm, TLeft, TRight>(x, y)),
            ("scalar", x.IsEmpty ? 0 : PairSum.Scalar<TTerm, TLeft, TRight>(in x[0], in y[0], x.Length)),
        ];
        Add<Lanes128, TTerm, TLeft, TRight>(sums, Lanes128.IsSupported, x, y);
        Add<Lanes256, TTerm, TLeft, TRight>(sums, Lanes256.IsSupported, x, y);
        Add<Lanes512, TTerm, TLeft, TRight>(sums, Lanes512.IsSupported, x, y);
        return sums;
    }

    private static void Add<TLanes, TTerm, TLeft, TRight>(List<(string, float)> sums, bool isSupported, ReadOnlySpan<TLeft> x, ReadOnlySpan<TRight> y)
        where TLanes : struct, ILanes<TLanes>
        where TTerm : struct, ITerm
        where TLeft : unmanaged
        where TRight : unmanaged
    {
        if (isSupported && x.Length >= TLanes.Count)
        {
            sums.Add(($"{TLanes.Count} lanes", PairSum.Core<TLanes, TTerm, TLeft, TRight>(in x[0], in y[0], x.Length)));
        }
    }
}
