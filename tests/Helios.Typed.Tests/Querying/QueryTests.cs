using System.Globalization;
using CsCheck;
using Xunit;

namespace Helios.Typed.Tests.Querying;

/// <summary>Asks an open database through the front door.</summary>
public sealed class QueryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Random rows, flushed or not, and random filtered searches, against every distance computed in C#.</summary>
    [Fact]
    public async Task Nearest_gives_what_brute_force_gives()
    {
        await Gen.Int.SampleAsync(
            async seed =>
            {
                Random random = new(seed);
                RandomArticles articles = new(random);
                await using HeliosDatabase database = await HeliosDatabase.OpenAsync(":memory:", cancellationToken: Token);
                HeliosStore<Article> store = database.Store<Article>();
                Dictionary<long, Article> model = await FillAsync(database, store, random, articles);
                for (int i = 0; i < 6; i++)
                {
                    (Predicate predicate, Func<Article, bool> matches) = articles.Condition();
                    int skip = random.Next(3);
                    int take = random.Next(1, 8);
                    Half[] place = [(Half)random.Next(-2, 3), (Half)random.Next(-2, 3)];
                    NearestQuery<Article, ArticleColumns> all = Query(store).Where(_ => predicate).Nearest(a => a.Place, place);
                    long[] expected = [.. model.Values
                        .Where(article => article.Place is not null && matches(article))
                        .OrderBy(article => Distance(article.Place!, place)).ThenBy(article => article.Id)
                        .Select(article => article.Id)];

                    Assert.Equal(expected, Ids(await all.ToListAsync(Token)));
                    Assert.Equal(expected.Skip(skip).Take(take), Ids(await all.Skip(skip).Take(take).ToListAsync(Token)));
                    Assert.Equal(expected.Skip(skip).Take(take), Ids(await all.Exact().Skip(skip).Take(take).ToListAsync(Token)));
                    Assert.Equal(expected.Length, await all.CountAsync(Token));
                    Assert.Equal(expected.Length > 0, await all.AnyAsync(Token));
                    Assert.Equal(expected.Length == 0 ? null : expected[0], (await all.FirstOrDefaultAsync(Token))?.Record.Id);
                    Assert.Equal(model.Values.Where(matches).Select(article => article.Id).Order(), (await Query(store).Where(_ => predicate).ToListAsync(Token)).Select(article => article.Id));
                }
            },
            iter: 15);
    }

    [Fact]
    public async Task A_hit_carries_distance_and_similarity_of_the_columns_metric()
    {
        await using HeliosDatabase database = await HeliosDatabase.OpenAsync(":memory:", cancellationToken: Token);
        HeliosStore<Article> store = database.Store<Article>();
        await store.WriteAsync(new WriteBatch<Article>()
            .Insert(new Article { Id = 1, Embedding = [0, 2, 0], Place = [(Half)3, (Half)4] })
            .Insert(new Article { Id = 2, Embedding = [5, 0, 0], Place = null }), Token);

        IReadOnlyList<Hit<Article>> byCosine = await Query(store).Nearest(a => a.Embedding, new float[] { 1, 0, 0 }).ToListAsync(Token);
        Assert.Equal([2, 1], Ids(byCosine));
        Assert.Equal([0, 1], byCosine.Select(hit => hit.Distance));
        Assert.Equal([1, 0], byCosine.Select(hit => hit.Similarity));

        Hit<Article> byDistance = Assert.Single(await Query(store).Nearest(a => a.Place, new Half[2]).ToListAsync(Token));
        Assert.Equal(5, byDistance.Distance);
        Assert.Equal(1 / 6.0, byDistance.Similarity);
    }

    [Fact]
    public async Task Within_keeps_what_is_at_the_bound_and_leaves_out_what_is_beyond()
    {
        await using HeliosDatabase database = await HeliosDatabase.OpenAsync(":memory:", cancellationToken: Token);
        HeliosStore<Article> store = database.Store<Article>();
        WriteBatch<Article> batch = new();
        for (int i = 1; i <= 9; i++)
        {
            batch.Insert(new Article { Id = i, Place = [(Half)i, (Half)0] });
        }

        await store.WriteAsync(batch, Token);
        NearestQuery<Article, ArticleColumns> near = Query(store).Nearest(a => a.Place, new Half[2]);

        Assert.Equal([1, 2, 3], Ids(await near.Within(maxDistance: 3).ToListAsync(Token)));
        Assert.Equal([1, 2], Ids(await near.Within(maxDistance: 2.999).ToListAsync(Token)));
        Assert.Equal([1, 2, 3], Ids(await near.Within(minSimilarity: 0.25).ToListAsync(Token)));
        Assert.Equal([1], Ids(await near.Within(minSimilarity: 0.25, maxDistance: 1.5).ToListAsync(Token)));
        Assert.Equal([2, 3], Ids(await near.Within(maxDistance: 3).Skip(1).Take(5).ToListAsync(Token)));
        Assert.Equal(3, await near.Within(maxDistance: 3).CountAsync(Token));
        Assert.Equal(2, await near.Within(maxDistance: 3).Take(2).CountAsync(Token));
        Assert.False(await near.Within(maxDistance: 0.5).AnyAsync(Token));
        Assert.Null(await near.Within(maxDistance: 0.5).FirstOrDefaultAsync(Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Take_gives_as_many_as_match_however_few_they_are(bool indexed)
    {
        await using HeliosDatabase database = await HeliosDatabase.OpenAsync(":memory:", cancellationToken: Token);
        HeliosStore<Article> store = database.Store<Article>();
        Random random = new(11);
        WriteBatch<Article> batch = new();
        for (int i = 1; i <= 3_000; i++)
        {
            float angle = (float)(random.NextDouble() * Math.Tau);
            batch.Insert(new Article { Id = i, Count = i % 500, Embedding = [MathF.Cos(angle), MathF.Sin(angle), 0.1f] });
        }

        await store.WriteAsync(batch, Token);
        if (indexed)
        {
            await database.CheckpointAsync(Token);
            await store.WaitForIndexingAsync(cancellationToken: Token);
        }

        foreach (int few in new[] { 1, 3, 50, 500 })
        {
            int matches = 3_000 / 500 * few;
            NearestQuery<Article, ArticleColumns> near = Query(store).Where(a => a.Count < few).Nearest(a => a.Embedding, new float[] { 1, 0, 0 });
            Assert.Equal(matches, (await near.Take(3_000).ToListAsync(Token)).Count);
            Assert.Equal(Math.Min(10, matches), (await near.Take(10).ToListAsync(Token)).Count);
            Assert.All(await near.Take(10).ToListAsync(Token), hit => Assert.True(hit.Record.Count < few));
        }
    }

    [Fact]
    public async Task Reading_one_by_one_sees_one_moment_whatever_is_written_meanwhile()
    {
        await using HeliosDatabase database = await HeliosDatabase.OpenAsync(":memory:", cancellationToken: Token);
        HeliosStore<Article> store = database.Store<Article>();
        await store.WriteAsync(new WriteBatch<Article>().Insert(new Article { Id = 1 }).Insert(new Article { Id = 2 }).Insert(new Article { Id = 3 }), Token);

        List<string> seen = [];
        await foreach (Article article in Query(store).Where(a => a.Id > 0).WithCancellation(Token))
        {
            seen.Add(article.Id.ToString(CultureInfo.InvariantCulture) + article.Category);
            await store.WriteAsync(new WriteBatch<Article>().Upsert(new Article { Id = 3, Category = "new" }).Upsert(new Article { Id = 4 }).Delete(HeliosKey.Create(2L)), Token);
            await database.CheckpointAsync(Token);
        }

        Assert.Equal(["1", "2", "3"], seen);
        Assert.Equal([1, 3, 4], (await Query(store).ToListAsync(Token)).Select(article => article.Id));
    }

    [Fact]
    public async Task Hits_come_one_by_one_too()
    {
        await using HeliosDatabase database = await HeliosDatabase.OpenAsync(":memory:", cancellationToken: Token);
        HeliosStore<Article> store = database.Store<Article>();
        await store.WriteAsync(new WriteBatch<Article>().Insert(new Article { Id = 1, Embedding = [0, 1, 0] }).Insert(new Article { Id = 2 }), Token);

        List<long> seen = [];
        await foreach (Hit<Article> hit in Query(store).Nearest(a => a.Embedding, new float[] { 1, 0, 0 }).WithCancellation(Token))
        {
            seen.Add(hit.Record.Id);
        }

        Assert.Equal([2, 1], seen);
    }

    [Fact]
    public async Task First_counts_and_any()
    {
        await using HeliosDatabase database = await HeliosDatabase.OpenAsync(":memory:", cancellationToken: Token);
        HeliosStore<Article> store = database.Store<Article>();

        Assert.Null(await Query(store).FirstOrDefaultAsync(Token));
        Assert.False(await Query(store).AnyAsync(Token));
        Assert.Equal(0, await Query(store).CountAsync(Token));
        Assert.Empty(await Query(store).Nearest(a => a.Embedding, new float[] { 1, 0, 0 }).Take(5).ToListAsync(Token));

        await store.WriteAsync(new WriteBatch<Article>().Insert(new Article { Id = 7, Count = 1 }).Insert(new Article { Id = 5, Count = 2 }), Token);

        Assert.Equal(5, (await Query(store).FirstOrDefaultAsync(Token))?.Id);
        Assert.Equal(7, (await Query(store).OrderByDescending(a => a.Id).FirstOrDefaultAsync(Token))?.Id);
        Assert.True(await Query(store).Where(a => a.Count == 2).AnyAsync(Token));
        Assert.False(await Query(store).Where(a => a.Count == 3).AnyAsync(Token));
        Assert.False(await Query(store).Skip(2).AnyAsync(Token));
        Assert.Equal(2, await Query(store).CountAsync(Token));
        Assert.Equal(1, await Query(store).Skip(1).Take(5).CountAsync(Token));
    }

    [Fact]
    public async Task A_closed_database_says_so()
    {
        HeliosDatabase database = await HeliosDatabase.OpenAsync(":memory:", cancellationToken: Token);
        HeliosStore<Article> store = database.Store<Article>();
        await database.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await Query(store).ToListAsync(Token));
    }

    [Fact]
    public async Task A_cancelled_query_gives_nothing()
    {
        await using HeliosDatabase database = await HeliosDatabase.OpenAsync(":memory:", cancellationToken: Token);
        HeliosStore<Article> store = database.Store<Article>();
        CancellationToken cancelled = new(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Query(store).ToListAsync(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Query(store).CountAsync(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Query(store).Nearest(a => a.Embedding, new float[] { 1, 0, 0 }).ToListAsync(cancelled));
    }

    private static async Task<Dictionary<long, Article>> FillAsync(HeliosDatabase database, HeliosStore<Article> store, Random random, RandomArticles articles)
    {
        Dictionary<long, Article> model = [];
        for (int step = random.Next(1, 6); step > 0; step--)
        {
            WriteBatch<Article> batch = new();
            for (int i = random.Next(8); i > 0; i--)
            {
                Article article = articles.Make(random.Next(1, 20));
                batch.Upsert(article);
                model[article.Id] = article;
            }

            long gone = random.Next(1, 20);
            batch.Delete(HeliosKey.Create(gone));
            model.Remove(gone);
            await store.WriteAsync(batch, Token);
            if (random.Next(2) == 0)
            {
                await database.CheckpointAsync(Token);
            }
        }

        return model;
    }

    private static double Distance(Half[] a, Half[] b) => Math.Sqrt(a.Zip(b, (x, y) => Math.Pow((double)x - (double)y, 2)).Sum());

    private static Query<Article, ArticleColumns> Query(HeliosStore<Article> store) => new(store);

    private static IEnumerable<long> Ids(IReadOnlyList<Hit<Article>> hits) => hits.Select(hit => hit.Record.Id);
}
