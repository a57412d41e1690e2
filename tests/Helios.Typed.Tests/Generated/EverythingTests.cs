using CsCheck;
using Helios.Typed.Schema;
using Xunit;

namespace Helios.Typed.Tests.Generated;

public sealed class EverythingTests
{
    [Fact]
    public void Every_type_comes_back_bit_for_bit() => Gen.Int.Sample(
        seed =>
        {
            Everything written = RandomRecord.Create(new Random(seed));
            Assert.Equal(RandomRecord.Print(written), RandomRecord.Print(RoundTrip.Of(written)));
        },
        iter: 500);

    [Fact]
    public void What_is_null_comes_back_null_and_what_is_empty_empty()
    {
        Everything written = new();

        Assert.Equal(RandomRecord.Print(written), RandomRecord.Print(RoundTrip.Of(written)));
    }

    [Fact]
    public void A_null_list_of_any_kind_is_refused_by_the_columns_name_where_none_is_taken()
    {
        AssertRefused(nameof(Everything.Texts), new Everything { Texts = null! });
        AssertRefused(nameof(Everything.Bytes), new Everything { Bytes = null! });
        AssertRefused(nameof(Everything.Int16s), new Everything { Int16s = null! });
        AssertRefused(nameof(Everything.UInt16s), new Everything { UInt16s = null! });
        AssertRefused(nameof(Everything.Int32s), new Everything { Int32s = null! });
        AssertRefused(nameof(Everything.UInt32s), new Everything { UInt32s = null! });

        static void AssertRefused(string column, Everything record)
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => RoundTrip.Of(record));
            Assert.Contains($"'{column}'", error.Message, StringComparison.Ordinal);
            Assert.Contains("the value is null", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_row_without_a_value_that_the_record_needs_is_refused_by_the_name_of_the_column()
    {
        HeliosException error = Assert.Throws<HeliosException>(() => RoundTrip.OfEmptyRow<Everything>(HeliosKey.Create(Guid.NewGuid())));

        Assert.Contains("no value in column 'Boolean'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_has_the_properties_in_their_order_and_says_which_are_null_lists_and_vectors()
    {
        TableShape table = Shape<Everything>();

        Assert.Equal("Everything", table.Name);
        Assert.Equal(typeof(Everything).GetProperties().Select(property => property.Name), table.Columns.Select(column => column.Name));
        Assert.All(table.Columns, column =>
        {
            Assert.Equal(column.Name.EndsWith("OrNull", StringComparison.Ordinal), column.IsNullable);
            Assert.Equal(column.Type is ColumnType.Vector or ColumnType.HalfVector, column.Vector is not null);
        });
    }

    [Fact]
    public void Scalars_lists_and_nullable_forms_of_a_type_are_columns_of_one_type()
    {
        TableShape table = Shape<Everything>();

        foreach (ColumnType type in Enum.GetValues<ColumnType>().Except([ColumnType.Vector, ColumnType.HalfVector]))
        {
            Assert.Contains(table.Columns, column => column.Type == type && !column.IsArray && !column.IsNullable);
            Assert.Contains(table.Columns, column => column.Type == type && !column.IsArray && column.IsNullable);
            Assert.Contains(table.Columns, column => column.Type == type && column.IsArray);
        }
    }

    [Fact]
    public void A_vector_of_the_wrong_length_is_refused_by_name()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => RoundTrip.Of(new Everything { Floats = [1, 2] }));

        Assert.Contains("'Floats'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Null_in_a_column_that_takes_none_is_refused_by_name()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => RoundTrip.Of(new Everything { Text = null! }));

        Assert.Contains("'Text'", error.Message, StringComparison.Ordinal);
    }

    private static TableShape Shape<T>()
        where T : IHeliosRecord<T> => T.HeliosTable.Shape;
}
