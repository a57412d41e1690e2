using System.Numerics;
using Helios.Typed.Numerics;

namespace Helios.Typed.Quantizers;

/// <summary>Turns vectors in space by a fixed random amount, so that no element of theirs stands out: lengths and angles stay.</summary>
/// <remarks>
/// A random orthonormal matrix would cost d² steps. We take random signs and a Hadamard transform instead, which mixes as many
/// elements as the largest power of two p ≤ d in p·log₂ p steps; it is applied to the first p elements and then to the last p,
/// three times over (as RaBitQ's FhtKac does, Gao and others 2024, without Kac's walk). Every machine computes the same bits.
/// </remarks>
internal sealed class Rotation
{
    /// <summary>How often the elements are mixed.</summary>
    public const int Rounds = 3;

    private readonly int _reach;

    // Signs, and the factor that keeps a Hadamard transform's lengths: for the first p elements with the rest, then for the last p.
    private readonly float[][] _heads;
    private readonly float[][] _tails;

    /// <summary>Draws a rotation.</summary>
    /// <param name="dimensions">The elements of a vector, at least 1.</param>
    /// <param name="seed">Decides it.</param>
    public Rotation(int dimensions, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        _reach = 1 << BitOperations.Log2((uint)dimensions);
        float scale = (float)(1 / Math.Sqrt(_reach));
        ulong state = seed;
        _heads = new float[Rounds][];
        _tails = new float[Rounds][];
        for (int round = 0; round < Rounds; round++)
        {
            _heads[round] = new float[dimensions];
            for (int i = 0; i < dimensions; i++)
            {
                _heads[round][i] = NextSign(ref state) * (i < _reach ? scale : 1);
            }

            _tails[round] = new float[_reach == dimensions ? 0 : _reach];
            for (int i = 0; i < _tails[round].Length; i++)
            {
                _tails[round][i] = NextSign(ref state) * scale;
            }
        }
    }

    /// <summary>Rotates a vector in place.</summary>
    /// <exception cref="ArgumentException">It has another number of elements.</exception>
    public void Apply(Span<float> vector)
    {
        for (int round = 0; round < Rounds; round++)
        {
            HadamardKernel.Multiply(vector, _heads[round]);
            HadamardKernel.Transform(vector[.._reach]);
            if (_tails[round].Length > 0)
            {
                Span<float> tail = vector[^_reach..];
                HadamardKernel.Multiply(tail, _tails[round]);
                HadamardKernel.Transform(tail);
            }
        }
    }

    // SplitMix64.
    private static float NextSign(ref ulong state)
    {
        state += 0x9E37_79B9_7F4A_7C15ul;
        ulong x = state;
        x = (x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9ul;
        x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EBul;
        return ((x ^ (x >> 31)) >> 63) == 0 ? 1 : -1;
    }
}
