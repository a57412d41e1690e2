using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Helios.Typed.Numerics.Lanes;

/// <summary>Is 16 sums in a 512-bit register, for 64 bytes at once.</summary>
/// <remarks>.NET has no 512-bit form of the one instruction that does it all (VPDPBUSD); two that it has are faster than its 256-bit form.</remarks>
internal readonly struct ByteLanes512 : IByteLanes<ByteLanes512>
{
    private readonly Vector512<int> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ByteLanes512(Vector512<int> value) => _value = value;

    /// <summary>Gets the number of bytes that are multiplied at once.</summary>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 64;
    }

    /// <inheritdoc/>
    public static ByteLanes512 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector512<int>.Zero);
    }

    /// <summary>Gets whether the machine has such registers, and what multiplies bytes in them.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.IsHardwareAccelerated && Avx512BW.IsSupported;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes512 operator +(ByteLanes512 a, ByteLanes512 b) => new(a._value + b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes512 AddProducts(ref readonly byte codes, ref readonly sbyte weights, nuint index, ByteLanes512 sum)
    {
        Vector512<short> pairs = Avx512BW.MultiplyAddAdjacent(Vector512.LoadUnsafe(in codes, index), Vector512.LoadUnsafe(in weights, index));
        return new(sum._value + Avx512BW.MultiplyAddAdjacent(pairs, Vector512<short>.One));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(ByteLanes512 value) => Vector512.Sum(value._value);
}
