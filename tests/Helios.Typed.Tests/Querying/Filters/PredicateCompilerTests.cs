using CsCheck;
using Helios.Typed.Engine;
using Helios.Typed.Querying.Filters;
using Helios.Typed.Records;
using Helios.Typed.Sql.Ast;
using Helios.Typed.Sql.Binding;
using Helios.Typed.Sql.Printing;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Querying.Filters;

public sealed class PredicateCompilerTests
{
    private const int Rows = 20;

    /// <summary>Random conditions on random rows of every type, against the same conditions written in C#.</summary>
    [Fact]
    public void Typed_conditions_mean_what_csharp_means() => Gen.Int.Sample(
        seed =>
        {
            RandomArticles articles = new(new Random(seed));
            using ArticleRows rows = new();
            for (int id = 0; id < Rows; id++)
            {
                rows.Put(articles.Make(id));
            }

            if (seed % 2 == 0)
            {
                rows.Flush();
            }

            for (int i = 0; i < 40; i++)
            {
                (Predicate predicate, Func<Article, bool> model) = articles.Condition();
                long[] expected = [.. rows.Model.Values.Where(model).Select(article => article.Id)];
                Expression simplified = Simplifier.Simplify(predicate.Expression, rows.Schema.Declared);

                Assert.True(expected.SequenceEqual(Match(rows, predicate.Expression)), SqlPrinter.Print(predicate.Expression));
                Assert.True(expected.SequenceEqual(Match(rows, simplified)), $"{SqlPrinter.Print(predicate.Expression)} → {SqlPrinter.Print(simplified)}");
            }
        },
        iter: 60);

    /// <summary>SQL's own operators are unknown where a side is null, and NOT keeps that.</summary>
    [Theory]
    [InlineData(nameof(BinaryOperator.Equal), "TFUFT")]
    [InlineData(nameof(BinaryOperator.NotEqual), "FTUTF")]
    [InlineData(nameof(BinaryOperator.Less), "FFUTF")]
    [InlineData(nameof(BinaryOperator.LessOrEqual), "TFUTT")]
    [InlineData(nameof(BinaryOperator.Greater), "FTUFF")]
    [InlineData(nameof(BinaryOperator.GreaterOrEqual), "TTUFT")]
    [InlineData(nameof(BinaryOperator.IsNotDistinctFrom), "TFFFT")]
    [InlineData(nameof(BinaryOperator.IsDistinctFrom), "FTTTF")]
    public void Comparisons_have_three_answers(string operation, string answers)
    {
        // Discounts of 1, 2, null, 0 and 1.00, each compared with 1.
        Expression comparison = new BinaryExpression(Enum.Parse<BinaryOperator>(operation), new ColumnReference(null, "Discount"), Literal.Of(ColumnType.Decimal, 1m));

        Assert.Equal(answers, AskDiscounts(comparison));
        Assert.Equal(string.Concat(answers.Select(Deny)), AskDiscounts(new NotExpression(comparison)));
        Assert.Equal(string.Concat(answers.Select(c => c == 'T' ? 'F' : 'T')), AskDiscounts(new TruthTest(comparison, IsNegated: true)));
        Assert.Equal(string.Concat(answers.Select(c => c == 'T' ? 'T' : 'F')), AskDiscounts(new TruthTest(comparison, IsNegated: false)));
    }

    [Fact]
    public void A_comparison_with_null_is_unknown_but_for_the_two_that_know_null()
    {
        Assert.Equal("UUUUU", AskDiscounts(new BinaryExpression(BinaryOperator.Equal, new ColumnReference(null, "Discount"), Literal.Null)));
        Assert.Equal("FFTFF", AskDiscounts(new BinaryExpression(BinaryOperator.IsNotDistinctFrom, new ColumnReference(null, "Discount"), Literal.Null)));
        Assert.Equal("TTFTT", AskDiscounts(new BinaryExpression(BinaryOperator.IsDistinctFrom, Literal.Null, new ColumnReference(null, "Discount"))));
    }

    [Fact]
    public void Lists_with_null_leave_unknown_what_is_not_found()
    {
        ColumnReference discount = new(null, "Discount");
        NodeList<Expression> oneAndNull = new(Literal.Of(ColumnType.Decimal, 1m), Literal.Null);

        Assert.Equal("TUUUT", AskDiscounts(new InList(discount, oneAndNull, IsNegated: false)));
        Assert.Equal("FUUUF", AskDiscounts(new InList(discount, oneAndNull, IsNegated: true)));
        Assert.Equal("TTUFT", AskDiscounts(new BetweenExpression(discount, Literal.Of(ColumnType.Int32, 1), Literal.Of(ColumnType.Int32, 5), IsNegated: false)));
        Assert.Equal("UUUFU", AskDiscounts(new BetweenExpression(discount, Literal.Of(ColumnType.Int32, 1), Literal.Null, IsNegated: false)));
    }

    [Fact]
    public void And_and_or_are_those_of_kleene()
    {
        Expression isOne = new BinaryExpression(BinaryOperator.Equal, new ColumnReference(null, "Discount"), Literal.Of(ColumnType.Decimal, 1m));

        Assert.Equal("TFUFT", AskDiscounts(LogicalExpression.And(isOne, Literal.True)));
        Assert.Equal("FFFFF", AskDiscounts(LogicalExpression.And(isOne, Literal.False)));
        Assert.Equal("UFUFU", AskDiscounts(LogicalExpression.And(Literal.Null, isOne)));
        Assert.Equal("TTTTT", AskDiscounts(LogicalExpression.Or(isOne, Literal.True)));
        Assert.Equal("TUUUT", AskDiscounts(LogicalExpression.Or(Literal.Null, isOne)));
    }

