using Helios.Typed.Querying;
using Xunit;

namespace Helios.Typed.Tests.Querying;

/// <summary>Holds typed conditions to the SQL they mean.</summary>
public sealed class ToSqlTests
{
    private static readonly float[] _vector = [1, 2.5f, -3];

    private static Query<Article, ArticleColumns> Articles => new(new DetachedStore<Article>());

    [Fact]
    public void A_query_without_steps_gives_all_rows_by_key() =>
        Assert.Equal("SELECT * FROM articles ORDER BY Id", Articles.ToSql());

    [Fact]
    public void Comparisons_join_as_csharp_joins_them() =>
        AssertWhere("Category = 'x' AND Price <= 50 AND InStock AND NOT Sold", a => a.Category == "x" && a.Price <= 50m && a.InStock && !a.Sold);

    [Fact]
    public void And_within_or_stands_in_parentheses() =>
        AssertWhere("(Price < 1 AND Count > 2) OR InStock OR Sold", a => (a.Price < 1 && a.Count > 2) || a.InStock || a.Sold);

    [Fact]
    public void Values_on_the_left_turn_the_comparison_round()
    {
        AssertWhere("Count > 5", a => 5 < a.Count);
        AssertWhere("Count >= 5", a => 5 <= a.Count);
        AssertWhere("Count < 5", a => 5 > a.Count);
        AssertWhere("Count <= 5", a => 5 >= a.Count);
        AssertWhere("Count = 5", a => 5 == a.Count);
        AssertWhere("Count <> 5", a => 5 != a.Count);
        AssertWhere("NOT InStock", a => false == a.InStock);
    }

    [Fact]
    public void Null_is_asked_for_by_is_null()
    {
        AssertWhere("Discount IS NULL", a => a.Discount == null);
        AssertWhere("Discount IS NOT NULL", a => a.Discount != null);
        AssertWhere("Title IS NULL", a => null == a.Title);
        AssertWhere("Title IS NOT NULL", a => !(a.Title == null));
        AssertWhere("Extra IS NOT NULL AND Digest IS NULL AND Sizes IS NULL", a => a.Extra.IsNotNull() && a.Digest == null && a.Sizes.IsNull());
        AssertWhere("Place IS NULL", a => a.Place.IsNull());
    }

    [Fact]
    public void A_column_that_takes_no_null_is_never_null()
    {
        AssertWhere("FALSE", a => a.Category == null);
        Assert.Equal("SELECT * FROM articles ORDER BY Id", Articles.Where(a => a.Category != null).ToSql());
    }

    [Fact]
    public void Differing_from_a_value_includes_null_and_is_printed_so()
    {
        AssertWhere("Price <> 1", a => a.Price != 1);
        AssertWhere("Discount IS DISTINCT FROM 1", a => a.Discount != 1);
        AssertWhere("Discount IS DISTINCT FROM 1", a => !(a.Discount == 1));
        AssertWhere("Discount = 1", a => !(a.Discount != 1));
        AssertWhere("Discount = 1", a => a.Discount == 1);
    }

    [Fact]
    public void Not_is_two_valued_where_null_plays_a_part()
    {
        AssertWhere("NOT (Price < 1)", a => !(a.Price < 1));
        AssertWhere("(Discount < 1) IS NOT TRUE", a => !(a.Discount < 1));
        AssertWhere("Discount < 1", a => !!(a.Discount < 1));
        AssertWhere("(Discount < 1 OR Title = 'x') IS NOT TRUE", a => !(a.Discount < 1 || a.Title == "x"));
        AssertWhere("Category NOT IN ('a', 'b')", a => !a.Category.In("a", "b"));
        AssertWhere("(Title IN ('a', 'b')) IS NOT TRUE", a => !a.Title.In("a", "b"));
        AssertWhere("Category NOT LIKE 'a%'", a => !a.Category.StartsWith("a"));
    }

    [Fact]
    public void Comparing_with_null_matches_nothing()
    {
        AssertWhere("FALSE", a => a.Discount < null);
        AssertWhere("FALSE", a => a.Discount.Between(null, 5));
        Assert.Equal("SELECT * FROM articles ORDER BY Id", Articles.Where(a => !(a.Discount < null)).ToSql());
    }

    [Fact]
    public void Columns_compare_with_columns()
    {
        AssertWhere("Category = Title", a => a.Category == a.Title);
        AssertWhere("Category IS DISTINCT FROM Title", a => a.Category != a.Title);
        AssertWhere("Price < Price", a => a.Price < a.Price);
        AssertWhere("InStock <> Sold", a => a.InStock != a.Sold);
    }

    [Fact]
    public void Two_columns_that_may_both_be_null_compare_as_csharp_does()
    {
        Column<decimal?> other = new("Discount");
        AssertWhere("Discount IS NOT DISTINCT FROM Discount", a => a.Discount == other);
    }

