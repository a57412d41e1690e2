using Xunit;

namespace Helios.Typed.Tests.Querying;

/// <summary>Holds every step to refusing what it is given wrongly, at once and in words that say what to do.</summary>
public sealed class QueryArgumentTests
{
    private static readonly float[] _vector = [1, 0, 0];

    private static Query<Article, ArticleColumns> Articles => new(new DetachedStore<Article>());

    private static NearestQuery<Article, ArticleColumns> Near => Articles.Nearest(a => a.Embedding, _vector);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void Take_asks_for_at_least_one(int count)
    {
        AssertOutOfRange($"Take is asked for {count} rows; it must be at least 1.", "count", () => Articles.Take(count));
        AssertOutOfRange($"Take is asked for {count} rows; it must be at least 1.", "count", () => Near.Take(count));
    }

    [Fact]
    public void Skip_passes_over_no_fewer_than_none()
    {
        AssertOutOfRange("Skip is asked to pass over -1 rows; it must be at least 0.", "count", () => Articles.Skip(-1));
        AssertOutOfRange("Skip is asked to pass over -1 rows; it must be at least 0.", "count", () => Near.Skip(-1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100_001)]
    public void The_beam_has_a_range(int efSearch) =>
        AssertOutOfRange($"efSearch is {efSearch}; it must be from 1 to 100,000.", "efSearch", () => Near.WithEfSearch(efSearch));

    [Fact]
    public void A_vector_of_another_dimension_names_column_expected_and_given()
    {
        AssertArgument("Column 'Embedding' of table 'articles': vectors have 3 dimensions, and this one has 2.", () => Articles.Nearest(a => a.Embedding, new float[2]));
        AssertArgument("Column 'Embedding' of table 'articles': vectors have 3 dimensions, and this one has 0 (was it ever set?).", () => Articles.Nearest(a => a.Embedding, default(ReadOnlyMemory<float>)));
        AssertArgument("Column 'Place' of table 'articles': vectors have 2 dimensions, and this one has 3.", () => Articles.Nearest(a => a.Place, new Half[3]));
    }

    [Fact]
    public void A_vector_that_nothing_is_near_to_is_refused()
    {
        AssertArgument("Column 'Embedding' of table 'articles': element 1 of the vector is NaN; elements are finite numbers.", () => Articles.Nearest(a => a.Embedding, new[] { 1, float.NaN, 0 }));
        AssertArgument("Column 'Embedding' of table 'articles': element 2 of the vector is Infinity; elements are finite numbers.", () => Articles.Nearest(a => a.Embedding, new[] { 1, 0, float.PositiveInfinity }));
        Assert.Contains("the vector is zero", Assert.Throws<ArgumentException>(() => Articles.Nearest(a => a.Embedding, new float[3])).Message, StringComparison.Ordinal);
        Articles.Nearest(a => a.Place, new Half[2]);
    }

    [Fact]
    public void Bounds_on_nearness_are_ones_that_can_be_met()
    {
        AssertArgument("Within needs a least similarity or a greatest distance: write Within(minSimilarity: 0.8) or Within(maxDistance: 0.2).", () => Near.Within());
        AssertOutOfRange("The least similarity is 80, but cosine similarity is from -1 to 1.", "minSimilarity", () => Near.Within(minSimilarity: 80));
        AssertOutOfRange("The least similarity is NaN, which nothing compares with.", "minSimilarity", () => Near.Within(minSimilarity: double.NaN));
        AssertOutOfRange("The greatest distance is -0.5, but no Cosine distance is below 0.", "maxDistance", () => Near.Within(maxDistance: -0.5));
        AssertOutOfRange("The greatest distance is NaN, but no Cosine distance is below 0.", "maxDistance", () => Near.Within(maxDistance: double.NaN));
        AssertOutOfRange("The least similarity is 0, but the similarity of a Euclidean distance d is 1 / (1 + d), above 0 and up to 1.", "minSimilarity", () => Articles.Nearest(a => a.Place, new Half[2]).Within(minSimilarity: 0));
    }

    [Fact]
    public void Steps_that_do_not_go_together_say_which_to_leave_out()
    {
        AssertState("Where comes before Skip and Take, which count the rows that are left.", () => Articles.Take(5).Where(a => a.InStock));
        AssertState("Where comes before Skip and Take, which count the rows that are left.", () => Near.Skip(5).Where(a => a.InStock));
        AssertState("Nearest comes before Skip and Take, which count the rows that are left.", () => Articles.Take(5).Nearest(a => a.Embedding, _vector));
        AssertState("OrderBy comes before Skip and Take, which count the rows that are left.", () => Articles.Take(5).OrderBy(a => a.Price));
        AssertState("Within comes before Skip and Take, which count the rows that are left.", () => Near.Take(5).Within(minSimilarity: 0.5));
        AssertState("Nearest orders rows by their distance, so it does not go with OrderBy. Leave one of them out.", () => Articles.OrderBy(a => a.Price).Nearest(a => a.Embedding, _vector));
        AssertState("ThenBy breaks the ties of an order, so it comes after OrderBy or OrderByDescending.", () => Articles.ThenBy(a => a.Price));
    }

    [Fact]
    public void A_local_time_is_refused_with_the_way_out() =>
        AssertArgument(
            "Column 'SeenAt' is compared with a DateTime of kind Local. Convert it with ToUniversalTime(), or use a DateTimeOffset column, which keeps the offset.",
            () => Articles.Where(a => a.SeenAt > new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Local)));

