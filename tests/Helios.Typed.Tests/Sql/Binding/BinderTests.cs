using Helios.Typed.Sql.Ast;
using Helios.Typed.Sql.Binding;
using Helios.Typed.Tests.Querying;
using Xunit;

namespace Helios.Typed.Tests.Sql.Binding;

public sealed class BinderTests
{
    [Theory]
    [InlineData("Pirce", "Table 'articles' has no column 'Pirce'. Did you mean 'Price'?")]
    [InlineData("in_stock", "Table 'articles' has no column 'in_stock'. Did you mean 'InStock'?")]
    [InlineData("Tag", "Table 'articles' has no column 'Tag'. Did you mean 'Tags'?")]
    public void An_unknown_name_is_answered_with_the_nearest_one(string name, string message) =>
        Assert.Equal(message, Refusal(new Column<int>(name) == 1));

    [Fact]
    public void A_name_like_no_other_is_answered_with_all_of_them() =>
        Assert.StartsWith("Table 'articles' has no column 'Warehouse'. It has Id, Category, ", Refusal(new Column<int>("Warehouse") == 1), StringComparison.Ordinal);

    [Fact]
    public void Names_are_found_whatever_their_case() =>
        Assert.Equal("Price", Assert.IsType<BoundColumn>(Assert.IsType<BoundComparison>(Bind(new Column<decimal>("pRICE") == 1)).Left).Column.Name);

    [Fact]
    public void Types_that_do_not_compare_are_named_with_the_value()
    {
        Assert.Equal("Column 'Price' is Decimal and cannot be compared with 'x', which is Text.", Refusal(new Column<string>("Price") == "x"));
        Assert.Equal("Column 'Count' is Int32 and cannot be compared with 3000000000, which is Int64.", Refusal(new Column<long>("Count") == 3_000_000_000));
        Assert.Equal("Column 'Tags' is a list of Text, which does not compare with a value.", Refusal(new Column<string>("Tags") == "x"));
        Assert.Equal("Column 'Embedding' is Vector, which does not compare with a value.", Refusal(new Column<float>("Embedding") == 1));
        Assert.Equal("Column 'Extra' is Json, which does not compare with a value.", Refusal(new Column<string>("Extra") == "{}"));
        Assert.Equal("Column 'Price' is Decimal, not a list of values that compare.", Refusal(new ListColumn<decimal>("Price").Contains(1)));
        Assert.Equal("Column 'Tags' is a list of Text and cannot be compared with 1, which is Int32.", Refusal(new ListColumn<int>("Tags").Contains(1)));
        Assert.Equal("Column 'Price' is Decimal and not a condition by itself. Compare it with something.", Refusal(new BooleanColumn("Price")));
        Assert.Equal("Price LIKE 'x': LIKE compares text with text, and column 'Price' is Decimal.", Refusal(new TextColumn("Price").Like("x")));
        Assert.Equal("Price < Count: Decimal is compared with Int32.", Refusal(new Column<int>("Price") < new Column<int>("Count")));
    }

    [Theory]
    [InlineData("Id", 5L)]
    [InlineData("Count", 5)]
    [InlineData("Color", (byte)5)]
    [InlineData("Rating", 5.0)]
    public void Numbers_take_the_type_of_the_column_they_are_compared_with(string name, object expected)
    {
        Predicate[] spellings =
        [
            new Column<int>(name) == 5, new Column<long>(name) == 5, new Column<byte>(name) == 5, new Column<ulong>(name) == 5, new Column<decimal>(name) == 5.0m,
        ];
        Assert.All(spellings, spelling => Assert.Equal(expected, Assert.IsType<BoundLiteral>(Assert.IsType<BoundComparison>(Bind(spelling)).Right).Value));
    }

    [Fact]
    public void Numbers_that_would_lose_something_are_refused()
    {
        Assert.Contains("cannot be compared", Refusal(new Column<decimal>("Count") == 1.5m), StringComparison.Ordinal);
        Assert.Contains("cannot be compared", Refusal(new Column<long>("Rating") == ((1L << 53) + 1)), StringComparison.Ordinal);
        Assert.Contains("cannot be compared", Refusal(new Column<int>("Color") == -1), StringComparison.Ordinal);
    }

    [Fact]
    public void A_literal_on_the_left_turns_the_comparison_round()
    {
        BoundExpression bound = Binder.Bind(
            new BinaryExpression(BinaryOperator.Less, Literal.Of(ColumnType.Int64, 5L), new ColumnReference(null, "Count")), Article.HeliosTable.Shape);

        BoundComparison comparison = Assert.IsType<BoundComparison>(bound);
        Assert.Equal(BinaryOperator.Greater, comparison.Operator);
        Assert.Equal(5, Assert.IsType<BoundLiteral>(comparison.Right).Value);
    }

    private static BoundExpression Bind(Predicate predicate) => Binder.Bind(predicate.Expression, Article.HeliosTable.Shape);

    private static string Refusal(Predicate predicate) => Assert.Throws<HeliosQueryException>(() => Bind(predicate)).Message;
}