    [Fact]
    public void Lists_of_values()
    {
        AssertWhere("Count IN (1, 2, 3)", a => a.Count.In(1, 2, 3));
        AssertWhere("Count IN (1, 2, 3)", a => a.Count.In(Enumerable.Range(1, 3)));
        AssertWhere("Title IN ('a') OR Title IS NULL", a => a.Title.In("a", null));
        AssertWhere("FALSE", a => a.Count.In());
        AssertWhere("Price BETWEEN 1.50 AND 2", a => a.Price.Between(1.50m, 2));
        AssertWhere("Color IN (1, 3)", a => a.Color.In(Color.Red, Color.Blue));
        AssertWhere("NOT InStock", a => a.InStock.In(false));
    }

    [Fact]
    public void Text_patterns_escape_what_is_meant_literally()
    {
        AssertWhere(@"Category LIKE 'a\_b\%\\%'", a => a.Category.StartsWith(@"a_b%\"));
        AssertWhere("Category LIKE '%it''s'", a => a.Category.EndsWith("it's"));
        AssertWhere("Category LIKE '%x%'", a => a.Category.Contains("x"));
        AssertWhere("Category LIKE 'a_c%'", a => a.Category.Like("a_c%"));
    }

    [Fact]
    public void Lists_in_columns()
    {
        AssertWhere("Tags && ARRAY['gpu', 'cpu']", a => a.Tags.Overlaps("gpu", "cpu"));
        AssertWhere("Tags @> ARRAY['gpu']", a => a.Tags.Contains("gpu"));
        AssertWhere("Sizes @> ARRAY[1, 2]::integer[]", a => a.Sizes.ContainsAll(1, 2));
        AssertWhere("NOT (Tags @> ARRAY['gpu'])", a => !a.Tags.Contains("gpu"));
        AssertWhere("(Sizes @> ARRAY[1]::integer[]) IS NOT TRUE", a => !a.Sizes.Contains(1));
        AssertWhere("cardinality(Tags) = 0", a => a.Tags.IsEmpty());
        AssertWhere("FALSE", a => a.Tags.Overlaps());
        AssertWhere("Sizes IS NOT NULL", a => a.Sizes.ContainsAll());
    }

    [Fact]
    public void Values_of_every_type_print_without_culture()
    {
        AssertWhere("PublishedAt >= '2026-01-02T03:04:05.5+02:00'", a => a.PublishedAt >= new DateTimeOffset(2026, 1, 2, 3, 4, 5, 500, TimeSpan.FromHours(2)));
        AssertWhere("SeenAt < '2026-01-02T03:04:05Z'", a => a.SeenAt < new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        AssertWhere("Day = '2026-01-02' AND Hour > '03:04:05.0000001'", a => a.Day == new DateOnly(2026, 1, 2) && a.Hour > new TimeOnly(3, 4, 5).Add(TimeSpan.FromTicks(1)));
        AssertWhere("Duration < '-49:00:00.25'", a => a.Duration < -new TimeSpan(2, 1, 0, 0, 250));
        AssertWhere("Duration < '-256204778:48:05.4775808'", a => a.Duration < TimeSpan.MinValue);
        AssertWhere("Code = '01234567-89ab-cdef-0123-456789abcdef'", a => a.Code == Guid.Parse("01234567-89ab-cdef-0123-456789abcdef"));
        AssertWhere(@"Digest = '\x00ff'", a => a.Digest == new byte[] { 0, 255 });
        AssertWhere("Rating > 0.1 AND Rating < 'Infinity' AND Rating IS DISTINCT FROM 'NaN'", a => a.Rating > 0.1 && a.Rating < double.PositiveInfinity && a.Rating != double.NaN);
        AssertWhere("Color = 2", a => a.Color == Color.Green);
        AssertWhere("Reviewed = TRUE", a => a.Reviewed == true);
        AssertWhere("Reviewed IS DISTINCT FROM TRUE", a => a.Reviewed != true);
    }

    [Fact]
    public void Hostile_text_stays_text() =>
        AssertWhere("Category = '''; DROP TABLE articles; --'", a => a.Category == "'; DROP TABLE articles; --");

    [Fact]
    public void Order_and_window()
    {
        Assert.Equal("SELECT * FROM articles ORDER BY Price DESC, Category, Id LIMIT 5 OFFSET 10", Articles.OrderByDescending(a => a.Price).ThenBy(a => a.Category).Skip(10).Take(5).ToSql());
        Assert.Equal("SELECT * FROM articles ORDER BY Category, Price, Id", Articles.OrderBy(a => a.Price).OrderBy(a => a.Category).ToSql());
        Assert.Equal("SELECT * FROM articles ORDER BY Id DESC", Articles.OrderByDescending(a => a.Id).ToSql());
        Assert.Equal("SELECT * FROM articles ORDER BY InStock, Title DESC, Id", Articles.OrderBy(a => a.InStock).ThenByDescending(a => a.Title).ToSql());
        Assert.Equal("SELECT * FROM articles ORDER BY Id LIMIT 3 OFFSET 2", Articles.Take(5).Skip(2).Take(10).ToSql());
    }

    [Fact]
    public void Nearness_is_the_columns_own_metric() =>
        Assert.Equal(
            "SELECT *, Embedding <=> '[1,2.5,-3]' AS distance FROM articles WHERE Category = 'x' AND InStock ORDER BY distance, Id LIMIT 5",
            Articles.Where(a => a.Category == "x").Nearest(a => a.Embedding, _vector).Where(a => a.InStock).Take(5).ToSql());

    [Fact]
    public void Rows_without_a_vector_are_left_out_in_words() =>
        Assert.Equal(
            "SELECT *, Place <-> '[1,0.5]' AS distance FROM articles WHERE Place IS NOT NULL ORDER BY distance, Id",
            Articles.Nearest(a => a.Place, new[] { (Half)1, (Half)0.5 }).ToSql());

    [Fact]
    public void Bounds_on_nearness_are_distances_in_sql()
    {
        Assert.Equal(
            "SELECT *, Embedding <=> '[1,2.5,-3]' AS distance FROM articles WHERE (Embedding <=> '[1,2.5,-3]') <= 0.1 ORDER BY distance, Id",
            Articles.Nearest(a => a.Embedding, _vector).Within(minSimilarity: 0.9).ToSql());
        Assert.Equal(
            "SELECT *, Embedding <=> '[1,2.5,-3]' AS distance FROM articles WHERE (Embedding <=> '[1,2.5,-3]') <= 0.25 ORDER BY distance, Id",
            Articles.Nearest(a => a.Embedding, _vector).Within(maxDistance: 0.25).Within(minSimilarity: 0.5).ToSql());
    }

    [Fact]
    public void The_distance_has_a_name_that_no_column_has()
    {
        TableDefinition table = TableDefinition.Create("t").Key("Id", ColumnType.Int32).Column("Distance", ColumnType.Double).Column("DISTANCE2", ColumnType.Double).Vector("v", new VectorColumnAttribute(2, Metric.Euclidean)).Build();
        RowQuery query = new RowQuery(table.Shape).NearestTo<float>("v", null, [1, 2]);

        Assert.Equal("SELECT *, v <-> '[1,2]' AS distance3 FROM t ORDER BY distance3, Id", QueryStatement.Print(query));
    }

    [Fact]
    public void Logs_show_the_first_elements_of_a_long_vector()
    {
        TableDefinition table = TableDefinition.Create("t").Key("Id", ColumnType.Int32).Vector("v", new VectorColumnAttribute(384, Metric.InnerProduct)).Build();
        RowQuery query = new RowQuery(table.Shape).NearestTo<float>("V", null, new float[384]);

        Assert.Equal("SELECT *, v <#> '[0,0,…]' AS distance FROM t ORDER BY distance, Id", QueryStatement.Print(query, 2));
    }

    [Fact]
    public void Steps_leave_the_query_they_start_from_alone()
    {
        Query<Article, ArticleColumns> all = Articles;
        Query<Article, ArticleColumns> cheap = all.Where(a => a.Price < 1);
        cheap.Where(a => a.InStock).Take(3);

        Assert.Equal("SELECT * FROM articles ORDER BY Id", all.ToSql());
        Assert.Equal("SELECT * FROM articles WHERE Price < 1 ORDER BY Id", cheap.ToSql());
    }

    [Fact]
    public void Arrays_given_to_a_query_may_change_afterwards()
    {
        byte[] digest = [1, 2];
        float[] vector = [1, 2, 3];
        NearestQuery<Article, ArticleColumns> query = Articles.Where(a => a.Digest == digest).Nearest(a => a.Embedding, vector);
        string before = query.ToSql();
        digest[0] = 9;
        vector[0] = 9;

        Assert.Equal(before, query.ToSql());
    }

    [Fact]
    public void Predicates_print_what_they_mean() =>
        Assert.Equal("(Price < 1) IS NOT TRUE", (!(new ArticleColumns().Price < 1)).ToString());

    [Fact]
    public void A_chain_of_ten_thousand_conditions_prints()
    {
        ArticleColumns columns = new();
        Predicate any = columns.Count == 0;
        for (int i = 1; i < 10_000; i++)
        {
            any |= columns.Count == i;
        }

        Assert.Contains("Count = 9999", Articles.Where(_ => any).ToSql(), StringComparison.Ordinal);
    }

    [Fact]
    public void Conditions_nested_too_deeply_are_refused_and_not_a_crash()
    {
        ArticleColumns columns = new();
        Predicate tower = columns.Count == 0;
        for (int i = 0; i < 5_000; i++)
        {
            tower = (tower && columns.InStock) || columns.Sold;
        }

        Assert.Contains("nested", Assert.Throws<HeliosQueryException>(() => Articles.Where(_ => tower).ToSql()).Message, StringComparison.Ordinal);
    }

    private static void AssertWhere(string expected, Func<ArticleColumns, Predicate> condition) =>
        Assert.Equal($"SELECT * FROM articles WHERE {expected} ORDER BY Id", Articles.Where(condition).ToSql());
}
