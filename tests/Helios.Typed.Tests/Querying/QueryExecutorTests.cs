using CsCheck;
using Helios.Typed.Engine;
using Helios.Typed.Querying;
using Xunit;

namespace Helios.Typed.Tests.Querying;

public sealed class QueryExecutorTests
{
    private static readonly CancellationToken _never = CancellationToken.None;

    private static RowQuery Articles => new(Article.HeliosTable.Shape);

    /// <summary>Random histories of puts, deletes and flushes, and random queries on them, against LINQ.</summary>
    [Fact]
    public void Queries_give_what_linq_gives() => Gen.Int.Sample(
        seed =>
        {
            Random random = new(seed);
            RandomArticles articles = new(random);
            using ArticleRows rows = MakeHistory(random, articles);
            for (int i = 0; i < 10; i++)
            {
                (Predicate predicate, Func<Article, bool> matches) = articles.Condition();
                RowQuery query = Articles;
                IEnumerable<Article> expected = rows.Model.Values;
                if (random.Next(3) > 0)
                {
                    query = query.Where(predicate);
                    expected = expected.Where(matches);
                }

                (query, expected) = Order(random, query, expected);
                (query, expected) = Window(random, query, expected);

                Assert.Equal(expected.Select(article => article.Id), Run(rows, query));
                Assert.Equal(expected.Count(), Count(rows, query));
            }
        },
        iter: 150);

    [Fact]
    public void Rows_come_by_key_whatever_source_holds_them()
    {
        using ArticleRows rows = new();
        Put(rows, 5, 1, 9);
        rows.Flush();
        rows.StartMemtable();
        Put(rows, 8, 2, 5);
        rows.Delete(9);
        rows.StartMemtable();
        Put(rows, 3, 7);

        Assert.Equal([1, 2, 3, 5, 7, 8], Run(rows, Articles));
        Assert.Equal([3, 5], Run(rows, Articles.Skip(2).Take(2)));
        Assert.Equal([8, 7, 5], Run(rows, Articles.OrderBy("Id", isDescending: true).Take(3)));
    }

    [Fact]
    public void Rows_without_a_value_come_last_and_first_when_descending()
    {
        using ArticleRows rows = new();
        rows.Put(new Article { Id = 1, Discount = null });
        rows.Put(new Article { Id = 2, Discount = 5 });
        rows.Put(new Article { Id = 3, Discount = 1 });
        rows.Put(new Article { Id = 4, Discount = null });

        Assert.Equal([3, 2, 1, 4], Run(rows, Articles.OrderBy("Discount", isDescending: false)));
        Assert.Equal([1, 4, 2, 3], Run(rows, Articles.OrderBy("Discount", isDescending: true)));
        Assert.Equal([1, 4, 2], Run(rows, Articles.OrderBy("Discount", isDescending: true).Take(3)));
    }

    [Fact]
    public void A_scan_in_key_order_reads_no_further_than_it_is_asked_to()
    {
        using ArticleRows rows = new();
        Put(rows, [.. Enumerable.Range(0, 100)]);
        rows.Flush();
        CountingFilter filter = new();
        QueryPlan plan = Planner.Plan(Articles.Take(3), rows.Schema) with { Filter = filter };

        using KeyOrderedRows results = new(rows.Snapshot(), plan, _never);
        while (results.MoveNext())
        {
            results.Decode();
        }

        Assert.Equal(3, filter.Asked);
    }

    [Fact]
    public void Taking_more_than_match_gives_all_that_match()
    {
        using ArticleRows rows = new();
        Put(rows, 1, 2, 3);

        Assert.Equal([1, 2, 3], Run(rows, Articles.Take(int.MaxValue)));
        Assert.Equal([2, 3], Run(rows, Articles.Skip(1).Take(int.MaxValue)));
        Assert.Equal([1, 2, 3], Run(rows, Articles.OrderBy("Price", isDescending: true).Take(int.MaxValue)));
        Assert.Equal([], Run(rows, Articles.Skip(int.MaxValue).Skip(int.MaxValue)));
        Assert.Equal([], Run(rows, Articles.Take(1).Skip(1)));
    }

