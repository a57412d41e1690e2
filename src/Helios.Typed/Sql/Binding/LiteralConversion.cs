using System.Globalization;

namespace Helios.Typed.Sql.Binding;

/// <summary>Turns a literal into the type of the column it is compared with, where nothing is lost by it.</summary>
internal static class LiteralConversion
{
    /// <summary>Converts a value.</summary>
    /// <param name="from">What it is.</param>
    /// <param name="value">The value.</param>
    /// <param name="to">What it is to be.</param>
    /// <returns>The value as <paramref name="to"/>, or null where it cannot be one.</returns>
    internal static object? Convert(ColumnType from, object value, ColumnType to)
    {
        if (from == to)
        {
            return value;
        }

        return IsInteger(from) ? ConvertInteger(System.Convert.ToDecimal(value, CultureInfo.InvariantCulture), to)
            : from == ColumnType.Decimal ? ConvertDecimal((decimal)value, to)
            : from == ColumnType.Single && to == ColumnType.Double ? (double)(float)value
            : from == ColumnType.Double && to == ColumnType.Single && (double)(float)(double)value == (double)value ? (float)(double)value
            : null;
    }

    /// <summary>Says whether a type is one of the integers.</summary>
    /// <param name="type">The type.</param>
    internal static bool IsInteger(ColumnType type) => type is >= ColumnType.SByte and <= ColumnType.UInt64;

    private static object? ConvertInteger(decimal value, ColumnType to) => to switch
    {
        ColumnType.SByte => value is >= sbyte.MinValue and <= sbyte.MaxValue ? (sbyte)value : null,
        ColumnType.Byte => value is >= byte.MinValue and <= byte.MaxValue ? (byte)value : null,
        ColumnType.Int16 => value is >= short.MinValue and <= short.MaxValue ? (short)value : null,
        ColumnType.UInt16 => value is >= ushort.MinValue and <= ushort.MaxValue ? (ushort)value : null,
        ColumnType.Int32 => value is >= int.MinValue and <= int.MaxValue ? (int)value : null,
        ColumnType.UInt32 => value is >= uint.MinValue and <= uint.MaxValue ? (uint)value : null,
        ColumnType.Int64 => value is >= long.MinValue and <= long.MaxValue ? (long)value : null,
        ColumnType.UInt64 => value is >= ulong.MinValue and <= ulong.MaxValue ? (ulong)value : null,
        ColumnType.Decimal => value,
        ColumnType.Double => (decimal)(double)value == value ? (double)value : null,
        ColumnType.Single => (decimal)(float)value == value ? (float)value : null,
        _ => null,
    };

    // A decimal written in SQL is how floating-point numbers are written too: the nearest one is meant.
    private static object? ConvertDecimal(decimal value, ColumnType to) => to switch
    {
        ColumnType.Double => (double)value,
        ColumnType.Single => (float)value,
        _ when IsInteger(to) && decimal.Truncate(value) == value => ConvertInteger(value, to),
        _ => null,
    };
}
