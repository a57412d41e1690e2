using System.Text.Json;
using CsCheck;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Xunit;

namespace Helios.Typed.Tests.Records;

public sealed class ListCellsTests
{
    private enum Colour : short
    {
        Red = -1,
        Blue = 700,
    }

    [Fact]
    public void Lists_come_back_as_they_were()
    {
        Gen.Int.Array.Sample(values => ComesBack(ColumnType.Int32, values));
        Gen.Bool.Array.Sample(values => ComesBack(ColumnType.Boolean, values));
        Gen.Decimal.Array.Sample(values => ComesBack(ColumnType.Decimal, values));
        Gen.Int.Nullable().Array.Sample(values => ComesBack(ColumnType.Int32, values));
        Gen.Guid.Nullable().Array.Sample(values => ComesBack(ColumnType.Guid, values));
        Gen.String[Gen.Char['a', 'e'], 0, 5].Null().Array.Sample(values => ComesBack(ColumnType.Text, values));
        Assert.True(ComesBack(ColumnType.Int16, new[] { Colour.Red, Colour.Blue }));
        Assert.True(ComesBack(ColumnType.Int16, new Colour?[] { Colour.Red, null, Colour.Blue }));
        Assert.True(ComesBack(ColumnType.Text, new string?[] { null, "", null, "a", "" }));
        Assert.True(ComesBack(ColumnType.DateTime, Array.Empty<DateTime>()));
    }

    [Fact]
    public void Byte_strings_and_json_come_back_as_they_were()
    {
        byte[][] bytes = [[1, 2], [], [3]];
        Assert.Equal(bytes, Again(ColumnType.Binary, bytes));
        JsonElement[] json = [JsonDocument.Parse("[1, 2]").RootElement, JsonDocument.Parse("null").RootElement];
        Assert.Equal(["[1, 2]", "null"], Again(ColumnType.Json, json).Select(element => element.GetRawText()));
    }

    [Fact]
    public void Boxed_elements_come_back_as_they_were()
    {
        object?[] values = [5L, null, -7L];
        Assert.Equal(values, Again(ColumnType.Int64, values));
    }

    [Fact]
    public void Walking_a_list_gives_cells_and_nulls()
    {
        byte[] cell = Cell(ColumnType.Text, ["one", null, ""]);
        ListCells cells = new(ColumnType.Text, cell);
        Assert.Equal(3, cells.Count);
        Assert.True(cells.MoveNext());
        Assert.Equal("one"u8, cells.Current);
        Assert.True(cells.MoveNext() && cells.CurrentIsNull);
        Assert.True(cells.MoveNext() && !cells.CurrentIsNull);
        Assert.Equal(0, cells.Current.Length);
        Assert.False(cells.MoveNext());
    }

    [Fact]
    public void A_null_where_the_type_has_none_is_refused() =>
        Assert.Contains("element 1", Assert.Throws<InvalidDataException>(() => ListCells.Read<int>(ColumnType.Int32, Cell<int?>(ColumnType.Int32, [1, null]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_no_list_are_refused_and_never_read_past()
    {
        byte[] text = Cell(ColumnType.Text, ["one", "two", null, "three"]);
        byte[] numbers = Cell(ColumnType.Int32, [1, 2, 3]);
        Gen.Select(Gen.Bool, Gen.Int[0, 60], Gen.Byte, Gen.Int[0, 60]).Sample((isText, at, mask, length) =>
        {
            byte[] damaged = [.. isText ? text : numbers];
            damaged[at % damaged.Length] ^= mask;
            ReadOnlySpan<byte> cut = damaged.AsSpan(0, Math.Min(length, damaged.Length));
            try
            {
                _ = isText ? ListCells.Read<string?>(ColumnType.Text, cut).Length : ListCells.Read<int?>(ColumnType.Int32, cut).Length;
            }
            catch (InvalidDataException)
            {
            }
        });
        Assert.Throws<InvalidDataException>(() => ListCells.Read<int>(ColumnType.Int32, []));
        Assert.Throws<InvalidDataException>(() => ListCells.Read<int>(ColumnType.Int32, [255, 255, 255, 255, 0]));
        Assert.Throws<InvalidDataException>(() => ListCells.Read<string>(ColumnType.Text, [255, 255, 255, 255, 1]));
        Assert.Throws<InvalidDataException>(() => ListCells.Read<int>(ColumnType.Int32, numbers.AsSpan()[..^1]));
    }

    private static byte[] Cell<T>(ColumnType type, T[] values)
    {
        using ByteWriter writer = new();
        ListCells.Write(writer, type, values);
        return writer.WrittenSpan.ToArray();
    }

    private static T[] Again<T>(ColumnType type, T[] values) => ListCells.Read<T>(type, Cell(type, values));

    private static bool ComesBack<T>(ColumnType type, T[] values) => Again(type, values).SequenceEqual(values);
}
