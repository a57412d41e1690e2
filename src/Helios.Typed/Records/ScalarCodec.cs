using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Helios.Typed.Primitives;

namespace Helios.Typed.Records;

/// <summary>Turns scalars into cells and back.</summary>
/// <remarks>
/// A cell is the bytes of one value; the same bytes stand in rows, in column sections and in literals of a query. The chains
/// of type tests are constants to the compiler: of each method one branch remains per value type.
/// </remarks>
internal static partial class ScalarCodec
{
    private static readonly UTF8Encoding _strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Names the column type of a CLR type; an enum has its underlying type's.</summary>
    /// <exception cref="ArgumentException">The type cannot be stored.</exception>
    public static ColumnType TypeOf<T>() =>
        typeof(T) == typeof(bool) ? ColumnType.Boolean
        : typeof(T) == typeof(sbyte) ? ColumnType.SByte
        : typeof(T) == typeof(byte) ? ColumnType.Byte
        : typeof(T) == typeof(short) ? ColumnType.Int16
        : typeof(T) == typeof(ushort) ? ColumnType.UInt16
        : typeof(T) == typeof(int) ? ColumnType.Int32
        : typeof(T) == typeof(uint) ? ColumnType.UInt32
        : typeof(T) == typeof(long) ? ColumnType.Int64
        : typeof(T) == typeof(ulong) ? ColumnType.UInt64
        : typeof(T) == typeof(float) ? ColumnType.Single
        : typeof(T) == typeof(double) ? ColumnType.Double
        : typeof(T) == typeof(decimal) ? ColumnType.Decimal
        : typeof(T) == typeof(string) ? ColumnType.Text
        : typeof(T) == typeof(Guid) ? ColumnType.Guid
        : typeof(T) == typeof(DateTime) ? ColumnType.DateTime
        : typeof(T) == typeof(DateTimeOffset) ? ColumnType.DateTimeOffset
        : typeof(T) == typeof(DateOnly) ? ColumnType.DateOnly
        : typeof(T) == typeof(TimeOnly) ? ColumnType.TimeOnly
        : typeof(T) == typeof(TimeSpan) ? ColumnType.TimeSpan
        : typeof(T) == typeof(byte[]) ? ColumnType.Binary
        : typeof(T) == typeof(JsonElement) ? ColumnType.Json
        : LookedUp<T>.Type ?? throw CannotBeStored(typeof(T));

    /// <summary>Names the column type of a CLR type known at run time.</summary>
    /// <exception cref="ArgumentException">The type cannot be stored.</exception>
    public static ColumnType TypeOf(Type type) => FindType(type) ?? throw CannotBeStored(type);

    /// <summary>Appends a value's cell.</summary>
    /// <exception cref="ArgumentException">The value has no cell: a local DateTime, text with half a surrogate pair, an undefined JsonElement, null.</exception>
    public static void Write<T>(ByteWriter writer, T value)
    {
        if (typeof(T) == typeof(bool))
        {
            writer.WriteByte((bool)(object)value! ? (byte)1 : (byte)0);
        }
        else if (IsPlain<T>())
        {
            Unsafe.WriteUnaligned(ref writer.Take(Unsafe.SizeOf<T>())[0], value);
        }
        else if (typeof(T) == typeof(decimal))
        {
            decimal.GetBits((decimal)(object)value!, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(writer.Take(16)));
        }
        else if (typeof(T) == typeof(Guid))
        {
            ((Guid)(object)value!).TryWriteBytes(writer.Take(16), bigEndian: true, out _);
        }
        else if (typeof(T) == typeof(DateTime))
        {
            writer.WriteValue(PackDateTime((DateTime)(object)value!));
        }
        else if (typeof(T) == typeof(DateTimeOffset))
        {
            var instant = (DateTimeOffset)(object)value!;
            writer.WriteValue(instant.UtcTicks);
            writer.WriteValue((short)instant.TotalOffsetMinutes);
        }
        else if (typeof(T) == typeof(DateOnly))
        {
            writer.WriteValue(((DateOnly)(object)value!).DayNumber);
        }
        else if (typeof(T) == typeof(TimeOnly))
        {
            writer.WriteValue(((TimeOnly)(object)value!).Ticks);
        }
        else if (typeof(T) == typeof(TimeSpan))
        {
            writer.WriteValue(((TimeSpan)(object)value!).Ticks);
        }
        else
        {
            WriteReference(writer, value);
        }
    }

    /// <summary>Reads a cell; its length has been checked where the row or section was opened.</summary>
    /// <exception cref="InvalidDataException">The cell is not one of the type.</exception>
    public static T Read<T>(ReadOnlySpan<byte> cell)
    {
        RequireWidth(TypeOf<T>(), cell);
        if (typeof(T) == typeof(bool))
        {
            return (T)(object)(cell[0] <= 1 ? cell[0] != 0 : throw new InvalidDataException($"a Boolean is {cell[0]}, and not 0 or 1"));
        }

        if (IsPlain<T>())
        {
            return Unsafe.ReadUnaligned<T>(in cell[0]);
        }

        if (typeof(T) == typeof(decimal))
        {
            return (T)(object)ReadDecimal(cell);
        }

        if (typeof(T) == typeof(Guid))
        {
            return (T)(object)new Guid(cell, bigEndian: true);
        }

        if (typeof(T) == typeof(DateTime))
        {
            return (T)(object)UnpackDateTime(BinaryPrimitives.ReadUInt64LittleEndian(cell));
        }

        return typeof(T).IsValueType && typeof(T) != typeof(JsonElement) ? ReadTime<T>(cell) : ReadReference<T>(cell);
    }

