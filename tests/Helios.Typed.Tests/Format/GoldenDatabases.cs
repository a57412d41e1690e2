using Helios.Typed.Tests.Engine;

namespace Helios.Typed.Tests.Format;

/// <summary>Says what the golden databases hold: between them everything that the format has.</summary>
/// <remarks>Their tables as last declared are what every later version opens them with; what is here for a version that was released never changes.</remarks>
internal static class GoldenDatabases
{
    private const int ScalarTypes = (int)ColumnType.Json;

    private static readonly ColumnType[] _nullInSegment = [ColumnType.Boolean, ColumnType.Int32, ColumnType.Text, ColumnType.DateOnly];

    public static IReadOnlyDictionary<string, TableDefinition[]> Tables { get; } = new Dictionary<string, TableDefinition[]>
    {
        ["types"] = [Everything(), Keyed("by_int", ColumnType.Int32), Keyed("by_guid", ColumnType.Guid), Keyed("by_long", ColumnType.Int64)],
        ["graph"] = [Points()],
        ["altered"] = [Things(stars: 4), Again()],
        ["transactions"] = [Accounts(), Journal()],
        ["codes"] = [Meanings()],
    };

    /// <summary>Writes one of the databases.</summary>
    public static async Task<(SortedDictionary<string, byte[]> Files, string[] Rows)> WriteAsync(string name)
    {
        GoldenWriter writer = new();
        await (name switch
        {
            "types" => WriteTypesAsync(writer),
            "graph" => WriteGraphAsync(writer),
            "altered" => WriteAlteredAsync(writer),
            "codes" => WriteCodesAsync(writer),
            _ => WriteTransactionsAsync(writer),
        });

        // The last two end as a closing leaves them, with a seal; the first as a process does that was killed.
        if (name is "types" or "graph")
        {
            (SortedDictionary<string, byte[]> Files, string[] Rows) killed = writer.Take();
            await writer.DisposeAsync();
            return killed;
        }

        await writer.DisposeAsync();
        return writer.Take();
    }

    private static TableDefinition Everything()
    {
        TableDefinitionBuilder builder = TableDefinition.Create("everything").Key("id", ColumnType.Text);
        for (int type = 1; type <= ScalarTypes; type++)
        {
            builder.Column($"scalar_{(ColumnType)type}", (ColumnType)type, nullable: true, indexed: type % 2 == 1);
            builder.Column($"list_{(ColumnType)type}", (ColumnType)type, nullable: true, list: true);
        }

        foreach (Metric metric in Enum.GetValues<Metric>())
        {
            builder.Vector($"single_{metric}", new VectorColumnAttribute(3, metric) { Index = IndexKind.Flat }, nullable: true);
            builder.Vector($"half_{metric}", new VectorColumnAttribute(5, metric), nullable: true, half: true);
        }

        return builder.Build();
    }

    private static TableDefinition Keyed(string name, ColumnType type) =>
        TableDefinition.Create(name).Key("id", type, assigned: false).Column("name", ColumnType.Text).Build();

    private static TableDefinition Points() => TableDefinition.Create("points")
        .Key("id", ColumnType.Int64)
        .Column("name", ColumnType.Text, indexed: true)
        .Vector("place", new VectorColumnAttribute(4, Metric.Euclidean) { Index = IndexKind.Hnsw, M = 4, EfConstruction = 60, EfSearch = 100 }, nullable: true)
        .Build();

    private static TableDefinition Meanings() => TableDefinition.Create("meanings")
        .Key("id", ColumnType.Int32, assigned: false)
        .Vector("meaning", new VectorColumnAttribute(5, Metric.Cosine) { Index = IndexKind.Hnsw, M = 4, EfConstruction = 60, EfSearch = 100, Quantization = Quantization.Scalar }, nullable: true)
        .Vector("sense", new VectorColumnAttribute(3, Metric.InnerProduct) { Index = IndexKind.Hnsw, M = 4, EfConstruction = 60, EfSearch = 100, Quantization = Quantization.Scalar }, half: true)
        .Build();

    private static TableDefinition Items() => TableDefinition.Create("items")
        .Key("id", ColumnType.Text)
        .Column("name", ColumnType.Text)
        .Column("size", ColumnType.Int32)
        .Column("junk", ColumnType.Binary, nullable: true)
        .Vector("place", new VectorColumnAttribute(2, Metric.Euclidean))
        .Build();

