using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Helios.Typed.Tests.Format;

/// <summary>Writes a row as one line of JSON, in which every value keeps all its bits; columns stand in the order of their names.</summary>
internal static class RowText
{
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.Default };

    public static string Of(string table, IEnumerable<(string Column, object? Value)> values)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, _options))
        {
            json.WriteStartObject();
            json.WriteString("table", table);
            json.WriteStartObject("row");
            foreach ((string column, object? value) in values.OrderBy(value => value.Column, StringComparer.Ordinal))
            {
                json.WritePropertyName(column);
                Write(json, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case byte[] bytes:
                json.WriteStringValue(Convert.ToHexString(bytes));
                break;
            case IEnumerable list:
                json.WriteStartArray();
                foreach (object? element in list)
                {
                    Write(json, element);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(TextOf(value));
                break;
        }
    }

    private static string TextOf(object value) => value switch
    {
        float number when float.IsNaN(number) => $"NaN {BitConverter.SingleToUInt32Bits(number):X8}",
        double number when double.IsNaN(number) => $"NaN {BitConverter.DoubleToUInt64Bits(number):X16}",
        DateTime or DateTimeOffset or DateOnly or TimeOnly => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        JsonElement document => document.GetRawText(),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"A value of type {value.GetType()} has no text.", nameof(value)),
    };
}
