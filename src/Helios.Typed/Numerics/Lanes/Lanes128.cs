using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Helios.Typed.Numerics.Lanes;

/// <summary>Is 4 floats in a 128-bit register.</summary>
internal readonly struct Lanes128 : ILanes<Lanes128>
{
    private readonly Vector128<float> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes128(Vector128<float> value) => _value = value;

    /// <summary>Gets the number of lanes.</summary>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4;
    }

    /// <inheritdoc/>
    public static Lanes128 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector128<float>.Zero);
    }

    /// <summary>Gets whether the machine has such registers.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.IsHardwareAccelerated;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 a, Lanes128 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 a, Lanes128 b) => new(a._value - b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 a, Lanes128 b, Lanes128 c) => new(Vector128.MultiplyAddEstimate(a._value, b._value, c._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(ref readonly float source, nuint index) => new(Vector128.LoadUnsafe(in source, index));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(ref readonly Half source, nuint index)
    {
        var halves = Vector64.LoadUnsafe(in Unsafe.As<Half, short>(ref Unsafe.AsRef(in source)), index);
        var bits = Vector128.WidenLower(halves.ToVector128Unsafe()) << HalfBits.Shift;

        // A float's exponent is biased by 112 more than a half's: the product makes up for it, in subnormals as well.
        Vector128<int> magnitude = bits & Vector128.Create(HalfBits.MagnitudeMask);
        Vector128<float> scaled = magnitude.AsSingle() * Vector128.Create(HalfBits.Rebias);
        Vector128<int> special = Vector128.GreaterThanOrEqual(magnitude, Vector128.Create(HalfBits.FirstSpecial)) & Vector128.Create(HalfBits.SpecialExponent);
        Vector128<int> sign = bits & Vector128.Create(int.MinValue);
        return new((scaled.AsInt32() | special | sign).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes128 value, ref float destination, nuint index) => value._value.StoreUnsafe(ref destination, index);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 KeepLast(Lanes128 value, int count)
    {
        var kept = Vector128.GreaterThanOrEqual(Vector128<int>.Indices, Vector128.Create(4 - count));
        return new((value._value.AsInt32() & kept).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes128 value) => Vector128.Sum(value._value);
}