    [Fact]
    public void A_pattern_that_ends_in_an_escape_is_refused() =>
        AssertArgument(@"The pattern 'a\' for column 'Category' ends in an escape that escapes nothing. Write \\ for a backslash.", () => Articles.Where(a => a.Category.Like(@"a\")));

    [Fact]
    public void A_list_is_not_searched_for_null() =>
        AssertArgument("Lists in column 'Tags' are searched for null, which is not supported. Leave the null out.", () => Articles.Where(a => a.Tags.Overlaps("a", null!)));

    [Fact]
    public void A_column_of_another_metric_or_element_is_refused_where_the_compiler_cannot_see_it()
    {
        AssertArgument("Column 'Embedding' of table 'articles' is Vector compared by Cosine, and is asked as Vector compared by Euclidean.", () => Articles.Nearest(_ => new VectorColumn<float, EuclideanMetric>("Embedding"), _vector));
        AssertArgument("Column 'Price' of table 'articles' is Decimal, and is asked as Vector compared by Cosine.", () => Articles.Nearest(_ => new VectorColumn<float, CosineMetric>("Price"), _vector));
    }

    [Fact]
    public async Task A_store_of_no_database_says_what_is_needed()
    {
        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(async () => await Articles.ToListAsync(TestContext.Current.CancellationToken));
        Assert.Contains("Get it from HeliosDatabase.Store<Article>()", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Null_arguments_are_refused()
    {
        Assert.Throws<ArgumentNullException>(() => new Query<Article, ArticleColumns>(null!));
        Assert.Throws<ArgumentNullException>(() => Articles.Where(null!));
        Assert.Throws<ArgumentNullException>(() => Articles.Where(_ => null!));
        Assert.Throws<ArgumentNullException>(() => Articles.OrderBy(null!));
        Assert.Throws<ArgumentNullException>(() => Articles.Where(a => a.Category.In((IEnumerable<string>)null!)));
        Assert.Throws<ArgumentNullException>(() => Articles.Where(a => a.Category.StartsWith(null!)));
        Assert.Throws<ArgumentNullException>(() => Articles.Where(a => a.InStock & null!));
    }

    private static void AssertArgument(string message, Func<object> step) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(step).Message, StringComparison.Ordinal);

    private static void AssertOutOfRange(string message, string parameter, Func<object> step)
    {
        ArgumentOutOfRangeException refused = Assert.Throws<ArgumentOutOfRangeException>(step);
        Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
        Assert.Equal(parameter, refused.ParamName);
    }

    private static void AssertState(string message, Func<object> step) => Assert.Equal(message, Assert.Throws<InvalidOperationException>(step).Message);
}