    private static ColumnType? FindType(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        plain = plain.IsEnum ? Enum.GetUnderlyingType(plain) : plain;
        return ColumnTypes.ByType.TryGetValue(plain, out ColumnType known) ? known : null;
    }

    private static ArgumentException CannotBeStored(Type type) => new($"A value of type {type} cannot be stored in a column.");

    // Types whose bytes in memory are the cell.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlain<T>() =>
        typeof(T) == typeof(sbyte) || typeof(T) == typeof(byte) || typeof(T) == typeof(short) || typeof(T) == typeof(ushort)
        || typeof(T) == typeof(int) || typeof(T) == typeof(uint) || typeof(T) == typeof(long) || typeof(T) == typeof(ulong)
        || typeof(T) == typeof(float) || typeof(T) == typeof(double) || typeof(T).IsEnum;

    private static void WriteReference<T>(ByteWriter writer, T value)
    {
        switch (value)
        {
            case string text:
                WriteText(writer, text);
                break;
            case byte[] bytes:
                writer.Write(bytes);
                break;
            case JsonElement { ValueKind: JsonValueKind.Undefined }:
                throw new ArgumentException("the JsonElement is undefined (default); give a parsed one, or make the column nullable");
            case JsonElement json:
                WriteText(writer, json.GetRawText());
                break;
            case null:
                throw new ArgumentException("the value is null");
            default:
                throw new ArgumentException($"a value of type {typeof(T)} cannot be stored");
        }
    }

    private static void WriteText(ByteWriter writer, string text)
    {
        try
        {
            int bytes = _strictUtf8.GetByteCount(text);
            _strictUtf8.GetBytes(text, writer.Take(bytes));
        }
        catch (EncoderFallbackException error)
        {
            throw new ArgumentException($"the text has half a surrogate pair at index {error.Index}, which UTF-8 cannot hold", error);
        }
    }

    private static ulong PackDateTime(DateTime value) => value.Kind == DateTimeKind.Local
        ? throw new ArgumentException("the DateTime is of kind Local; convert it with ToUniversalTime(), or use DateTimeOffset, which keeps its offset")
        : (ulong)value.Ticks | ((ulong)value.Kind << 62);

    private static DateTime UnpackDateTime(ulong packed) =>
        (packed & TicksMask) <= (ulong)DateTime.MaxValue.Ticks && packed >> 62 <= 1
            ? new DateTime((long)(packed & TicksMask), (DateTimeKind)(packed >> 62))
            : throw new InvalidDataException("a DateTime is out of range");

    private static decimal ReadDecimal(ReadOnlySpan<byte> cell)
    {
        try
        {
            return new decimal(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(cell));
        }
        catch (ArgumentException)
        {
            throw new InvalidDataException("a decimal has bits that no decimal has");
        }
    }

    private static T ReadTime<T>(ReadOnlySpan<byte> cell)
    {
        try
        {
            long ticks = typeof(T) == typeof(DateOnly) ? 0 : BinaryPrimitives.ReadInt64LittleEndian(cell);
            return typeof(T) == typeof(DateOnly) ? (T)(object)DateOnly.FromDayNumber(BinaryPrimitives.ReadInt32LittleEndian(cell))
                : typeof(T) == typeof(TimeOnly) ? (T)(object)new TimeOnly(ticks)
                : typeof(T) == typeof(TimeSpan) ? (T)(object)new TimeSpan(ticks)
                : (T)(object)new DateTimeOffset(ticks, TimeSpan.Zero).ToOffset(TimeSpan.FromMinutes(BinaryPrimitives.ReadInt16LittleEndian(cell[8..])));
        }
        catch (ArgumentException)
        {
            throw new InvalidDataException($"a {typeof(T).Name} is out of range");
        }
    }

    private static T ReadReference<T>(ReadOnlySpan<byte> cell)
    {
        try
        {
            return typeof(T) == typeof(string) ? (T)(object)_strictUtf8.GetString(cell)
                : typeof(T) == typeof(byte[]) ? (T)(object)cell.ToArray()
                : (T)(object)ParseJson(cell);
        }
        catch (Exception error) when (error is DecoderFallbackException or JsonException)
        {
            throw new InvalidDataException($"a stored value is not {(typeof(T) == typeof(string) ? "UTF-8" : "JSON")}: {error.Message}", error);
        }
    }

    private static JsonElement ParseJson(ReadOnlySpan<byte> cell)
    {
        // The parser leaves that to whoever asks for a string, who would meet it outside of this library.
        RequireUtf8(cell, "JSON");
        using var document = JsonDocument.Parse(cell.ToArray(), JsonCells.Options);
        return document.RootElement.Clone();
    }

    // An enum is asked for its underlying type once, not for every value.
    private static class LookedUp<T>
    {
        public static readonly ColumnType? Type = FindType(typeof(T));
    }

    // Apart, so that only who reads JSON loads its library.
    private static class JsonCells
    {
        // No limit of depth: what was parsed once by the caller's own options must be readable again.
        public static JsonDocumentOptions Options { get; } = new()
        {
            MaxDepth = int.MaxValue,
            AllowTrailingCommas = true,
            CommentHandling = JsonCommentHandling.Skip,
        };
    }
}