    // Renamed with its key and a column; junk and size are declared no longer; four columns are new.
    private static TableDefinition Things(int stars, bool isNarrow = false)
    {
        TableDefinitionBuilder builder = TableDefinition.Create("things").FormerTableName("items")
            .Key("key", ColumnType.Text).FormerName("key", "id")
            .Column("title", ColumnType.Text).FormerName("title", "name")
            .Vector("place", new VectorColumnAttribute(2, Metric.Euclidean))
            .Column("stars", ColumnType.Int32).Default("stars", stars)
            .Column("kind", ColumnType.Text, indexed: true).Default("kind", "plain")
            .Column("note", ColumnType.Text, nullable: true)
            .Vector("mood", new VectorColumnAttribute(2, Metric.Cosine), nullable: true, half: true);
        return (isNarrow ? builder : builder.Column("size", ColumnType.Int32, nullable: true)).Build();
    }

    private static TableDefinition Again() => TableDefinition.Create("gone").Key("id", ColumnType.Int32).Column("text", ColumnType.Text).Build();

    private static TableDefinition Accounts() => TableDefinition.Create("accounts")
        .Key("id", ColumnType.Guid)
        .Column("owner", ColumnType.Text)
        .Column("balance", ColumnType.Decimal)
        .Build();

    private static TableDefinition Journal() => TableDefinition.Create("journal")
        .Key("entry", ColumnType.Int32, assigned: false)
        .Column("amounts", ColumnType.Decimal, list: true)
        .Column("at", ColumnType.DateTimeOffset)
        .Build();