    [Fact]
    public void Any_finds_an_element_and_is_unknown_where_only_null_is_left()
    {
        Expression anyIsTwo = new AnyExpression(Literal.Of(ColumnType.Int32, 2), BinaryOperator.Equal, new ColumnReference(null, "Sizes"));

        Assert.Equal("TFFU", Ask(anyIsTwo, [new Article { Sizes = [1, 2] }, new Article { Sizes = [1] }, new Article { Sizes = [] }, new Article { Sizes = null }]));
    }

    /// <summary>A list that came to the table after a row is empty in it, or null where it may be: as it reads.</summary>
    [Fact]
    public void A_list_that_a_row_was_written_without_is_what_it_reads_as()
    {
        TableDefinition before = TableDefinition.Create("t").Key("Id", ColumnType.Int64).Build();
        TableDefinition after = TableDefinition.Create("t").Key("Id", ColumnType.Int64)
            .Column("Tags", ColumnType.Text, list: true)
            .Column("Sizes", ColumnType.Int32, nullable: true, list: true).Build();
        var schema = TableSchema.Create(after.Shape, SchemaEvolution.Reconcile(before.Shape, after.Shape));
        using SegmentFixture fixture = new();
        using TestTable old = new(before);
        Memtable rows = fixture.NewMemtable(old);
        old.Add(rows, HeliosKey.Create(1L), 1, _ => { });
        using RowCursor cursor = rows.OpenCursor(schema);
        cursor.MoveTo(0);
        ListColumn<string> tags = new("Tags");
        ListColumn<int> sizes = new("Sizes");

        Assert.True(Matches(tags.IsEmpty()));
        Assert.False(Matches(tags.IsNull()));
        Assert.True(Matches(!tags.Contains("a")));
        Assert.False(Matches(sizes.IsEmpty()));
        Assert.True(Matches(sizes.IsNull()));
        Assert.True(Matches(!sizes.Contains(1)));

        bool Matches(Predicate predicate) => PredicateCompiler.Compile(Binder.Bind(predicate.Expression, after.Shape), schema).Matches(cursor);
    }

    [Fact]
    public void A_literal_that_no_row_can_hold_is_refused_by_what_is_wrong_with_it()
    {
        HeliosQueryException refused = Assert.Throws<HeliosQueryException>(() =>
        {
            using ArticleRows rows = new();
            return PredicateCompiler.Compile(Binder.Bind((Article.HeliosColumns.Category == "\uD800").Expression, rows.Schema.Declared), rows.Schema);
        });
        Assert.Contains("half a surrogate pair", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Asking_a_row_allocates_nothing()
    {
        using ArticleRows rows = new();
        rows.Put(new RandomArticles(new Random(1)).Make(1) with { Category = "ab", Title = "abc", Tags = ["a", "b"] });
        ArticleColumns columns = Article.HeliosColumns;
        Predicate predicate = columns.Category == "ab" && columns.Title.Contains("b") && columns.Tags.Overlaps("x", "b") && columns.Category < columns.Title
            && columns.Price < 1e20m && columns.Id.In(1, 2, 3) && !(columns.Count > 100) && columns.Title.Like("%_c");
        var filter = (CompiledFilter)PredicateCompiler.Compile(Binder.Bind(predicate.Expression, rows.Schema.Declared), rows.Schema);
        using TableSnapshot snapshot = rows.Snapshot();
        using RowCursor cursor = snapshot.Sources[0].OpenCursor(rows.Schema);
        cursor.MoveTo(0);
        Assert.True(filter.Matches(cursor));

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            filter.Matches(cursor);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static char Deny(char answer) => answer switch { 'T' => 'F', 'F' => 'T', _ => 'U' };

    private static string AskDiscounts(Expression condition) =>
        Ask(condition, [.. new decimal?[] { 1, 2, null, 0, 1.00m }.Select(discount => new Article { Discount = discount })]);

    private static string Ask(Expression condition, Article[] articles)
    {
        using ArticleRows rows = new();
        for (int i = 0; i < articles.Length; i++)
        {
            rows.Put(articles[i] with { Id = i });
        }

        var filter = (CompiledFilter)PredicateCompiler.Compile(Binder.Bind(condition, rows.Schema.Declared), rows.Schema);
        using TableSnapshot snapshot = rows.Snapshot();
        using RowCursor cursor = snapshot.Sources[0].OpenCursor(rows.Schema);
        char[] answers = new char[articles.Length];
        for (int i = 0; i < answers.Length; i++)
        {
            cursor.MoveTo(i);
            answers[i] = filter.Ask(cursor).ToString()[0];
        }

        return new string(answers);
    }

    private static List<long> Match(ArticleRows rows, Expression condition)
    {
        RowFilter filter = PredicateCompiler.Compile(Binder.Bind(condition, rows.Schema.Declared), rows.Schema);
        using TableSnapshot snapshot = rows.Snapshot();
        using RowCursor cursor = snapshot.Sources[0].OpenCursor(rows.Schema);
        List<long> ids = [];
        for (int ordinal = 0; ordinal < snapshot.Sources[0].RowCount; ordinal++)
        {
            cursor.MoveTo(ordinal);
            if (filter.Matches(cursor))
            {
                ids.Add(cursor.Decode().Key.ToInt64());
            }
        }

        return ids;
    }
}
