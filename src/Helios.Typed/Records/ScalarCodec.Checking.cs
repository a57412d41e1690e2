using System.Text.Json;
using System.Text.Unicode;

namespace Helios.Typed.Records;

/// <summary>Tells cells that can be read from those that cannot, and makes no values of them.</summary>
internal static partial class ScalarCodec
{
    /// <summary>Checks a cell as reading it does.</summary>
    /// <exception cref="InvalidDataException">It is not one of the type.</exception>
    public static void Require(ColumnType type, ReadOnlySpan<byte> cell)
    {
        switch (type)
        {
            case ColumnType.Text:
                RequireUtf8(cell, "UTF-8");
                break;
            case ColumnType.Json:
                RequireJson(cell);
                break;
            case ColumnType.Binary:
                break;
            case ColumnType.Decimal:
                Read<decimal>(cell);
                break;
            case ColumnType.DateTime:
                Read<DateTime>(cell);
                break;
            case ColumnType.DateTimeOffset:
                Read<DateTimeOffset>(cell);
                break;
            case ColumnType.DateOnly:
                Read<DateOnly>(cell);
                break;
            case ColumnType.TimeOnly:
                Read<TimeOnly>(cell);
                break;
            case ColumnType.Boolean:
                Read<bool>(cell);
                break;
            default:
                RequireWidth(type, cell);
                break;
        }
    }

    /// <summary>Checks that a cell can be compared with others of its type: text and JSON are compared by their bytes, whatever these are.</summary>
    /// <exception cref="InvalidDataException">It cannot.</exception>
    public static void RequireComparable(ColumnType type, ReadOnlySpan<byte> cell)
    {
        RequireWidth(type, cell);
        if (type == ColumnType.Decimal)
        {
            ReadDecimal(cell);
        }
    }

    private static void RequireWidth(ColumnType type, ReadOnlySpan<byte> cell)
    {
        int width = WidthOf(type);
        if (width > 0 && cell.Length != width)
        {
            throw new InvalidDataException($"a {type} value takes {width} bytes, not {cell.Length}");
        }
    }

    private static void RequireUtf8(ReadOnlySpan<byte> cell, string what)
    {
        if (!Utf8.IsValid(cell))
        {
            throw new InvalidDataException($"a stored value is not {what}: its bytes are no UTF-8");
        }
    }

    private static void RequireJson(ReadOnlySpan<byte> cell)
    {
        RequireUtf8(cell, "JSON");
        Utf8JsonReader reader = new(cell, isFinalBlock: true, new JsonReaderState(new JsonReaderOptions
        {
            MaxDepth = JsonCells.Options.MaxDepth,
            AllowTrailingCommas = JsonCells.Options.AllowTrailingCommas,
            CommentHandling = JsonCells.Options.CommentHandling,
        }));
        try
        {
            while (reader.Read())
            {
            }
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"a stored value is not JSON: {error.Message}", error);
        }
    }
}
