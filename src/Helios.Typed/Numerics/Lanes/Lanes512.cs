using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Helios.Typed.Numerics.Lanes;

/// <summary>Is 16 floats in a 512-bit register.</summary>
internal readonly struct Lanes512 : ILanes<Lanes512>
{
    private readonly Vector512<float> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes512(Vector512<float> value) => _value = value;

    /// <summary>Gets the number of lanes.</summary>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 16;
    }

    /// <inheritdoc/>
    public static Lanes512 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector512<float>.Zero);
    }

    /// <summary>Gets whether the machine has such registers.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.IsHardwareAccelerated;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator +(Lanes512 a, Lanes512 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 a, Lanes512 b) => new(a._value - b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(Lanes512 a, Lanes512 b, Lanes512 c) => new(Vector512.MultiplyAddEstimate(a._value, b._value, c._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(ref readonly float source, nuint index) => new(Vector512.LoadUnsafe(in source, index));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(ref readonly Half source, nuint index)
    {
        var halves = Vector256.LoadUnsafe(in Unsafe.As<Half, short>(ref Unsafe.AsRef(in source)), index);
        var bits = Vector512.WidenLower(halves.ToVector512Unsafe()) << HalfBits.Shift;

        // A float's exponent is biased by 112 more than a half's: the product makes up for it, in subnormals as well.
        Vector512<int> magnitude = bits & Vector512.Create(HalfBits.MagnitudeMask);
        Vector512<float> scaled = magnitude.AsSingle() * Vector512.Create(HalfBits.Rebias);
        Vector512<int> special = Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(HalfBits.FirstSpecial)) & Vector512.Create(HalfBits.SpecialExponent);
        Vector512<int> sign = bits & Vector512.Create(int.MinValue);
        return new((scaled.AsInt32() | special | sign).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes512 value, ref float destination, nuint index) => value._value.StoreUnsafe(ref destination, index);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 KeepLast(Lanes512 value, int count)
    {
        var kept = Vector512.GreaterThanOrEqual(Vector512<int>.Indices, Vector512.Create(16 - count));
        return new((value._value.AsInt32() & kept).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes512 value) => Vector512.Sum(value._value);
}
