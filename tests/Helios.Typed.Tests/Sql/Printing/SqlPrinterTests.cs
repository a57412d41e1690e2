using Helios.Typed.Sql.Ast;
using Helios.Typed.Sql.Printing;
using Xunit;

namespace Helios.Typed.Tests.Sql.Printing;

public sealed class SqlPrinterTests
{
    private static readonly ColumnReference _a = new(null, "a");
    private static readonly ColumnReference _b = new(null, "b");
    private static readonly Literal _one = Literal.Of(ColumnType.Int64, 1L);

    [Theory]
    [InlineData("price", "price")]
    [InlineData("Price2_", "Price2_")]
    [InlineData("Order", "\"Order\"")]
    [InlineData("select", "\"select\"")]
    [InlineData("a b", "\"a b\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("2nd", "\"2nd\"")]
    [InlineData("größe", "\"größe\"")]
    [InlineData("", "\"\"")]
    public void Names_that_could_be_misread_stand_in_quotes(string name, string printed) =>
        Assert.Equal(printed, SqlPrinter.Print(new ColumnReference(null, name)));

    [Fact]
    public void Every_part_of_a_statement_prints_in_its_place()
    {
        SelectStatement statement = new(
            new NodeList<SelectItem>(new SelectItem(null, null), new SelectItem(new FunctionCall("cardinality", new NodeList<Expression>(_a)), "n")),
            new TableReference("user", "u"),
            new BinaryExpression(BinaryOperator.Equal, new ColumnReference("u", "a"), new Parameter("max", IsNumbered: false)),
            new NodeList<OrderItem>(new OrderItem(_a, IsDescending: true, NullsFirst: false), new OrderItem(_b, IsDescending: false, NullsFirst: true)),
            new Parameter("1", IsNumbered: true),
            _one);

        Assert.Equal(
            "SELECT *, cardinality(a) AS n FROM \"user\" AS u WHERE u.a = @max ORDER BY a DESC NULLS LAST, b NULLS FIRST LIMIT $1 OFFSET 1",
            SqlPrinter.Print(statement));
    }

    [Fact]
    public void Conditions_print_as_postgresql_writes_them()
    {
        Assert.Equal("a NOT BETWEEN 1 AND b", SqlPrinter.Print(new BetweenExpression(_a, _one, _b, IsNegated: true)));
        Assert.Equal("1 = ANY (a)", SqlPrinter.Print(new AnyExpression(_one, BinaryOperator.Equal, _a)));
        Assert.Equal("NOT (a = b)", SqlPrinter.Print(new NotExpression(new BinaryExpression(BinaryOperator.Equal, _a, _b))));
        Assert.Equal("NOT a", SqlPrinter.Print(new NotExpression(_a)));
        Assert.Equal("(a = b) IS TRUE", SqlPrinter.Print(new TruthTest(new BinaryExpression(BinaryOperator.Equal, _a, _b), IsNegated: false)));
        Assert.Equal("a NOT LIKE b", SqlPrinter.Print(new LikeExpression(_a, _b, IsNegated: true)));
        Assert.Equal("a IN (1, NULL)", SqlPrinter.Print(new InList(_a, new NodeList<Expression>(_one, Literal.Null), IsNegated: false)));
        Assert.Equal("a && ARRAY[]::uuid[]", SqlPrinter.Print(new BinaryExpression(BinaryOperator.Overlaps, _a, new ArrayLiteral(ColumnType.Guid, NodeList<Expression>.Empty))));
        Assert.Equal("(a <#> '[0.1,1E-20]') < 1", SqlPrinter.Print(new BinaryExpression(
            BinaryOperator.Less,
            new BinaryExpression(BinaryOperator.NegativeInnerProduct, _a, new VectorLiteral(new NodeList<float>(0.1f, 1e-20f))),
            _one)));
    }

    [Fact]
    public void Lists_say_their_type_unless_they_are_text()
    {
        Assert.Equal("ARRAY['00000000-0000-0000-0000-000000000000']::uuid[]", Print(ColumnType.Guid, Guid.Empty));
        Assert.Equal("ARRAY[3]::smallint[]", Print(ColumnType.Int16, (short)3));
        Assert.Equal("ARRAY[0.1, 'NaN']::real[]", Print(ColumnType.Single, 0.1f, float.NaN));
        Assert.Equal("ARRAY['a']", Print(ColumnType.Text, "a"));

        static string Print(ColumnType type, params object[] values) =>
            SqlPrinter.Print(new ArrayLiteral(type, new NodeList<Expression>([.. values.Select(value => Literal.Of(type, value))])));
    }

    [Fact]
    public void Floats_say_that_they_are_no_doubles()
    {
        Assert.Equal("a < '0.1'::real", SqlPrinter.Print((new Column<float>("a") < 0.1f).Expression));
        Assert.Equal("a IN ('NaN'::real, '-1E-20'::real)", SqlPrinter.Print(new Column<float>("a").In(float.NaN, -1e-20f).Expression));
        Assert.Equal("a < 0.1", SqlPrinter.Print((new Column<double>("a") < 0.1).Expression));
    }

    [Fact]
    public void Conditions_of_one_kind_are_one_node_however_they_were_joined()
    {
        Expression flat = LogicalExpression.And(_a, _b, _one);

        Assert.Equal(flat, LogicalExpression.And(_a, LogicalExpression.And(_b, _one)));
        Assert.Equal(flat, LogicalExpression.And(LogicalExpression.And(_a, _b), _one));
        Assert.Equal(flat.GetHashCode(), LogicalExpression.And(LogicalExpression.And(_a, _b), _one).GetHashCode());
        Assert.NotEqual(flat, LogicalExpression.Or(_a, _b, _one));
        Assert.Equal("a AND (b OR 1)", SqlPrinter.Print(LogicalExpression.And(_a, LogicalExpression.Or(_b, _one))));
    }

    [Fact]
    public void Nodes_are_equal_by_what_they_say_and_not_by_where_it_was_written()
    {
        Assert.Equal(_a, _a with { Span = new SourceSpan(3, 1) });
        Assert.Equal(Literal.Of(ColumnType.Binary, new byte[] { 1 }), Literal.Of(ColumnType.Binary, new byte[] { 1 }));
        Assert.NotEqual(Literal.Of(ColumnType.Binary, new byte[] { 1 }), Literal.Of(ColumnType.Binary, new byte[] { 2 }));
        Assert.NotEqual(Literal.Of(ColumnType.Int32, 1), Literal.Of(ColumnType.Int64, 1L));
        Assert.NotEqual<Expression>(_a, new ColumnReference("t", "a"));
    }
}
