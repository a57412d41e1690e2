using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Helios.Typed.Numerics.Lanes;
using Helios.Typed.Primitives;

namespace Helios.Typed.Numerics;

/// <summary>Is what a kernel adds up over the elements of two vectors; a struct, so that each kernel is compiled for itself.</summary>
internal interface ITerm
{
    /// <summary>Adds the terms of one register's lanes to a running sum.</summary>
    static abstract TLanes Add<TLanes>(TLanes x, TLanes y, TLanes sum)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>Gives the term of one pair of elements: the definition.</summary>
    static abstract float Of(float x, float y);
}

/// <summary>Sums a term over two vectors of shape [d], whose elements are <see cref="float"/> or <see cref="Half"/>.</summary>
/// <remarks>
/// Sums lane by lane in the widest registers that the machine has and the vectors fill, so the order of the additions,
/// and with it the last bits, depend on the machine. Half-precision elements are widened exactly.
/// </remarks>
internal static class PairSum
{
    /// <summary>Gets the bits of the widest registers that the machine has: 512, 256 or 128; or the 32 of a single number.</summary>
    public static int RegisterBits => 8 * sizeof(float) * (Lanes512.IsSupported ? Lanes512.Count : Lanes256.IsSupported ? Lanes256.Count : Lanes128.IsSupported ? Lanes128.Count : 1);

    /// <summary>Sums the term over two vectors.</summary>
    /// <exception cref="ArgumentException">The vectors differ in length.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Compute<TTerm, TLeft, TRight>(ReadOnlySpan<TLeft> x, ReadOnlySpan<TRight> y)
        where TTerm : struct, ITerm
        where TLeft : unmanaged
        where TRight : unmanaged
    {
        Throw.IfLengthsDiffer(x, y);
        return Compute<TTerm, TLeft, TRight>(in MemoryMarshal.GetReference(x), in MemoryMarshal.GetReference(y), x.Length);
    }

    /// <summary>Sums the term over two vectors whose lengths the caller has checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Compute<TTerm, TLeft, TRight>(ref readonly TLeft x, ref readonly TRight y, int length)
        where TTerm : struct, ITerm
        where TLeft : unmanaged
        where TRight : unmanaged =>
        Lanes512.IsSupported && length >= Lanes512.Count ? Core<Lanes512, TTerm, TLeft, TRight>(in x, in y, length)
            : Lanes256.IsSupported && length >= Lanes256.Count ? Core<Lanes256, TTerm, TLeft, TRight>(in x, in y, length)
            : Lanes128.IsSupported && length >= Lanes128.Count ? Core<Lanes128, TTerm, TLeft, TRight>(in x, in y, length)
            : Scalar<TTerm, TLeft, TRight>(in x, in y, length);

    /// <summary>Sums in registers of one width; the vectors fill at least one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Core<TLanes, TTerm, TLeft, TRight>(ref readonly TLeft x, ref readonly TRight y, int length)
        where TLanes : struct, ILanes<TLanes>
        where TTerm : struct, ITerm
        where TLeft : unmanaged
        where TRight : unmanaged
    {
        // Four running sums: a multiply-add takes four cycles and two can start in each,
        // so a single sum would leave the unit waiting on itself.
        TLanes sum0 = TLanes.Zero, sum1 = TLanes.Zero, sum2 = TLanes.Zero, sum3 = TLanes.Zero;
        int width = TLanes.Count;
        int i = 0;
        for (; i <= length - (4 * width); i += 4 * width)
        {
            sum0 = TTerm.Add(Load<TLanes, TLeft>(in x, i), Load<TLanes, TRight>(in y, i), sum0);
            sum1 = TTerm.Add(Load<TLanes, TLeft>(in x, i + width), Load<TLanes, TRight>(in y, i + width), sum1);
            sum2 = TTerm.Add(Load<TLanes, TLeft>(in x, i + (2 * width)), Load<TLanes, TRight>(in y, i + (2 * width)), sum2);
            sum3 = TTerm.Add(Load<TLanes, TLeft>(in x, i + (3 * width)), Load<TLanes, TRight>(in y, i + (3 * width)), sum3);
        }

        if (i <= length - (2 * width))
        {
            sum0 = TTerm.Add(Load<TLanes, TLeft>(in x, i), Load<TLanes, TRight>(in y, i), sum0);
            sum1 = TTerm.Add(Load<TLanes, TLeft>(in x, i + width), Load<TLanes, TRight>(in y, i + width), sum1);
            i += 2 * width;
        }

        if (i <= length - width)
        {
            sum2 = TTerm.Add(Load<TLanes, TLeft>(in x, i), Load<TLanes, TRight>(in y, i), sum2);
            i += width;
        }

        if (i < length)
        {
            // The last register reaches back over elements that are summed already: those lanes count as zero.
            TLanes lastX = TLanes.KeepLast(Load<TLanes, TLeft>(in x, length - width), length - i);
            TLanes lastY = TLanes.KeepLast(Load<TLanes, TRight>(in y, length - width), length - i);
            sum3 = TTerm.Add(lastX, lastY, sum3);
        }

        return TLanes.Sum(sum0 + sum1 + (sum2 + sum3));
    }

    /// <summary>Sums one element after the other: the definition, which tests hold every width to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Scalar<TTerm, TLeft, TRight>(ref readonly TLeft x, ref readonly TRight y, int length)
        where TTerm : struct, ITerm
        where TLeft : unmanaged
        where TRight : unmanaged
    {
        float sum = 0;
        for (int i = 0; i < length; i++)
        {
            sum += TTerm.Of(ToFloat(Unsafe.Add(ref Unsafe.AsRef(in x), i)), ToFloat(Unsafe.Add(ref Unsafe.AsRef(in y), i)));
        }

        return sum;
    }

    /// <summary>Widens one element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float ToFloat<TElement>(TElement element)
        where TElement : unmanaged =>
        typeof(TElement) == typeof(Half) ? (float)Unsafe.BitCast<TElement, Half>(element) : Unsafe.BitCast<TElement, float>(element);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Load<TLanes, TElement>(ref readonly TElement source, int index)
        where TLanes : struct, ILanes<TLanes>
        where TElement : unmanaged =>
        typeof(TElement) == typeof(Half)
            ? TLanes.Load(in Unsafe.As<TElement, Half>(ref Unsafe.AsRef(in source)), (nuint)index)
            : TLanes.Load(in Unsafe.As<TElement, float>(ref Unsafe.AsRef(in source)), (nuint)index);
}
