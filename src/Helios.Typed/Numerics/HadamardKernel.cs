using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Helios.Typed.Numerics.Lanes;
using Helios.Typed.Primitives;

namespace Helios.Typed.Numerics;

/// <summary>Computes Walsh–Hadamard transforms in place.</summary>
/// <remarks>Every width adds the same numbers in the same order, so that the outcome is the same, bit for bit, on every machine.</remarks>
internal static class HadamardKernel
{
    // The steps that reach less far than a register is wide are done on so many elements at a time, in scalar registers.
    private const int Block = 16;

    /// <summary>Replaces x by Hx, where H has the entries ±1: the squared length grows by the number of elements.</summary>
    /// <param name="x">A power of two of elements.</param>
    public static void Transform(Span<float> x)
    {
        ref float first = ref MemoryMarshal.GetReference(x);
        if (x.Length < Block)
        {
            TransformShort(x);
        }
        else if (Lanes512.IsSupported)
        {
            Core<Lanes512>(ref first, x.Length);
        }
        else if (Lanes256.IsSupported)
        {
            Core<Lanes256>(ref first, x.Length);
        }
        else if (Lanes128.IsSupported)
        {
            Core<Lanes128>(ref first, x.Length);
        }
        else
        {
            TransformShort(x);
        }
    }

    /// <summary>Multiplies element by element, in place.</summary>
    /// <exception cref="ArgumentException">The vectors differ in length.</exception>
    public static void Multiply(Span<float> x, ReadOnlySpan<float> factors)
    {
        Throw.IfLengthsDiffer<float, float>(x, factors);
        int i = 0;
        if (Lanes512.IsSupported)
        {
            i = Multiply<Lanes512>(x, factors);
        }
        else if (Lanes256.IsSupported)
        {
            i = Multiply<Lanes256>(x, factors);
        }
        else if (Lanes128.IsSupported)
        {
            i = Multiply<Lanes128>(x, factors);
        }

        for (; i < x.Length; i++)
        {
            x[i] *= factors[i];
        }
    }

    /// <summary>Transforms in registers of one width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Core<TLanes>(ref float x, int length)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int start = 0; start < length; start += Block)
        {
            TransformBlock(ref Unsafe.Add(ref x, start));
        }

        for (int reach = Block; reach < length; reach *= 2)
        {
            for (int start = 0; start < length; start += 2 * reach)
            {
                for (int i = start; i < start + reach; i += TLanes.Count)
                {
                    var a = TLanes.Load(in x, (nuint)i);
                    var b = TLanes.Load(in x, (nuint)(i + reach));
                    TLanes.Store(a + b, ref x, (nuint)i);
                    TLanes.Store(a - b, ref x, (nuint)(i + reach));
                }
            }
        }
    }

    /// <summary>The definition, step by step; tests hold every width to it.</summary>
    internal static void TransformShort(Span<float> x)
    {
        for (int reach = 1; reach < x.Length; reach *= 2)
        {
            for (int start = 0; start < x.Length; start += 2 * reach)
            {
                for (int i = start; i < start + reach; i++)
                {
                    (x[i], x[i + reach]) = (x[i] + x[i + reach], x[i] - x[i + reach]);
                }
            }
        }
    }

    private static int Multiply<TLanes>(Span<float> x, ReadOnlySpan<float> factors)
        where TLanes : struct, ILanes<TLanes>
    {
        ref float first = ref MemoryMarshal.GetReference(x);
        int i = 0;
        for (; i <= x.Length - TLanes.Count; i += TLanes.Count)
        {
            var product = TLanes.MultiplyAdd(TLanes.Load(in first, (nuint)i), TLanes.Load(in MemoryMarshal.GetReference(factors), (nuint)i), TLanes.Zero);
            TLanes.Store(product, ref first, (nuint)i);
        }

        return i;
    }

    // The first four steps on sixteen elements.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransformBlock(ref float x)
    {
        for (int half = 0; half < Block; half += Block / 2)
        {
            TransformEight(ref Unsafe.Add(ref x, half));
        }

        for (int i = 0; i < Block / 2; i++)
        {
            float a = Unsafe.Add(ref x, i);
            float b = Unsafe.Add(ref x, i + (Block / 2));
            Unsafe.Add(ref x, i) = a + b;
            Unsafe.Add(ref x, i + (Block / 2)) = a - b;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransformEight(ref float x)
    {
        float a0 = x + Unsafe.Add(ref x, 1);
        float a1 = x - Unsafe.Add(ref x, 1);
        float a2 = Unsafe.Add(ref x, 2) + Unsafe.Add(ref x, 3);
        float a3 = Unsafe.Add(ref x, 2) - Unsafe.Add(ref x, 3);
        float a4 = Unsafe.Add(ref x, 4) + Unsafe.Add(ref x, 5);
        float a5 = Unsafe.Add(ref x, 4) - Unsafe.Add(ref x, 5);
        float a6 = Unsafe.Add(ref x, 6) + Unsafe.Add(ref x, 7);
        float a7 = Unsafe.Add(ref x, 6) - Unsafe.Add(ref x, 7);
        (float b0, float b2) = (a0 + a2, a0 - a2);
        (float b1, float b3) = (a1 + a3, a1 - a3);
        (float b4, float b6) = (a4 + a6, a4 - a6);
        (float b5, float b7) = (a5 + a7, a5 - a7);
        x = b0 + b4;
        Unsafe.Add(ref x, 1) = b1 + b5;
        Unsafe.Add(ref x, 2) = b2 + b6;
        Unsafe.Add(ref x, 3) = b3 + b7;
        Unsafe.Add(ref x, 4) = b0 - b4;
        Unsafe.Add(ref x, 5) = b1 - b5;
        Unsafe.Add(ref x, 6) = b2 - b6;
        Unsafe.Add(ref x, 7) = b3 - b7;
    }
}
