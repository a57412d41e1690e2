using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Helios.Typed.Numerics.Lanes;

/// <summary>Is 8 sums in a 256-bit register, for 32 bytes at once.</summary>
/// <remarks>AvxVnni has one instruction for it where this takes two and an addition, and measured no faster: both wait for the loads.</remarks>
internal readonly struct ByteLanes256 : IByteLanes<ByteLanes256>
{
    private readonly Vector256<int> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ByteLanes256(Vector256<int> value) => _value = value;

    /// <summary>Gets the number of bytes that are multiplied at once.</summary>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 32;
    }

    /// <inheritdoc/>
    public static ByteLanes256 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector256<int>.Zero);
    }

    /// <summary>Gets whether the machine has such registers, and what multiplies bytes in them.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.IsHardwareAccelerated && Avx2.IsSupported;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes256 operator +(ByteLanes256 a, ByteLanes256 b) => new(a._value + b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes256 AddProducts(ref readonly byte codes, ref readonly sbyte weights, nuint index, ByteLanes256 sum)
    {
        Vector256<short> pairs = Avx2.MultiplyAddAdjacent(Vector256.LoadUnsafe(in codes, index), Vector256.LoadUnsafe(in weights, index));
        return new(sum._value + Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(ByteLanes256 value) => Vector256.Sum(value._value);
}
