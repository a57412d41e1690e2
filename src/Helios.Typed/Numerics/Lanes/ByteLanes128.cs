using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Helios.Typed.Numerics.Lanes;

/// <summary>Is 4 sums in a 128-bit register, for 16 bytes at once.</summary>
internal readonly struct ByteLanes128 : IByteLanes<ByteLanes128>
{
    private readonly Vector128<int> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ByteLanes128(Vector128<int> value) => _value = value;

    /// <summary>Gets the number of bytes that are multiplied at once.</summary>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 16;
    }

    /// <inheritdoc/>
    public static ByteLanes128 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector128<int>.Zero);
    }

    /// <summary>Gets whether the machine has such registers, and what multiplies bytes in them.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Ssse3.IsSupported || AdvSimd.IsSupported;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes128 operator +(ByteLanes128 a, ByteLanes128 b) => new(a._value + b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes128 AddProducts(ref readonly byte codes, ref readonly sbyte weights, nuint index, ByteLanes128 sum)
    {
        var left = Vector128.LoadUnsafe(in codes, index);
        var right = Vector128.LoadUnsafe(in weights, index);
        if (Ssse3.IsSupported)
        {
            Vector128<short> pairs = Ssse3.MultiplyAddAdjacent(left, right);
            return new(sum._value + Sse2.MultiplyAddAdjacent(pairs, Vector128<short>.One));
        }

        // Codes have no eighth bit, so that they are signed bytes as well.
        if (Dp.IsSupported)
        {
            return new(Dp.DotProduct(sum._value, left.AsSByte(), right));
        }

        Vector128<short> lower = AdvSimd.MultiplyWideningLower(left.AsSByte().GetLower(), right.GetLower());
        Vector128<short> upper = AdvSimd.MultiplyWideningLower(left.AsSByte().GetUpper(), right.GetUpper());
        return new(AdvSimd.AddPairwiseWideningAndAdd(AdvSimd.AddPairwiseWideningAndAdd(sum._value, lower), upper));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(ByteLanes128 value) => Vector128.Sum(value._value);
}
