using Helios.Typed.Tests.EndToEnd;
using Xunit;

namespace Helios.Typed.Tests;

public sealed class HeliosTableTests
{
    private static readonly TableDefinition _definition = TableDefinition.Create("points")
        .Key("id", ColumnType.Int64)
        .Column("name", ColumnType.Text, nullable: true)
        .Column("sizes", ColumnType.Int32, list: true)
        .Vector("place", new VectorColumnAttribute(2, Metric.Euclidean))
        .Vector("mood", new VectorColumnAttribute(3, Metric.InnerProduct), nullable: true, half: true)
        .Build();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_row_comes_back_as_it_was_written()
    {
        await using HeliosDatabase database = await OpenAsync();
        HeliosTable points = database.Table(_definition);
        HeliosRow row = new(_definition) { ["name"] = "origin", ["SIZES"] = new[] { 3, 1 }, ["place"] = new float[] { 0, -0f }, ["mood"] = new Half[] { (Half)1, (Half)2, (Half)3 } };

        WriteResult written = await points.WriteAsync(new HeliosRowBatch().Insert(row), Cancellation);
        HeliosRow? read = await points.FindAsync(written.Keys[0], Cancellation);

        Assert.NotNull(read);
        Assert.Equal(1L, read["id"]);
        Assert.Equal("origin", read.Get<string>("name"));
        Assert.Equal([3, 1], read.Get<IReadOnlyList<object?>>("sizes"));
        Assert.Equal(new float[] { 0, -0f }, read.Get<float[]>("place"));
        Assert.Equal(new Half[] { (Half)1, (Half)2, (Half)3 }, read.Get<Half[]>("mood"));
        Assert.Null(await points.FindAsync(HeliosKey.Create(2L), Cancellation));
    }

    [Fact]
    public async Task The_nearest_rows_and_keys_come_back_nearest_first_and_filtered()
    {
        await using HeliosDatabase database = await OpenAsync();
        HeliosTable points = database.Table(_definition);
        await points.WriteAsync(Line(20), Cancellation);

        IReadOnlyList<Hit<HeliosRow>> rows = await points.NearestAsync("place", new float[] { 4.2f, 0 }, 2, cancellationToken: Cancellation);
        IReadOnlyList<Hit<HeliosKey>> keys = await points.NearestKeysAsync(
            "place", new float[] { 4.2f, 0 }, 3, where: new Column<long>("id") > 10, exact: true, cancellationToken: Cancellation);
        IReadOnlyList<Hit<HeliosRow>> halves = await points.NearestHalfAsync("mood", new Half[] { (Half)1, (Half)0, (Half)0 }, 1, cancellationToken: Cancellation);

        Assert.Equal([4L, 5L], rows.Select(hit => hit.Record["id"]));
        Assert.Equal(0.2, rows[0].Distance, 1e-5);
        Assert.Equal(1 / 1.2, rows[0].Similarity, 1e-5);
        Assert.Equal([11L, 12L, 13L], keys.Select(hit => hit.Record.ToInt64()));
        Assert.Equal((20L, -20.0), (halves[0].Record["id"], halves[0].Distance));
    }

    [Fact]
    public async Task Rows_are_listed_by_key_and_counted()
    {
        await using HeliosDatabase database = await OpenAsync();
        HeliosTable points = database.Table(_definition);
        await points.WriteAsync(Line(9).Delete(HeliosKey.Create(4L)), Cancellation);

        Assert.Equal(8, await points.CountAsync(cancellationToken: Cancellation));
        Assert.Equal(4, await points.CountAsync(new TextColumn("name") == "even" | new Column<long>("id") == 1, Cancellation));
        Assert.Equal([3L, 5L], (await points.ListAsync(skip: 2, take: 2, cancellationToken: Cancellation)).Select(row => row["id"]));
    }

    [Fact]
    public async Task A_record_and_a_definition_open_the_same_table()
    {
        await using HeliosDatabase database = await OpenAsync();
        HeliosStore<Pixel> typed = database.Store<Pixel>();
        await typed.InsertAsync(new Pixel { Id = 5, Color = new float[] { 1, 2, 3 } }, Cancellation);

        HeliosRow? row = await database.Table(typed.Definition).FindAsync(HeliosKey.Create(5), Cancellation);
        Assert.Equal(new float[] { 1, 2, 3 }, row!["Color"]);
    }

    [Fact]
    public async Task Mistakes_are_named()
    {
        await using HeliosDatabase database = await OpenAsync();
        HeliosTable points = database.Table(_definition);
        HeliosRow row = new(_definition) { ["place"] = new float[] { 1, 2 } };

        Assert.Contains("'plaice'", Assert.Throws<ArgumentException>(() => row["plaice"] = 1).Message, StringComparison.Ordinal);
        Assert.Contains("System.String", Assert.Throws<InvalidCastException>(() => row.Get<string>("place")).Message, StringComparison.Ordinal);
        row["id"] = "one";
        Assert.Contains("'id'", Assert.Throws<ArgumentException>(() => new HeliosRowBatch().Insert(row)).Message, StringComparison.Ordinal);
        row["id"] = null;
        row["place"] = "here";
        Assert.Contains("'place'", (await Assert.ThrowsAsync<ArgumentException>(WriteAsync)).Message, StringComparison.Ordinal);
        row["place"] = new float[] { 1 };
        Assert.Contains("2 dimensions", (await Assert.ThrowsAsync<ArgumentException>(WriteAsync)).Message, StringComparison.Ordinal);
        row["place"] = null;
        Assert.Contains("takes none", (await Assert.ThrowsAsync<ArgumentException>(WriteAsync)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<HeliosQueryException>(async () => await points.NearestAsync("plaice", new float[] { 1, 2 }, 1, cancellationToken: Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(async () => await points.NearestAsync("name", new float[] { 1, 2 }, 1, cancellationToken: Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(async () => await points.FindAsync(HeliosKey.Create("1"), Cancellation));

        HeliosRow foreign = new(TableDefinition.Create("other").Key("id", ColumnType.Int32).Build());
        Assert.Contains("'other'", (await Assert.ThrowsAsync<ArgumentException>(async () => await points.WriteAsync(new HeliosRowBatch().Insert(foreign), Cancellation))).Message, StringComparison.Ordinal);
        Assert.Equal(0, await points.CountAsync(cancellationToken: Cancellation));

        async Task WriteAsync() => await points.WriteAsync(new HeliosRowBatch().Insert(row), Cancellation);
    }

    private static Task<HeliosDatabase> OpenAsync() => HeliosDatabase.OpenAsync(":memory:", cancellationToken: Cancellation);

    private static HeliosRowBatch Line(int count)
    {
        HeliosRowBatch batch = new();
        for (int i = 1; i <= count; i++)
        {
            batch.Insert(new HeliosRow(_definition) { ["name"] = i % 2 == 0 ? "even" : null, ["place"] = new float[] { i, 0 }, ["mood"] = new Half[] { (Half)i, (Half)0, (Half)0 } });
        }

        return batch;
    }
}