    [Fact]
    public void Values_read_back_whole()
    {
        using ArticleRows rows = new();
        Article article = new RandomArticles(new Random(7)).Make(4) with { Tags = ["a", "b"], Extra = null, Sizes = [1, 2], Digest = [1], Place = [(Half)1, (Half)2] };
        rows.Put(article);
        rows.Flush();

        using RowResults results = QueryExecutor.Open(rows.Snapshot(), Articles.Where(Article.HeliosColumns.Id == 4), _never);
        Assert.True(results.MoveNext());
        Article read = RecordReading.Read<Article>(results.Decode());
        Assert.Equivalent(article, read, strict: true);
        Assert.False(results.MoveNext());
        Assert.False(results.MoveNext());
    }

    [Fact]
    public void A_cancelled_query_stops()
    {
        using ArticleRows rows = new();
        Put(rows, 1, 2, 3);
        CancellationToken cancelled = new(canceled: true);

        Assert.ThrowsAny<OperationCanceledException>(() => QueryExecutor.Open(rows.Snapshot(), Articles, cancelled).MoveNext());
        Assert.ThrowsAny<OperationCanceledException>(() => QueryExecutor.Open(rows.Snapshot(), Articles.OrderBy("Price", isDescending: false), cancelled).MoveNext());
        Assert.ThrowsAny<OperationCanceledException>(() => QueryExecutor.Count(rows.Snapshot(), Articles.Where(Article.HeliosColumns.Id == 1), cancelled));
        Assert.ThrowsAny<OperationCanceledException>(() => QueryExecutor.Count(rows.Snapshot(), Articles.Where(Article.HeliosColumns.Count == 1), cancelled));
    }

    private static ArticleRows MakeHistory(Random random, RandomArticles articles)
    {
        ArticleRows rows = new() { RowsPerGroup = random.Next(1, 5) };
        for (int step = random.Next(60); step > 0; step--)
        {
            switch (random.Next(12))
            {
                case 0:
                    rows.Flush();
                    break;
                case 1:
                    rows.StartMemtable();
                    break;
                case 2:
                    rows.Delete(random.Next(20));
                    break;
                default:
                    rows.Put(articles.Make(random.Next(20)));
                    break;
            }
        }

        return rows;
    }

    private static (RowQuery Query, IEnumerable<Article> Expected) Order(Random random, RowQuery query, IEnumerable<Article> rows) => random.Next(7) switch
    {
        0 => (query.OrderBy("Count", isDescending: false), rows.OrderBy(a => a.Count).ThenBy(a => a.Id)),
        1 => (query.OrderBy("Discount", isDescending: true).ThenBy("Count", isDescending: true), rows.OrderByDescending(a => a.Discount ?? decimal.MaxValue).ThenByDescending(a => a.Discount is null).ThenByDescending(a => a.Count).ThenBy(a => a.Id)),
        2 => (query.OrderBy("Category", isDescending: false).ThenBy("Id", isDescending: true).ThenBy("Price", isDescending: false), rows.OrderBy(a => a.Category, Utf8Order).ThenByDescending(a => a.Id)),
        3 => (query.OrderBy("Id", isDescending: false), rows),
        4 => (query.OrderBy("InStock", isDescending: true), rows.OrderByDescending(a => a.InStock).ThenBy(a => a.Id)),
        _ => (query, rows),
    };

    private static Comparer<string> Utf8Order { get; } = Comparer<string>.Create(
        (a, b) => System.Text.Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(b)));

    private static (RowQuery Query, IEnumerable<Article> Expected) Window(Random random, RowQuery query, IEnumerable<Article> rows)
    {
        for (int steps = random.Next(3); steps > 0; steps--)
        {
            int count = random.Next(1, 8);
            (query, rows) = random.Next(2) == 0 ? (query.Skip(count), rows.Skip(count)) : (query.Take(count), rows.Take(count));
        }

        return (query, rows);
    }

    private static void Put(ArticleRows rows, params int[] ids)
    {
        foreach (int id in ids)
        {
            rows.Put(new Article { Id = id });
        }
    }

    private static List<long> Run(ArticleRows rows, RowQuery query)
    {
        using RowResults results = QueryExecutor.Open(rows.Snapshot(), query, _never);
        List<long> ids = [];
        while (results.MoveNext())
        {
            ids.Add(results.Decode().Key.ToInt64());
        }

        return ids;
    }

    private static int Count(ArticleRows rows, RowQuery query)
    {
        using TableSnapshot snapshot = rows.Snapshot();
        return QueryExecutor.Count(snapshot, query, _never);
    }

    private sealed class CountingFilter : RowFilter
    {
        public int Asked { get; private set; }

        protected override bool Test(RowCursor row)
        {
            Asked++;
            return true;
        }
    }
}
