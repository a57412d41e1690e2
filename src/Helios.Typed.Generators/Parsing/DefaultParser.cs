using System.Globalization;
using Helios.Typed.Generators.Diagnostics;
using Helios.Typed.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Helios.Typed.Generators.Parsing;

/// <summary>Turns <c>[DefaultValue]</c> into the expression of a column's default.</summary>
internal static class DefaultParser
{
    /// <summary>Makes the expression; null where there is no default or it was refused.</summary>
    public static string? Parse(MappedProperty property, ValueModel value, bool isKey, DiagnosticBag diagnostics)
    {
        if (property.Attributes.Find(AttributeNames.DefaultValue) is not { ConstructorArguments.Length: > 0 } attribute)
        {
            return null;
        }

        bool isNull = attribute.ConstructorArguments.Last() is { Kind: not TypedConstantKind.Array, IsNull: true };
        string? problem = null;
        string? expression = null;
        if (isKey || value.IsVector || value.IsList)
        {
            problem = isNull && !isKey ? null : "keys and vectors have no default, and lists begin empty; remove the attribute";
        }
        else if (value.IsNullable)
        {
            problem = isNull ? null : "the property may be null, which is what rows without it read as; make it take no null, or remove the attribute";
        }
        else if ((expression = Express(value.Type, attribute.ConstructorArguments)) is null)
        {
            problem = value.Type is ColumnType.Binary or ColumnType.Json
                ? $"a {value.Type} has none; make the property nullable"
                : $"it is not a constant of the column's type, {value.Type}{Hint(value.Type)}";
        }

        if (problem is not null)
        {
            diagnostics.Add(DiagnosticDescriptors.DefaultValue, AttributeReader.LocationOf(attribute, attribute.ConstructorArguments.Length - 1), property.Name, problem);
        }

        return expression;
    }

    private static string Hint(ColumnType type) => type switch
    {
        ColumnType.Decimal => "; write it as [DefaultValue(typeof(decimal), \"1.5\")]",
        ColumnType.Guid or ColumnType.DateTime or ColumnType.DateTimeOffset or ColumnType.DateOnly or ColumnType.TimeOnly or ColumnType.TimeSpan =>
            $"; write it as [DefaultValue(typeof({type}), \"…\")]",
        _ => "",
    };

    private static string? Express(ColumnType type, IReadOnlyList<TypedConstant> arguments) => arguments switch
    {
        [{ Kind: TypedConstantKind.Primitive or TypedConstantKind.Enum, Value: { } value }] => Express(type, value),
        [{ Kind: TypedConstantKind.Type, Value: ITypeSymbol given }, { Value: string text }] when given.Name == type.ToString() => Parse(type, text),
        _ => null,
    };

    private static string? Express(ColumnType type, object value) => (type, value) switch
    {
        (ColumnType.Boolean, bool flag) => flag ? "true" : "false",
        (ColumnType.Text, string text) => SymbolDisplay.FormatLiteral(text, quote: true),
        (ColumnType.Single, float or double or int) => Float(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        (ColumnType.Double, float or double or int) => Double(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        (ColumnType.Decimal, int or long) => $"{Text(value)}M",
        (_, sbyte or byte or short or ushort or int or uint or long or ulong) => Integer(type, Convert.ToDecimal(value, CultureInfo.InvariantCulture)),
        _ => null,
    };

    private static string? Integer(ColumnType type, decimal value)
    {
        (decimal least, decimal most) = type switch
        {
            ColumnType.SByte => (sbyte.MinValue, sbyte.MaxValue),
            ColumnType.Byte => (byte.MinValue, byte.MaxValue),
            ColumnType.Int16 => (short.MinValue, short.MaxValue),
            ColumnType.UInt16 => (ushort.MinValue, ushort.MaxValue),
            ColumnType.Int32 => (int.MinValue, int.MaxValue),
            ColumnType.UInt32 => (uint.MinValue, uint.MaxValue),
            ColumnType.Int64 => (long.MinValue, long.MaxValue),
            ColumnType.UInt64 => ((decimal)ulong.MinValue, (decimal)ulong.MaxValue),
            _ => (1, 0),
        };
        return value < least || value > most ? null
            : value is >= int.MinValue and <= int.MaxValue ? Text(value)
            : value <= long.MaxValue ? $"{Text(value)}L"
            : $"{Text(value)}UL";
    }

    private static string? Float(double value) =>
        !double.IsInfinity(value) && (float)value == value ? ((float)value).ToString("R", CultureInfo.InvariantCulture) + "F" : null;

    private static string? Double(double value) =>
        double.IsInfinity(value) || double.IsNaN(value) ? null : value.ToString("R", CultureInfo.InvariantCulture) + "D";

    private static string? Parse(ColumnType type, string text)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        return type switch
        {
            ColumnType.Decimal when decimal.TryParse(text, NumberStyles.Number, culture, out decimal number) => $"{Text(number)}M",
            ColumnType.Guid when Guid.TryParse(text, out Guid guid) => $"global::System.Guid.Parse(\"{guid}\")",
            ColumnType.DateTime when DateTime.TryParse(text, culture, DateTimeStyles.RoundtripKind, out DateTime time) && time.Kind != DateTimeKind.Local =>
                $"new global::System.DateTime({Text(time.Ticks)}L, global::System.DateTimeKind.{time.Kind})",
            ColumnType.DateTimeOffset when DateTimeOffset.TryParse(text, culture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) =>
                $"new global::System.DateTimeOffset({Text(time.Ticks)}L, new global::System.TimeSpan({Text(time.Offset.Ticks)}L))",
            ColumnType.TimeSpan when TimeSpan.TryParse(text, culture, out TimeSpan span) => $"new global::System.TimeSpan({Text(span.Ticks)}L)",
            ColumnType.DateOnly when DateTime.TryParseExact(text, "yyyy-MM-dd", culture, DateTimeStyles.None, out DateTime day) =>
                $"new global::System.DateOnly({day.Year}, {day.Month}, {day.Day})",
            ColumnType.TimeOnly when TimeSpan.TryParse(text, culture, out TimeSpan time) && time >= TimeSpan.Zero && time < TimeSpan.FromDays(1) =>
                $"new global::System.TimeOnly({Text(time.Ticks)}L)",
            _ => null,
        };
    }

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
