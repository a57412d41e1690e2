using System.Text;
using System.Text.Json;
using CsCheck;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Xunit;

namespace Helios.Typed.Tests.Records;

public sealed class ScalarCodecTests
{
    private enum Small : byte
    {
        None = 0,
        Last = 255,
    }

    [Fact]
    public void Every_value_comes_back_as_it_was()
    {
        Gen.Bool.Sample(RoundTrips);
        Gen.SByte.Sample(RoundTrips);
        Gen.Byte.Sample(RoundTrips);
        Gen.Short.Sample(RoundTrips);
        Gen.UShort.Sample(RoundTrips);
        Gen.Int.Sample(RoundTrips);
        Gen.UInt.Sample(RoundTrips);
        Gen.Long.Sample(RoundTrips);
        Gen.ULong.Sample(RoundTrips);
        Gen.Float.Sample(value => BitConverter.SingleToInt32Bits(Again(value)) == BitConverter.SingleToInt32Bits(value));
        Gen.Double.Sample(value => BitConverter.DoubleToInt64Bits(Again(value)) == BitConverter.DoubleToInt64Bits(value));
        Gen.Decimal.Sample(value => decimal.GetBits(Again(value)).SequenceEqual(decimal.GetBits(value)));
        Gen.Guid.Sample(RoundTrips);
        Gen.String.Where(text => !HasLoneSurrogate(text)).Sample(RoundTrips);
        Gen.Byte.Array.Sample(value => Again(value).SequenceEqual(value));
        Gen.Long.Sample(ticks => RoundTrips(new TimeSpan(ticks)));
        Gen.Long[0, TimeOnly.MaxValue.Ticks].Sample(ticks => RoundTrips(new TimeOnly(ticks)));
        Gen.Int[0, DateOnly.MaxValue.DayNumber].Sample(day => RoundTrips(DateOnly.FromDayNumber(day)));
        Gen.Long[0, DateTime.MaxValue.Ticks].Sample(ticks =>
            RoundTrips(new DateTime(ticks, DateTimeKind.Utc)) && Again(new DateTime(ticks, DateTimeKind.Utc)).Kind == DateTimeKind.Utc
            && Again(new DateTime(ticks)).Kind == DateTimeKind.Unspecified);
        Gen.Select(Gen.Long[TimeSpan.TicksPerDay, DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay], Gen.Int[-840, 840]).Sample((ticks, minutes) =>
        {
            DateTimeOffset value = new(ticks, TimeSpan.FromMinutes(minutes));
            return Again(value).EqualsExact(value);
        });
    }

    [Fact]
    public void Extremes_come_back_as_they_were()
    {
        Assert.True(RoundTrips(DateTimeOffset.MinValue) && RoundTrips(DateTimeOffset.MaxValue));
        Assert.True(RoundTrips(DateTime.MinValue) && RoundTrips(DateTime.MaxValue));
        Assert.True(RoundTrips(decimal.MinValue) && RoundTrips(decimal.MaxValue));
        Assert.Equal(decimal.GetBits(1.500m), decimal.GetBits(Again(1.500m)));
        Assert.True(RoundTrips(Small.Last));
        Assert.Equal("\0", Again("\0"));
        Assert.Equal("", Again(""));
    }

    [Fact]
    public void Json_is_kept_as_the_text_it_was_written_with()
    {
        const string Text = """{ "b" : 1.50, "a":[ null,true ] }""";
        Assert.Equal(Text, Again(JsonDocument.Parse(Text).RootElement).GetRawText());
    }

