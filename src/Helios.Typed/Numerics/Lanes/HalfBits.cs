namespace Helios.Typed.Numerics.Lanes;

/// <summary>Says where a half-precision float's bits go when it is widened, there being no instruction that .NET offers.</summary>
/// <remarks>
/// The sixteen bits are sign-extended and shifted left by 13, so that the sign stands at bit 31 and exponent and fraction
/// stand where a float has them.
/// </remarks>
internal static class HalfBits
{
    /// <summary>The difference of the widths of the fractions.</summary>
    public const int Shift = 13;

    /// <summary>Exponent and fraction after the shift.</summary>
    public const int MagnitudeMask = 0x0FFF_E000;

    /// <summary>The smallest magnitude that is an infinity or a NaN.</summary>
    public const int FirstSpecial = 0x0F80_0000;

    /// <summary>A float's exponent of infinities and NaNs.</summary>
    public const int SpecialExponent = 0x7F80_0000;

    /// <summary>2¹¹²: from a half's bias of 15 to a float's of 127.</summary>
    public const float Rebias = 5.192296858534828e33f;
}
