using Xunit;

namespace Helios.Typed.Tests.EndToEnd;

/// <summary>Reads the change feed as its users do.</summary>
public sealed class ChangeFeedTests
{
    private static readonly TableDefinition _points = TableDefinition.Create("points")
        .Key("id", ColumnType.Int64)
        .Column("name", ColumnType.Text, nullable: true)
        .Vector("place", new VectorColumnAttribute(2, Metric.Euclidean))
        .Build();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_tells_its_records()
    {
        await using HeliosDatabase database = await OpenAsync();
        HeliosStore<Article> articles = database.Store<Article>();
        long id = await articles.InsertAsync(Named("first"), Cancellation);
        await articles.UpdateAsync(Named("second") with { Id = id }, Cancellation);
        WriteResult last = await articles.WriteAsync(new WriteBatch<Article>().Delete(HeliosKey.Create(id)).Insert(Named("third")), Cancellation);

        List<Change<Article>> changes = await articles.ChangesAsync(cancellationToken: Cancellation).ToListAsync(Cancellation);

        Assert.Equal(
            [ChangeKind.Insert, ChangeKind.Update, ChangeKind.Delete, ChangeKind.Insert],
            changes.Select(change => change.Kind));
        Assert.Equal(["first", "second", null, "third"], changes.Select(change => change.Record?.Title));
        Assert.Equal([true, true, false, true], changes.Select(change => change.IsLastOfCommit));
        Assert.Equal(last.Sequence, changes[^1].Sequence);
        Assert.Equal(HeliosKey.Create(id), changes[2].Key);
        Assert.Equal(new float[] { 1, 2, 3, 4 }, changes[0].Record!.Embedding.ToArray());
        Assert.Equal("third", Assert.Single(await articles.ChangesAsync(changes[1].Position, cancellationToken: Cancellation).ToListAsync(Cancellation), change => change.Record is not null).Record!.Title);
    }

    [Fact]
    public async Task A_copy_made_of_the_databases_feed_equals_the_database()
    {
        await using HeliosDatabase edge = await OpenAsync();
        await using HeliosDatabase copy = await OpenAsync();
        HeliosStore<Article> articles = edge.Store<Article>();
        HeliosTable points = edge.Table(_points);
        Random random = new(7);
        ChangePosition position = default;
        for (int round = 0; round < 20; round++)
        {
            await articles.UpsertAsync(Named($"round {round}") with { Id = random.Next(1, 6) }, Cancellation);
            await articles.DeleteAsync(random.Next(1, 6), Cancellation);
            await points.WriteAsync(new HeliosRowBatch().Upsert(new HeliosRow(_points) { ["id"] = (long)random.Next(1, 6), ["name"] = round % 3 == 0 ? null : $"{round}", ["place"] = new float[] { round, -round } }), Cancellation);
            if (round % 4 == 0)
            {
                await edge.CheckpointAsync(Cancellation);
            }

            if (round % 5 == 4)
            {
                position = await CopyAsync(edge, copy, position);
            }
        }

        IReadOnlyList<Article> copied = await copy.Store<Article>().OrderBy(a => a.Id).ToListAsync(Cancellation);
        Assert.NotEmpty(copied);
        Assert.Equal((await articles.OrderBy(a => a.Id).ToListAsync(Cancellation)).Select(Text), copied.Select(Text));
        Assert.Equal((await points.ListAsync(cancellationToken: Cancellation)).Select(Text), (await copy.Table(_points).ListAsync(cancellationToken: Cancellation)).Select(Text));
    }

    [Fact]
    public async Task A_follower_hears_of_commits_until_the_database_is_closed()
    {
        HeliosDatabase database = await OpenAsync();
        HeliosTable points = database.Table(_points);
        await using IAsyncEnumerator<Change<HeliosRow>> feed = points.ChangesAsync(follow: true, cancellationToken: Cancellation).GetAsyncEnumerator(Cancellation);
        ValueTask<bool> next = feed.MoveNextAsync();
        await points.WriteAsync(new HeliosRowBatch().Insert(new HeliosRow(_points) { ["name"] = "here", ["place"] = new float[] { 1, 1 } }), Cancellation);
        Assert.True(await next);
        Assert.Equal("here", feed.Current.Record!["name"]);
        Assert.Equal("points", feed.Current.Table.Name);

        next = feed.MoveNextAsync();
        await database.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => next.AsTask());
    }

    [Fact]
    public async Task A_position_that_cannot_be_is_refused_at_once()
    {
        await using HeliosDatabase database = await OpenAsync();
        foreach (ChangePosition impossible in new[] { new ChangePosition(Guid.NewGuid(), -1), new ChangePosition(Guid.Empty, 1) })
        {
            Assert.ThrowsAny<ArgumentException>(() => database.ChangesAsync(impossible, cancellationToken: Cancellation));
            Assert.ThrowsAny<ArgumentException>(() => database.Table(_points).ChangesAsync(impossible, cancellationToken: Cancellation));
            Assert.ThrowsAny<ArgumentException>(() => database.Store<Article>().ChangesAsync(impossible, cancellationToken: Cancellation));
        }
    }

    private static async Task<ChangePosition> CopyAsync(HeliosDatabase from, HeliosDatabase to, ChangePosition position)
    {
        await foreach (Change<HeliosRow> change in from.ChangesAsync(position, cancellationToken: Cancellation))
        {
            HeliosRowBatch batch = change.Kind == ChangeKind.Delete ? new HeliosRowBatch().Delete(change.Key) : new HeliosRowBatch().Upsert(change.Record!);
            await to.Table(change.Table).WriteAsync(batch, Cancellation);
            position = change.IsLastOfCommit ? change.Position : position;
        }

        return position;
    }

    private static Article Named(string title) => new() { Title = title, Category = "news", Tags = ["a", title], Embedding = new float[] { 1, 2, 3, 4 } };

    private static string Text(Article article) => $"{article.Id} {article.Title} {string.Join(',', article.Tags)} {string.Join(',', article.Embedding.ToArray())}";

    private static string Text(HeliosRow row) => $"{row.Key} {row["name"]} {string.Join(',', row.Get<float[]>("place"))}";

    private static Task<HeliosDatabase> OpenAsync() => HeliosDatabase.OpenAsync(":memory:", cancellationToken: Cancellation);
}