    [Fact]
    public void Json_of_any_depth_that_was_written_can_be_read()
    {
        string text = new string('[', 5_000) + new string(']', 5_000);
        JsonElement deep = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 6_000 }).RootElement;
        Assert.Equal(text, Again(deep).GetRawText());
    }

    [Fact]
    public void Boxed_values_have_the_cells_of_plain_ones()
    {
        Random random = new(5);
        for (ColumnType type = ColumnType.Boolean; type <= ColumnType.Json; type++)
        {
            for (int i = 0; i < 50; i++)
            {
                object value = Engine.EverythingTable.RandomValue(type, random);
                byte[] cell = ScalarCodec.EncodeObject(type, value);
                object again = ScalarCodec.DecodeObject(type, cell);
                Assert.Equal(cell, ScalarCodec.EncodeObject(type, again));
                Assert.Equal(value.GetType(), again.GetType());
                Assert.Equal(type, ScalarCodec.TypeOf(value.GetType()));
                int width = ScalarCodec.WidthOf(type);
                Assert.True(width == 0 || cell.Length == width);
            }
        }
    }

    [Fact]
    public void Comparing_cells_compares_the_values()
    {
        Gen.Select(Gen.Int, Gen.Int).Sample((a, b) => AgreesWith(ColumnType.Int32, a, b, a.CompareTo(b)));
        Gen.Select(Gen.SByte, Gen.SByte).Sample((a, b) => AgreesWith(ColumnType.SByte, a, b, a.CompareTo(b)));
        Gen.Select(Gen.Short, Gen.Short).Sample((a, b) => AgreesWith(ColumnType.Int16, a, b, a.CompareTo(b)));
        Gen.Select(Gen.Long, Gen.Long).Sample((a, b) => AgreesWith(ColumnType.Int64, a, b, a.CompareTo(b)));
        Gen.Select(Gen.ULong, Gen.ULong).Sample((a, b) => AgreesWith(ColumnType.UInt64, a, b, a.CompareTo(b)));
        Gen.Select(Gen.Decimal, Gen.Decimal).Sample((a, b) => AgreesWith(ColumnType.Decimal, a, b, a.CompareTo(b)));
        Gen.Select(Gen.Double, Gen.Double).Where((a, b) => !double.IsNaN(a) && !double.IsNaN(b))
            .Sample((a, b) => AgreesWith(ColumnType.Double, a, b, a.CompareTo(b)));
        Gen.Select(Gen.Guid, Gen.Guid).Sample((a, b) =>
            AgreesWith(ColumnType.Guid, a, b, string.CompareOrdinal(a.ToString(), b.ToString())));
        Gen.Select(Gen.DateTimeOffset, Gen.DateTimeOffset).Sample((a, b) => AgreesWith(ColumnType.DateTimeOffset, a, b, a.CompareTo(b)));
        Gen.Select(Gen.Bool, Gen.Bool).Sample((a, b) => AgreesWith(ColumnType.Boolean, a, b, a.CompareTo(b)));
    }

    [Fact]
    public void Values_that_differ_only_in_how_they_are_written_are_equal()
    {
        Assert.True(AgreesWith(ColumnType.Decimal, 1.0m, 1.000m, 0));
        Assert.True(AgreesWith(ColumnType.Double, 0.0, -0.0, 0));
        Assert.True(AgreesWith(ColumnType.DateTime, new DateTime(5, DateTimeKind.Utc), new DateTime(5), 0));
        Assert.True(AgreesWith(ColumnType.DateTimeOffset, new DateTimeOffset(2026, 1, 1, 2, 0, 0, TimeSpan.FromHours(2)), new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), 0));
        Assert.True(AgreesWith(ColumnType.Double, double.NaN, double.NaN, 0));
        Assert.True(AgreesWith(ColumnType.Single, float.NaN, float.PositiveInfinity, 1));
        Assert.True(AgreesWith(ColumnType.Text, "a", "ä", -1));
        Assert.True(AgreesWith(ColumnType.Text, "\uFFFF", "\U0001F30D", -1));
    }

    [Fact]
    public void Values_without_a_cell_are_refused_with_the_reason()
    {
        Assert.Contains("Local", Refusal(ColumnType.DateTime, new DateTime(1, DateTimeKind.Local)), StringComparison.Ordinal);
        Assert.Contains("surrogate", Refusal(ColumnType.Text, "a\uD800"), StringComparison.Ordinal);
        Assert.Contains("undefined", Refusal(ColumnType.Json, default(JsonElement)), StringComparison.Ordinal);
        Assert.Contains("300", Refusal(ColumnType.Byte, 300), StringComparison.Ordinal);
        Assert.Contains("-1", Refusal(ColumnType.UInt64, -1), StringComparison.Ordinal);
        Assert.Contains("String", Refusal(ColumnType.Int32, "1"), StringComparison.Ordinal);
        Assert.Contains("null", Refusal(ColumnType.Int32, null!), StringComparison.Ordinal);
        Assert.Contains("scalar", Refusal(ColumnType.Vector, 1f), StringComparison.Ordinal);
        Assert.Contains("Uri", Assert.Throws<ArgumentException>(() => ScalarCodec.TypeOf<Uri>()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ColumnType.Int32, 3)]
    [InlineData(ColumnType.Boolean, 0)]
    [InlineData(ColumnType.Decimal, 15)]
    [InlineData(ColumnType.Guid, 17)]
    public void A_cell_of_another_width_is_no_value(ColumnType type, int bytes) =>
        Assert.Throws<InvalidDataException>(() => ScalarCodec.DecodeObject(type, new byte[bytes]));

    /// <summary>What is checked at replay and by a check of the database is what reading takes.</summary>
    [Fact]
    public void Checking_a_cell_refuses_what_reading_it_refuses() =>
        Gen.Select(Gen.Int[(int)ColumnType.Boolean, (int)ColumnType.Json], Gen.Byte.Array[0, 20]).Sample((number, cell) =>
        {
            var type = (ColumnType)number;
            foreach (byte[] bytes in (byte[][])[cell, [.. cell, .. new byte[16]], Encoding.UTF8.GetBytes("{\"a\":[1,]}")])
            {
                int width = ScalarCodec.WidthOf(type);
                byte[] given = width > 0 && bytes.Length > width ? bytes[..width] : bytes;
                Assert.Equal(Fails(() => ScalarCodec.DecodeObject(type, given)), Fails(() => ScalarCodec.Require(type, given)));
            }
        });

    [Fact]
    public void Json_whose_bytes_are_no_utf8_is_refused() =>
        Assert.Throws<InvalidDataException>(() => ScalarCodec.Read<JsonElement>([(byte)'"', 0xFF, (byte)'"']));

    private static bool Fails(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    [Fact]
    public void Bytes_that_are_no_value_are_refused_as_such()
    {
        byte[] high = [.. Enumerable.Repeat((byte)0xFF, 16)];
        foreach (ColumnType type in new[] { ColumnType.Decimal, ColumnType.DateTime, ColumnType.DateTimeOffset, ColumnType.DateOnly, ColumnType.TimeOnly, ColumnType.Text, ColumnType.Json })
        {
            int width = ScalarCodec.WidthOf(type);
            Assert.Throws<InvalidDataException>(() => ScalarCodec.DecodeObject(type, high.AsSpan(0, width == 0 ? 16 : width)));
        }
    }

    private static T Again<T>(T value)
    {
        using ByteWriter writer = new();
        ScalarCodec.Write(writer, value);
        Assert.Equal(writer.WrittenSpan.ToArray(), ScalarCodec.EncodeObject(ScalarCodec.TypeOf<T>(), value!));
        return ScalarCodec.Read<T>(writer.WrittenSpan);
    }

    private static bool RoundTrips<T>(T value) => EqualityComparer<T>.Default.Equals(value, Again(value));

    private static bool AgreesWith(ColumnType type, object a, object b, int expected)
    {
        byte[] left = ScalarCodec.EncodeObject(type, a);
        byte[] right = ScalarCodec.EncodeObject(type, b);
        return Math.Sign(ScalarCodec.Compare(type, left, right)) == Math.Sign(expected)
            && Math.Sign(ScalarCodec.Compare(type, right, left)) == -Math.Sign(expected)
            && ScalarCodec.Equal(type, left, right) == (expected == 0);
    }

    private static string Refusal(ColumnType type, object value) =>
        Assert.Throws<ArgumentException>(() => ScalarCodec.EncodeObject(type, value)).Message;

    private static bool HasLoneSurrogate(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
            {
                return true;
            }
        }

        return false;
    }
}
