using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Helios.Typed.Tests.Generated;

/// <summary>Fills records with random values, the outermost ones among them, and prints them bit for bit.</summary>
internal static class RandomRecord
{
    /// <summary>Makes a record whose every property is random; a nullable one may be null.</summary>
    /// <param name="random">The source of chance.</param>
    public static Everything Create(Random random)
    {
        Everything record = new();
        NullabilityInfoContext nullability = new();
        foreach (PropertyInfo property in Columns())
        {
            bool isVector = property.GetCustomAttribute<VectorColumnAttribute>() is not null;
            property.SetValue(record, Value(random, property.PropertyType, nullability.Create(property), isVector));
        }

        return record;
    }

    /// <summary>Prints each property with its value, so that equal text means equal bits.</summary>
    /// <param name="record">The record.</param>
    public static IReadOnlyList<string> Print(Everything record) =>
        [.. Columns().Select(property => $"{property.Name} = {PrintValue(property.GetValue(record))}")];

    private static IEnumerable<PropertyInfo> Columns() =>
        typeof(Everything).GetProperties(BindingFlags.Public | BindingFlags.Instance);

    private static object? Value(Random random, Type type, NullabilityInfo nullability, bool isVector)
    {
        if (nullability.ReadState == NullabilityState.Nullable && random.Next(3) == 0)
        {
            return null;
        }

        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(ReadOnlyMemory<float>) || (isVector && type == typeof(float[])))
        {
            float[] floats = [Finite(random), Finite(random), 1];
            return type.IsArray ? floats : (object)new ReadOnlyMemory<float>(floats);
        }

        if (isVector)
        {
            Half[] halves = [(Half)Finite(random), (Half)Finite(random), (Half)1];
            return type.IsArray ? halves : (object)new ReadOnlyMemory<Half>(halves);
        }

        if (type == typeof(string) || type == typeof(byte[]) || (type.GetElementType() ?? type.GetGenericArguments().FirstOrDefault()) is not { } element)
        {
            return Scalar(random, type);
        }

        NullabilityInfo ofElement = nullability.ElementType ?? nullability.GenericTypeArguments[0];
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        for (int count = random.Next(5); count > 0; count--)
        {
            list.Add(Value(random, element, ofElement, isVector: false));
        }

        return type.IsArray ? list.GetType().GetMethod(nameof(List<>.ToArray))!.Invoke(list, null) : list;
    }

    private static float Finite(Random random) => (random.NextSingle() - 0.5f) * 100;

    private static T Pick<T>(Random random, params ReadOnlySpan<T> values) => values[random.Next(values.Length)];

    private static object Scalar(Random random, Type type) =>
        type == typeof(bool) ? random.Next(2) == 0
        : type == typeof(sbyte) ? Pick(random, sbyte.MinValue, (sbyte)-1, (sbyte)0, sbyte.MaxValue)
        : type == typeof(byte) ? (byte)random.Next(256)
        : type == typeof(short) ? Pick(random, short.MinValue, (short)random.Next(30_000), short.MaxValue)
        : type == typeof(ushort) ? (ushort)random.Next(65_536)
        : type == typeof(int) ? Pick(random, int.MinValue, random.Next(), int.MaxValue)
        : type == typeof(uint) ? Pick(random, 0u, (uint)random.Next(), uint.MaxValue)
        : type == typeof(long) ? Pick(random, long.MinValue, random.NextInt64(), long.MaxValue)
        : type == typeof(ulong) ? Pick(random, 0ul, (ulong)random.NextInt64(), ulong.MaxValue)
        : type == typeof(float) ? Pick(random, float.NaN, float.NegativeInfinity, -0f, float.Epsilon, random.NextSingle())
        : type == typeof(double) ? Pick(random, double.NaN, double.PositiveInfinity, -0d, double.MinValue, random.NextDouble())
        : type == typeof(decimal) ? Pick(random, decimal.MinValue, 1.50m, 1.500m, new decimal(random.Next(), random.Next(), random.Next(), true, 28))
        : type == typeof(string) ? Pick(random, "", "a", "ß 漢字 🎉", new string('x', random.Next(300)), "\0\u007f\u0080")
        : type == typeof(Guid) ? new Guid(Bytes(random, 16))
        : type == typeof(byte[]) ? Bytes(random, random.Next(20))
        : type == typeof(JsonElement) ? JsonElement.Parse(Pick(random, "null", "[1, 2.50]", """{"a": "b"}""", "\"\u00e9\""))
        : type.IsEnum ? Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(value => Enum.ToObject(type, value)).ElementAt(random.Next(Enum.GetValues(type).Length))
        : Time(random, type);

    private static object Time(Random random, Type type)
    {
        long ticks = Pick(random, 0, random.NextInt64(DateTime.MaxValue.Ticks), DateTime.MaxValue.Ticks);
        return type == typeof(DateTime) ? new DateTime(ticks, Pick(random, DateTimeKind.Utc, DateTimeKind.Unspecified))
            : type == typeof(DateTimeOffset) ? new DateTimeOffset(random.NextInt64(TimeSpan.TicksPerDay, DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay), TimeSpan.FromMinutes(random.Next(-840, 841)))
            : type == typeof(DateOnly) ? DateOnly.FromDateTime(new DateTime(ticks, DateTimeKind.Utc))
            : type == typeof(TimeOnly) ? new TimeOnly(ticks % TimeSpan.TicksPerDay)
            : type == typeof(TimeSpan) ? Pick(random, TimeSpan.MinValue, new TimeSpan(ticks), TimeSpan.MaxValue)
            : throw new ArgumentException($"No values of {type} are known here.", nameof(type));
    }

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string PrintValue(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        ReadOnlyMemory<float> memory => PrintValue(memory.ToArray()),
        ReadOnlyMemory<Half> memory => PrintValue(memory.ToArray()),
        JsonElement json => json.GetRawText(),
        float number => BitConverter.SingleToInt32Bits(number).ToString("x8", CultureInfo.InvariantCulture),
        double number => BitConverter.DoubleToInt64Bits(number).ToString("x16", CultureInfo.InvariantCulture),
        Half number => BitConverter.HalfToInt16Bits(number).ToString("x4", CultureInfo.InvariantCulture),
        DateTime time => $"{time.Ticks} {time.Kind}",
        DateTimeOffset time => $"{time.Ticks} {time.Offset}",
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(PrintValue))}]",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
