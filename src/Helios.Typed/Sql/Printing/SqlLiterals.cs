using System.Globalization;
using System.Text;
using Helios.Typed.Sql.Ast;

namespace Helios.Typed.Sql.Printing;

/// <summary>Knows how values are written.</summary>
/// <remarks>
/// Dates, times and the like are strings that take the type of what they are compared with. Nothing depends on the culture,
/// and every value reads back as itself: decimals keep their scale, floating-point numbers print their shortest exact form.
/// A <see cref="float"/> names its type: PostgreSQL would read the same digits as a number that no column of floats holds.
/// </remarks>
internal static class SqlLiterals
{
    /// <summary>Appends a literal.</summary>
    /// <param name="text">Takes the text.</param>
    /// <param name="literal">The literal.</param>
    /// <param name="isCastOutside">Whether a cast around it says its type.</param>
    internal static void Append(StringBuilder text, Literal literal, bool isCastOutside = false)
    {
        switch (literal.Value)
        {
            case null:
                text.Append("NULL");
                break;
            case bool flag:
                text.Append(flag ? "TRUE" : "FALSE");
                break;
            case string words:
                AppendString(text, words);
                break;
            case byte[] bytes:
                AppendBytes(text, bytes);
                break;
            case float number when isCastOutside:
                AppendNumber(text, number, number.ToString("R", CultureInfo.InvariantCulture));
                break;
            case float number:
                text.Append('\'').Append(number.ToString("R", CultureInfo.InvariantCulture)).Append("'::real");
                break;
            case double number:
                AppendNumber(text, number, number.ToString("R", CultureInfo.InvariantCulture));
                break;
            case TimeSpan interval:
                AppendInterval(text, interval);
                break;
            case IFormattable value when literal.Type is { } type && FormatOf(type) is { } format:
                AppendString(text, value.ToString(format, CultureInfo.InvariantCulture));
                break;
            case IFormattable number:
                text.Append(number.ToString(null, CultureInfo.InvariantCulture));
                break;
            default:
                AppendString(text, literal.Value.ToString() ?? "");
                break;
        }
    }

    /// <summary>Appends a vector's elements in brackets and quotes.</summary>
    /// <param name="text">Takes the text.</param>
    /// <param name="elements">The elements.</param>
    /// <param name="most">How many elements are written before the rest is left out.</param>
    internal static void AppendVector(StringBuilder text, IReadOnlyList<float> elements, int most)
    {
        text.Append("'[");
        for (int i = 0; i < Math.Min(elements.Count, most); i++)
        {
            text.Append(i == 0 ? "" : ",").Append(elements[i].ToString("R", CultureInfo.InvariantCulture));
        }

        text.Append(elements.Count > most ? ",…]'" : "]'");
    }

    /// <summary>Names a type as SQL does.</summary>
    /// <param name="type">The type.</param>
    internal static string NameOf(ColumnType type) => type switch
    {
        ColumnType.Boolean => "boolean",
        ColumnType.SByte or ColumnType.Byte or ColumnType.Int16 => "smallint",
        ColumnType.UInt16 or ColumnType.Int32 => "integer",
        ColumnType.UInt32 or ColumnType.Int64 => "bigint",
        ColumnType.UInt64 or ColumnType.Decimal => "numeric",
        ColumnType.Single => "real",
        ColumnType.Double => "double precision",
        ColumnType.Text => "text",
        ColumnType.Guid => "uuid",
        ColumnType.DateTime => "timestamp",
        ColumnType.DateTimeOffset => "timestamptz",
        ColumnType.DateOnly => "date",
        ColumnType.TimeOnly => "time",
        ColumnType.TimeSpan => "interval",
        ColumnType.Binary => "bytea",
        ColumnType.Json => "jsonb",
        ColumnType.Vector => "vector",
        _ => "halfvec",
    };

    // DateOnly and TimeOnly are unknown to the generator's framework, so they are formatted by their column type.
    private static string? FormatOf(ColumnType type) => type switch
    {
        ColumnType.Guid => "D",
        ColumnType.DateTime => "yyyy-MM-ddTHH:mm:ss.FFFFFFFK",
        ColumnType.DateTimeOffset => "yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz",
        ColumnType.DateOnly => "yyyy-MM-dd",
        ColumnType.TimeOnly => "HH:mm:ss.FFFFFFF",
        _ => null,
    };

    private static void AppendNumber(StringBuilder text, double number, string printed)
    {
        bool finite = !double.IsNaN(number) && !double.IsInfinity(number);
        text.Append(finite ? printed : "'" + printed + "'");
    }

    private static void AppendString(StringBuilder text, string value) =>
        text.Append('\'').Append(value.Replace("'", "''")).Append('\'');

    private static void AppendBytes(StringBuilder text, byte[] bytes)
    {
        text.Append("'\\x");
        foreach (byte b in bytes)
        {
            text.Append(b.ToString("x2", CultureInfo.InvariantCulture));
        }

        text.Append('\'');
    }

    // Hours and smaller only: PostgreSQL gives each field a sign of its own once days stand beside them.
    private static void AppendInterval(StringBuilder text, TimeSpan interval)
    {
        decimal ticks = Math.Abs((decimal)interval.Ticks);
        decimal hours = decimal.Truncate(ticks / TimeSpan.TicksPerHour);
        TimeSpan rest = new((long)(ticks - (hours * TimeSpan.TicksPerHour)));
        text.Append(interval.Ticks < 0 ? "'-" : "'")
            .Append(hours.ToString("00", CultureInfo.InvariantCulture))
            .Append(rest.ToString(rest.Ticks % TimeSpan.TicksPerSecond == 0 ? @"\:mm\:ss" : @"\:mm\:ss\.FFFFFFF", CultureInfo.InvariantCulture))
            .Append('\'');
    }
}
