using System.Text;
using CsCheck;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Xunit;

namespace Helios.Typed.Tests.Records;

public sealed class KeyCodecTests
{
    // Few characters, zero among them: so that keys are often each other's beginnings.
    private static readonly string[] _characters = ["\0", "\u0001", "a", "b", "ÿ", "€", "\U0001F30D"];

    private static readonly Gen<string> _texts =
        Gen.Int[0, _characters.Length - 1].Select(i => _characters[i]).Array[0, 5].Select(string.Concat);

    [Fact]
    public void The_order_of_the_bytes_is_the_order_of_the_keys()
    {
        Gen.Select(Gen.Int, Gen.Int).Sample((a, b) => SameOrder(HeliosKey.Create(a), HeliosKey.Create(b), a.CompareTo(b)));
        Gen.Select(Gen.Long, Gen.Long).Sample((a, b) => SameOrder(HeliosKey.Create(a), HeliosKey.Create(b), a.CompareTo(b)));
        Gen.Select(Gen.Guid, Gen.Guid).Sample((a, b) => SameOrder(HeliosKey.Create(a), HeliosKey.Create(b), string.CompareOrdinal(a.ToString(), b.ToString())));
        Gen.Select(_texts, _texts).Sample((a, b) =>
            SameOrder(HeliosKey.Create(a), HeliosKey.Create(b), Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b))));
    }

    [Fact]
    public void A_key_comes_back_from_its_bytes_and_its_cell_is_that_of_a_column()
    {
        Gen.Int.Sample(value => ComesBack(HeliosKey.Create(value), value));
        Gen.Long.Sample(value => ComesBack(HeliosKey.Create(value), value));
        Gen.Guid.Sample(value => ComesBack(HeliosKey.Create(value), value));
        _texts.Sample(value => ComesBack(HeliosKey.Create(value), value));
        Assert.True(ComesBack(HeliosKey.Create(""), ""));
        Assert.True(ComesBack(HeliosKey.Create(long.MinValue), long.MinValue));
    }

    [Fact]
    public void No_text_key_begins_with_another()
    {
        Gen.Select(_texts, _texts).Sample((a, b) =>
            a == b || !KeyCodec.Encode(HeliosKey.Create(a)).AsSpan().StartsWith(KeyCodec.Encode(HeliosKey.Create(b))));
    }

    [Fact]
    public void Text_that_is_no_text_is_refused() =>
        Assert.Contains("surrogate", Assert.Throws<ArgumentException>(() => KeyCodec.Encode(HeliosKey.Create("a\uDC00"))).Message, StringComparison.Ordinal);

    [Fact]
    public void An_empty_key_is_refused() => Assert.Throws<ArgumentException>(() => KeyCodec.Encode(default));

    [Theory]
    [InlineData(ColumnType.Int32, "000000")]
    [InlineData(ColumnType.Int64, "00000000")]
    [InlineData(ColumnType.Guid, "00")]
    [InlineData(ColumnType.Text, "")]
    [InlineData(ColumnType.Text, "61")]
    [InlineData(ColumnType.Text, "6161")]
    [InlineData(ColumnType.Text, "610001610001")]
    [InlineData(ColumnType.Text, "00020001")]
    [InlineData(ColumnType.Text, "000001")]
    [InlineData(ColumnType.Text, "C30001")]
    [InlineData(ColumnType.Decimal, "0001")]
    public void Bytes_that_are_no_key_are_refused_as_such(ColumnType type, string bytes)
    {
        byte[] buffer = [];
        Assert.Throws<InvalidDataException>(() => KeyCodec.Decode(type, Convert.FromHexString(bytes)));
        if (bytes != "C30001" && type != ColumnType.Guid)
        {
            Assert.Throws<InvalidDataException>(() => KeyCodec.CellOf(type, Convert.FromHexString(bytes), ref buffer).Length);
        }
    }

    private static bool SameOrder(HeliosKey a, HeliosKey b, int expected) =>
        Math.Sign(KeyCodec.Encode(a).AsSpan().SequenceCompareTo(KeyCodec.Encode(b))) == Math.Sign(expected);

    private static bool ComesBack(HeliosKey key, object value)
    {
        byte[] bytes = KeyCodec.Encode(key);
        byte[] buffer = [];
        byte[] cell = ScalarCodec.EncodeObject(key.Type, value);
        return KeyCodec.Decode(key.Type, bytes) == key
            && KeyCodec.CellOf(key).AsSpan().SequenceEqual(cell)
            && KeyCodec.CellOf(key.Type, bytes, ref buffer).SequenceEqual(cell);
    }

    [Fact]
    public void A_text_key_that_is_too_long_is_refused()
    {
        Assert.Equal(RowFormat.MaxKeyBytes, KeyCodec.Encode(HeliosKey.Create(new string('k', RowFormat.MaxKeyBytes - 2))).Length);
        ArgumentException error = Assert.Throws<ArgumentException>(() => KeyCodec.Encode(HeliosKey.Create(new string('k', RowFormat.MaxKeyBytes - 1))));
        Assert.Contains("16385 bytes", error.Message, StringComparison.Ordinal);
    }
}