    private static async Task WriteTypesAsync(GoldenWriter writer)
    {
        TableDefinition everything = Everything();
        Random random = new(20);
        await writer.UpsertAsync(everything, [.. Enumerable.Range(0, 12).Select(i => RowOf($"key {i} ü\0", random, isForSegment: true))]);
        await writer.UpsertAsync(everything, RowOf("key 3 ü\0", random, isForSegment: true), RowOf("", random, isForSegment: true));
        await writer.CheckpointAsync();
        await writer.UpsertAsync(everything, RowOf("key 5 ü\0", random, isForSegment: false), RowOf("later", random, isForSegment: false), RowOf("last", random, isForSegment: false));
        await writer.UpsertAsync(everything, ["nothing but the key"]);
        await writer.DeleteAsync(everything, "key 7 ü\0", "last");
        await writer.UpsertAsync(Keyed("by_int", ColumnType.Int32), [int.MinValue, "lowest"], [-1, "below"], [0, ""], [int.MaxValue - 1, "high"]);
        await writer.UpsertAsync(Keyed("by_guid", ColumnType.Guid), [new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), "one"], [Guid.Empty, "none"]);
        await writer.UpsertAsync(Keyed("by_long", ColumnType.Int64), [long.MinValue, "lowest"], [7L, "seven"]);
    }

    private static object?[] RowOf(string key, Random random, bool isForSegment)
    {
        List<object?> row = [key];
        for (int type = 1; type <= ScalarTypes; type++)
        {
            // Few columns have nulls in the segment, which costs each of them a page.
            bool isNull = random.Next(3) == 0 && (!isForSegment || _nullInSegment.Contains((ColumnType)type));
            row.Add(isNull ? null : EverythingTable.RandomValue((ColumnType)type, random));
            row.Add(random.Next(4) == 0 ? null : Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(4) == 0 ? null : EverythingTable.RandomValue((ColumnType)type, random)).ToArray());
        }

        foreach (Metric metric in Enum.GetValues<Metric>())
        {
            bool mayBeNull = !isForSegment || metric == Metric.Cosine;
            row.Add(mayBeNull && random.Next(4) == 0 ? null : Enumerable.Range(0, 3).Select(_ => random.NextSingle() - 0.5f).ToArray());
            row.Add(mayBeNull && random.Next(4) == 0 ? null : Enumerable.Range(0, 5).Select(_ => (Half)(random.NextSingle() - 0.5f)).ToArray());
        }

        return [.. row];
    }

    private static async Task WriteGraphAsync(GoldenWriter writer)
    {
        TableDefinition points = Points();
        Random random = new(21);
        object?[] PointOf(long id) =>
            [id, $"name {id % 5}", id % 9 == 0 ? null : Enumerable.Range(0, 4).Select(_ => random.NextSingle()).ToArray()];

        await writer.UpsertAsync(points, [.. Enumerable.Range(1, 150).Select(id => PointOf(id))]);
        await writer.RunAsync(database => database.WaitForIndexingAsync(cancellationToken: TestDatabase.Token));
        await writer.DeleteAsync(points, 10L, 11L, 50L, 18L);
        await writer.UpsertAsync(points, PointOf(3), PointOf(160), PointOf(161), PointOf(162));
        await writer.UpsertAsync(points, PointOf(160));
        await writer.CheckpointAsync();
        await writer.UpsertAsync(points, PointOf(170), PointOf(161));
        await writer.DeleteAsync(points, 162L, 4L, 4444L);
    }

    private static async Task WriteCodesAsync(GoldenWriter writer)
    {
        Random random = new(22);
        await writer.UpsertAsync(Meanings(), [.. Enumerable.Range(0, 90).Select(id => new object?[]
        {
            id,
            id % 8 == 3 ? null : Enumerable.Range(0, 5).Select(_ => random.NextSingle() - 0.25f).ToArray(),
            Enumerable.Range(0, 3).Select(_ => (Half)random.NextSingle()).ToArray(),
        })]);
        await writer.RunAsync(database => database.WaitForIndexingAsync(cancellationToken: TestDatabase.Token));
        await writer.DeleteAsync(Meanings(), 7, 8);
    }

    private static async Task WriteAlteredAsync(GoldenWriter writer)
    {
        await writer.UpsertAsync(Items(), ["a", "old a", 1, new byte[] { 1, 2 }, Place(1)], ["b", "old b", 2, null, Place(2)], ["c", "old c", 3, new byte[] { 3 }, Place(3)]);
        await writer.UpsertAsync(Again(), [1, "of the table that was dropped"]);
        await writer.CheckpointAsync();
        await writer.ReopenAsync();

        TableDefinition narrow = Things(stars: 3, isNarrow: true);
        writer.Rename("items", "things");
        foreach (Dictionary<string, object?> row in writer.RowsOf("things").Values)
        {
            (row["key"], row["title"], row["stars"], row["kind"], row["note"], row["mood"]) = (row["id"], row["name"], 3, "plain", null, null);
            row.Remove("id");
            row.Remove("name");
            row.Remove("junk");
        }

        await writer.UpsertAsync(narrow, ["d", "new d", Place(4), 5, "fancy", "n", new[] { (Half)1, (Half)2 }], ["a", "new a", Place(5), 1, "plain"]);
        await writer.RunAsync(database => database.DropColumnAsync("things", "junk", TestDatabase.Token));
        await writer.RunAsync(database => database.DropTableAsync("gone", TestDatabase.Token));
        writer.Rename("gone", to: null);
        await writer.CheckpointAsync();

        // The rest is in the log alone: a table that comes back under its name, one that goes again, and one more declaration.
        await writer.UpsertAsync(Again(), [1, "of the table that came back"], [2, "likewise"]);
        TableDefinition brief = Keyed("brief", ColumnType.Text);
        await writer.UpsertAsync(brief, ["x", "y"]);
        await writer.RunAsync(database => database.DropTableAsync("brief", TestDatabase.Token));
        writer.Rename("brief", to: null);
        foreach (object key in (string[])["a", "d"])
        {
            writer.RowsOf("things")[key]["size"] = null;
        }

        await writer.ReopenAsync();
        await writer.UpsertAsync(Things(stars: 4), ["e", "new e", Place(6), 4, "plain", null, new[] { (Half)3, (Half)(-1) }, 9]);
        await writer.DeleteAsync(Things(stars: 4), "b", "never there");
    }

    private static float[] Place(int number) => [number, number * number % 7];

    private static async Task WriteTransactionsAsync(GoldenWriter writer)
    {
        Guid[] ids = [.. Enumerable.Range(1, 4).Select(i => new Guid(i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1))];
        decimal[] balances = [100.00m, 50.5m, -3m, 0m];
        await writer.UpsertTogetherAsync(
            Accounts(), [.. ids.Select((id, i) => new object?[] { id, $"owner {i}", balances[i] })], Journal(), [[0, Array.Empty<object>(), DateTimeOffset.UnixEpoch]]);
        for (int entry = 1; entry <= 9; entry++)
        {
            int from = entry % 4;
            int to = entry * 3 % 4 == from ? (from + 1) % 4 : entry * 3 % 4;
            (balances[from], balances[to]) = (balances[from] - entry, balances[to] + entry);
            await writer.UpsertTogetherAsync(
                Accounts(), [[ids[from], $"owner {from}", balances[from]], [ids[to], $"owner {to}", balances[to]]],
                Journal(), [[entry, new object?[] { (decimal)-entry, (decimal)entry }, DateTimeOffset.UnixEpoch.AddHours(entry).ToOffset(TimeSpan.FromMinutes(90))]]);
            if (entry % 3 == 0)
            {
                await writer.DeleteAsync(Journal(), entry - 1);
                await (entry < 9 ? writer.CheckpointAsync() : Task.CompletedTask);
            }
        }
    }
}
