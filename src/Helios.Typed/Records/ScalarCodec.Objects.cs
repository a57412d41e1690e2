using System.Globalization;
using System.Text.Json;
using Helios.Typed.Primitives;

namespace Helios.Typed.Records;

/// <summary>Turns boxed scalars into cells and back: for literals, run-time tables and lists with nulls.</summary>
internal static partial class ScalarCodec
{
    /// <summary>Makes the cell of a boxed value.</summary>
    /// <exception cref="ArgumentException">The value is not one of the column's type, nor converts to it without loss.</exception>
    public static byte[] EncodeObject(ColumnType type, object value)
    {
        using ByteWriter writer = new();
        WriteObject(writer, type, value);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Appends the cell of a boxed value.</summary>
    /// <exception cref="ArgumentException">The value is not one of the column's type, nor converts to it without loss.</exception>
    public static void WriteObject(ByteWriter writer, ColumnType type, object value)
    {
        object plain = value is Enum ? Convert.ChangeType(value, Enum.GetUnderlyingType(value.GetType()), CultureInfo.InvariantCulture) : value;
        switch (type)
        {
            case ColumnType.Boolean: Write(writer, Require<bool>(type, plain)); break;
            case ColumnType.SByte: Write(writer, RequireInteger<sbyte>(type, plain)); break;
            case ColumnType.Byte: Write(writer, RequireInteger<byte>(type, plain)); break;
            case ColumnType.Int16: Write(writer, RequireInteger<short>(type, plain)); break;
            case ColumnType.UInt16: Write(writer, RequireInteger<ushort>(type, plain)); break;
            case ColumnType.Int32: Write(writer, RequireInteger<int>(type, plain)); break;
            case ColumnType.UInt32: Write(writer, RequireInteger<uint>(type, plain)); break;
            case ColumnType.Int64: Write(writer, RequireInteger<long>(type, plain)); break;
            case ColumnType.UInt64: Write(writer, RequireInteger<ulong>(type, plain)); break;
            case ColumnType.Single: Write(writer, Require<float>(type, plain)); break;
            case ColumnType.Double: Write(writer, plain is float narrow ? narrow : Require<double>(type, plain)); break;
            case ColumnType.Decimal: Write(writer, plain is int or long ? Convert.ToDecimal(plain, CultureInfo.InvariantCulture) : Require<decimal>(type, plain)); break;
            case ColumnType.Text: Write(writer, Require<string>(type, plain)); break;
            case ColumnType.Guid: Write(writer, Require<Guid>(type, plain)); break;
            case ColumnType.DateTime: Write(writer, Require<DateTime>(type, plain)); break;
            case ColumnType.DateTimeOffset: Write(writer, Require<DateTimeOffset>(type, plain)); break;
            case ColumnType.DateOnly: Write(writer, Require<DateOnly>(type, plain)); break;
            case ColumnType.TimeOnly: Write(writer, Require<TimeOnly>(type, plain)); break;
            case ColumnType.TimeSpan: Write(writer, Require<TimeSpan>(type, plain)); break;
            case ColumnType.Binary: Write(writer, Require<byte[]>(type, plain)); break;
            case ColumnType.Json: Write(writer, Require<JsonElement>(type, plain)); break;
            default: throw new ArgumentException($"a {type} is not a scalar");
        }
    }

    /// <summary>Reads a cell as the CLR type that its column type names.</summary>
    /// <exception cref="InvalidDataException">The cell is not one of the type.</exception>
    public static object DecodeObject(ColumnType type, ReadOnlySpan<byte> cell) => type switch
    {
        ColumnType.Boolean => Read<bool>(cell),
        ColumnType.SByte => Read<sbyte>(cell),
        ColumnType.Byte => Read<byte>(cell),
        ColumnType.Int16 => Read<short>(cell),
        ColumnType.UInt16 => Read<ushort>(cell),
        ColumnType.Int32 => Read<int>(cell),
        ColumnType.UInt32 => Read<uint>(cell),
        ColumnType.Int64 => Read<long>(cell),
        ColumnType.UInt64 => Read<ulong>(cell),
        ColumnType.Single => Read<float>(cell),
        ColumnType.Double => Read<double>(cell),
        ColumnType.Decimal => Read<decimal>(cell),
        ColumnType.Text => Read<string>(cell),
        ColumnType.Guid => Read<Guid>(cell),
        ColumnType.DateTime => Read<DateTime>(cell),
        ColumnType.DateTimeOffset => Read<DateTimeOffset>(cell),
        ColumnType.DateOnly => Read<DateOnly>(cell),
        ColumnType.TimeOnly => Read<TimeOnly>(cell),
        ColumnType.TimeSpan => Read<TimeSpan>(cell),
        ColumnType.Binary => Read<byte[]>(cell),
        ColumnType.Json => Read<JsonElement>(cell),
        _ => throw new InvalidDataException($"a {type} is not a scalar"),
    };

    private static T Require<T>(ColumnType type, object? value) =>
        value is T typed ? typed : throw new ArgumentException(value is null ? "the value is null" : $"a value of type {value.GetType()} is not a {type}");

    private static T RequireInteger<T>(ColumnType type, object value)
        where T : System.Numerics.INumber<T>
    {
        try
        {
            return value switch
            {
                T same => same,
                int number => T.CreateChecked(number),
                long number => T.CreateChecked(number),
                short number => T.CreateChecked(number),
                byte number => T.CreateChecked(number),
                sbyte number => T.CreateChecked(number),
                ushort number => T.CreateChecked(number),
                uint number => T.CreateChecked(number),
                ulong number => T.CreateChecked(number),
                _ => Require<T>(type, value),
            };
        }
        catch (OverflowException error)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{value} is out of the range of {type}"), error);
        }
    }

    // Apart, so that it is made when a type is first looked up, and not when the first cell is read.
    private static class ColumnTypes
    {
        public static Dictionary<Type, ColumnType> ByType { get; } = new()
        {
            [typeof(bool)] = ColumnType.Boolean,
            [typeof(sbyte)] = ColumnType.SByte,
            [typeof(byte)] = ColumnType.Byte,
            [typeof(short)] = ColumnType.Int16,
            [typeof(ushort)] = ColumnType.UInt16,
            [typeof(int)] = ColumnType.Int32,
            [typeof(uint)] = ColumnType.UInt32,
            [typeof(long)] = ColumnType.Int64,
            [typeof(ulong)] = ColumnType.UInt64,
            [typeof(float)] = ColumnType.Single,
            [typeof(double)] = ColumnType.Double,
            [typeof(decimal)] = ColumnType.Decimal,
            [typeof(string)] = ColumnType.Text,
            [typeof(Guid)] = ColumnType.Guid,
            [typeof(DateTime)] = ColumnType.DateTime,
            [typeof(DateTimeOffset)] = ColumnType.DateTimeOffset,
            [typeof(DateOnly)] = ColumnType.DateOnly,
            [typeof(TimeOnly)] = ColumnType.TimeOnly,
            [typeof(TimeSpan)] = ColumnType.TimeSpan,
            [typeof(byte[])] = ColumnType.Binary,
            [typeof(JsonElement)] = ColumnType.Json,
        };
    }
}
