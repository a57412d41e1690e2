using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Helios.Typed.Numerics.Lanes;

/// <summary>Is 8 floats in a 256-bit register.</summary>
internal readonly struct Lanes256 : ILanes<Lanes256>
{
    private readonly Vector256<float> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes256(Vector256<float> value) => _value = value;

    /// <summary>Gets the number of lanes.</summary>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 8;
    }

    /// <inheritdoc/>
    public static Lanes256 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector256<float>.Zero);
    }

    /// <summary>Gets whether the machine has such registers.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.IsHardwareAccelerated;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 a, Lanes256 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 a, Lanes256 b) => new(a._value - b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 a, Lanes256 b, Lanes256 c) => new(Vector256.MultiplyAddEstimate(a._value, b._value, c._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(ref readonly float source, nuint index) => new(Vector256.LoadUnsafe(in source, index));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(ref readonly Half source, nuint index)
    {
        var halves = Vector128.LoadUnsafe(in Unsafe.As<Half, short>(ref Unsafe.AsRef(in source)), index);
        var bits = Vector256.WidenLower(halves.ToVector256Unsafe()) << HalfBits.Shift;

        // A float's exponent is biased by 112 more than a half's: the product makes up for it, in subnormals as well.
        Vector256<int> magnitude = bits & Vector256.Create(HalfBits.MagnitudeMask);
        Vector256<float> scaled = magnitude.AsSingle() * Vector256.Create(HalfBits.Rebias);
        Vector256<int> special = Vector256.GreaterThanOrEqual(magnitude, Vector256.Create(HalfBits.FirstSpecial)) & Vector256.Create(HalfBits.SpecialExponent);
        Vector256<int> sign = bits & Vector256.Create(int.MinValue);
        return new((scaled.AsInt32() | special | sign).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes256 value, ref float destination, nuint index) => value._value.StoreUnsafe(ref destination, index);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 KeepLast(Lanes256 value, int count)
    {
        var kept = Vector256.GreaterThanOrEqual(Vector256<int>.Indices, Vector256.Create(8 - count));
        return new((value._value.AsInt32() & kept).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes256 value) => Vector256.Sum(value._value);
}
