using Xunit;

namespace Helios.Typed.Tests.EndToEnd;

/// <summary>Runs the main job of the library as its users write it.</summary>
public sealed class ArticleTests : IAsyncDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"helios-articles-{Guid.NewGuid():N}");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        if (Directory.Exists(_path))
        {
            Directory.Delete(_path, recursive: true);
        }

        return default;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_nearest_articles_of_a_category_come_back_nearest_first(bool inMemory)
    {
        await using HeliosDatabase database = await HeliosDatabase.OpenAsync(inMemory ? ":memory:" : _path, cancellationToken: Cancellation);
        HeliosStore<Article> articles = database.Store<Article>();
        await articles.InsertAsync(Sample(), Cancellation);

        IReadOnlyList<Hit<Article>> hits = await articles
            .Where(a => a.Category == "manual" && a.Price <= 50m && a.Tags.Overlaps("gpu", "cpu"))
            .Nearest(a => a.Embedding, new float[] { 1, 0, 0, 0 })
            .Take(2)
            .ToListAsync(Cancellation);

        Assert.Equal(["north", "north-east"], hits.Select(hit => hit.Record.Title));
        Assert.Equal(0, hits[0].Distance, 1e-6);
        Assert.Equal(1, hits[0].Similarity, 1e-6);
        Assert.Equal(Math.Sqrt(0.5), hits[1].Similarity, 1e-6);
    }

    [Fact]
    public async Task What_was_written_is_read_back_after_reopening()
    {
        Article written = Sample()[0] with { PublishedAt = new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.FromHours(2)) };
        long id;
        await using (HeliosDatabase database = await HeliosDatabase.OpenAsync(_path, cancellationToken: Cancellation))
        {
            id = await database.Store<Article>().InsertAsync(written, Cancellation);
        }

        await using HeliosDatabase reopened = await HeliosDatabase.OpenAsync(_path, cancellationToken: Cancellation);
        Article? read = await reopened.Store<Article>().GetAsync(id, Cancellation);

        Assert.NotNull(read);
        Assert.Equal(1, id);
        Assert.Equal(written.Embedding.ToArray(), read.Embedding.ToArray());
        Assert.Equal(written.Tags, read.Tags);
        Assert.Equal(written.PublishedAt!.Value.Offset, read.PublishedAt!.Value.Offset);
        Assert.Equal(written with { Id = id, Tags = read.Tags, Embedding = read.Embedding }, read);
    }

    [Fact]
    public async Task Updates_and_deletes_are_seen_by_the_next_query_in_memory_and_in_segments()
    {
        await using HeliosDatabase database = await HeliosDatabase.OpenAsync(_path, cancellationToken: Cancellation);
        HeliosStore<Article> articles = database.Store<Article>();
        IReadOnlyList<long> ids = await articles.InsertAsync(Sample(), Cancellation);
        await database.CheckpointAsync(Cancellation);

        await articles.UpdateAsync((await articles.GetAsync(ids[0], Cancellation))! with { Title = "moved", Embedding = new float[] { 0, 0, 0, 1 } }, Cancellation);
        Assert.True(await articles.DeleteAsync(ids[1], Cancellation));
        Assert.False(await articles.DeleteAsync(ids[1], Cancellation));
        await Check();
        await database.CheckpointAsync(Cancellation);
        await Check();

        async Task Check()
        {
            IReadOnlyList<Hit<Article>> hits = await articles.Nearest(a => a.Embedding, new float[] { 0, 0, 0, 1 }).Take(10).ToListAsync(Cancellation);
            Assert.Equal("moved", hits[0].Record.Title);
            Assert.Equal(ids.Count - 1, hits.Count);
            Assert.DoesNotContain(hits, hit => hit.Record.Id == ids[1]);
            Assert.Null(await articles.GetAsync(ids[1], Cancellation));
        }
    }

    [Fact]
    public async Task The_graph_is_used_after_indexing_and_after_reopening_and_fresh_rows_are_found_at_once()
    {
        await using (HeliosDatabase database = await HeliosDatabase.OpenAsync(_path, cancellationToken: Cancellation))
        {
            HeliosStore<Pixel> pixels = database.Store<Pixel>();
            Random random = new(7);
            await pixels.InsertAsync(Enumerable.Range(1, 3_000).Select(i => Pixel.Create(i, random)), Cancellation);
            await pixels.WaitForIndexingAsync(cancellationToken: Cancellation);
            await Check(pixels, 3_000);
        }

        await using HeliosDatabase reopened = await HeliosDatabase.OpenAsync(_path, cancellationToken: Cancellation);
        HeliosStore<Pixel> again = reopened.Store<Pixel>();
        await Check(again, 3_000);
        await again.InsertAsync(new Pixel { Id = 9_999, Color = new float[] { 2, 2, 2 } }, Cancellation);
        Assert.Equal(9_999, (await again.Nearest(p => p.Color, new float[] { 2, 2, 2 }).FirstOrDefaultAsync(Cancellation))!.Value.Record.Id);

        static async Task Check(HeliosStore<Pixel> pixels, int count)
        {
            float[] query = [0.5f, 0.5f, 0.5f];
            IReadOnlyList<Hit<Pixel>> exact = await pixels.Nearest(p => p.Color, query).Exact().Take(10).ToListAsync(Cancellation);
            IReadOnlyList<Hit<Pixel>> near = await pixels.Nearest(p => p.Color, query).WithEfSearch(200).Take(10).ToListAsync(Cancellation);
            Assert.Equal(count, await pixels.Query().CountAsync(Cancellation));
            Assert.True(exact.Select(hit => hit.Record.Id).Intersect(near.Select(hit => hit.Record.Id)).Count() >= 9);
        }
    }

    private static Article[] Sample() =>
    [
        new() { Title = "north", Category = "manual", Price = 10m, Tags = ["gpu"], Embedding = new float[] { 2, 0, 0, 0 } },
        new() { Title = "north-east", Category = "manual", Price = 20.50m, Tags = ["cpu", "ram"], Embedding = new float[] { 1, 1, 0, 0 } },
        new() { Title = "east", Category = "manual", Price = 30m, Tags = ["ram"], Embedding = new float[] { 0, 1, 0, 0 } },
        new() { Title = "dear", Category = "manual", Price = 99m, Tags = ["gpu"], Embedding = new float[] { 1, 0, 0, 0 } },
        new() { Title = "novel", Category = "fiction", Price = 5m, Tags = ["gpu"], Embedding = new float[] { 1, 0, 0, 0 } },
    ];
}
