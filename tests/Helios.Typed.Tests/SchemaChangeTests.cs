using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests;

/// <summary>Declares a table anew over rows that lie in each place where rows can lie.</summary>
public sealed class SchemaChangeTests : IAsyncDisposable
{
    private readonly MemoryFileSystem _files = new();
    private HeliosDatabase? _kept;

    public enum Place
    {
        Memory,
        Log,
        Segment,
        Merged,
    }

    public static TheoryData<Place> Places => [.. Enum.GetValues<Place>()];

    public static TheoryData<Place> PlacesAfterReopening => [.. Enum.GetValues<Place>().Where(place => place != Place.Memory)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Added_columns_read_as_null_empty_or_their_default(Place place)
    {
        await WriteAsync(Base(), place, (1, row => row["name"] = "old"));
        TableDefinitionBuilder changed = Base().Column("note", ColumnType.Text, nullable: true).Column("tags", ColumnType.Text, list: true)
            .Column("stars", ColumnType.Int32, indexed: true).Column("kind", ColumnType.Text, indexed: true)
            .Vector("mood", new VectorColumnAttribute(2), nullable: true)
            .Default("stars", 3).Default("kind", "plain");

        await WriteAsync(changed, place, (2, row => (row["name"], row["note"], row["stars"], row["mood"]) = ("new", "n", 5, new float[] { 1, 2 })));

        await ReadAsync(changed, async table =>
        {
            IReadOnlyList<HeliosRow> rows = await table.ListAsync(cancellationToken: Token);
            Assert.Equal(["old", "new"], rows.Select(row => row["name"]));
            Assert.Equal([null, "n"], rows.Select(row => row["note"]));
            Assert.Equal([3, 5], rows.Select(row => row["stars"]));
            Assert.Equal(["plain", "plain"], rows.Select(row => row["kind"]));
            Assert.Equal([null, new float[] { 1, 2 }], rows.Select(row => row["mood"]));
            Assert.Equal(1, await table.CountAsync(new Column<int>("stars") == 3, Token));
            Assert.Equal(0, await table.CountAsync(new Column<int>("stars").IsNull(), Token));
            Assert.Equal(2, await table.CountAsync(new TextColumn("kind") == "plain", Token));
            Assert.Equal(0, await table.CountAsync(new TextColumn("kind") < "plain", Token));
            Assert.Equal(1, await table.CountAsync(new TextColumn("note").IsNull(), Token));
            Assert.Equal(2, await table.CountAsync(new ListColumn<string>("tags").IsEmpty(), Token));
            Assert.Equal(1, await table.CountAsync(new VectorColumn<float, CosineMetric>("mood").IsNotNull(), Token));
        });
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_later_default_is_for_later_rows(Place place)
    {
        await WriteAsync(Base(), place, (1, row => row["name"] = "a"));
        await WriteAsync(Base().Column("stars", ColumnType.Int32).Default("stars", 3), place, (2, row => row["name"] = "b"));
        TableDefinitionBuilder changed = Base().Column("stars", ColumnType.Int32).Default("stars", 4);

        await WriteAsync(changed, place, (3, row => row["name"] = "c"));

        await ReadAsync(changed, async table => Assert.Equal([3, 3, 4], (await table.ListAsync(cancellationToken: Token)).Select(row => row["stars"])));
    }

    [Theory]
    [MemberData(nameof(PlacesAfterReopening))]
    public async Task Renamed_columns_and_tables_keep_their_values(Place place)
    {
        await WriteAsync(Base(), place, (1, row => row["name"] = "old"));
        TableDefinitionBuilder changed = TableDefinition.Create("things").FormerTableName("items")
            .Key("key", ColumnType.Int64).FormerName("key", "id")
            .Column("title", ColumnType.Text).FormerName("title", "name")
            .Vector("spot", new VectorColumnAttribute(2, Metric.Euclidean) { Index = IndexKind.Hnsw }).FormerName("spot", "place");

        await WriteAsync(changed, place, (2, row => row["title"] = "new"));

        await ReadAsync(changed, async table =>
        {
            IReadOnlyList<HeliosRow> rows = await table.ListAsync(cancellationToken: Token);
            Assert.Equal([(1L, "old"), (2L, "new")], rows.Select(row => ((long)row["key"]!, row.Get<string>("title"))));
            Assert.Equal(1L, (await table.NearestAsync("spot", new float[] { 1, 0 }, 1, cancellationToken: Token))[0].Record["key"]);
        });
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_column_that_is_no_longer_declared_is_kept_and_found_again(Place place)
    {
        TableDefinitionBuilder Wide() => Base().Column("note", ColumnType.Text, nullable: true).Column("size", ColumnType.Int32).Default("size", 7);
        await WriteAsync(Wide(), place, (1, row => (row["name"], row["note"], row["size"]) = ("a", "kept", 1)));

        await WriteAsync(Base(), place, (2, row => row["name"] = "b"));
        await WriteAsync(Base(), place, (3, row => row["name"] = "c"));

        await ReadAsync(Wide(), async table =>
        {
            IReadOnlyList<HeliosRow> rows = await table.ListAsync(cancellationToken: Token);
            Assert.Equal(["kept", null, null], rows.Select(row => row["note"]));
            Assert.Equal([1, 7, 7], rows.Select(row => row["size"]));
            Assert.Equal(2, await table.CountAsync(new Column<int>("size") > 5, Token));
            Assert.Equal(3, await table.CountAsync(new Column<int>("size").IsNotNull(), Token));
            Assert.Equal(1, await table.CountAsync(new TextColumn("note") == "kept", Token));
        });
    }

    [Fact]
    public async Task A_column_that_takes_no_null_is_not_found_again_once_rows_lack_it()
    {
        TableDefinitionBuilder Wide(bool nullable) => Base().Column("size", ColumnType.Int32, nullable);
        await WriteAsync(Wide(nullable: false), Place.Log, (1, row => (row["name"], row["size"]) = ("a", 1)));
        await ReadAsync(Base(), async table => Assert.Equal(1, await table.CountAsync(cancellationToken: Token)));
        await ReadAsync(Wide(nullable: false), async table => Assert.Equal(1, (await table.ListAsync(cancellationToken: Token))[0]["size"]));

        await WriteAsync(Base(), Place.Log, (2, row => row["name"] = "b"));

        HeliosSchemaException error = await Assert.ThrowsAsync<HeliosSchemaException>(() => ReadAsync(Wide(nullable: false), table => table.CountAsync(cancellationToken: Token).AsTask()));
        await CloseAsync();
        Assert.Contains("'size' takes no null, but rows were written by code that did not declare it", error.Message, StringComparison.Ordinal);
        await ReadAsync(Wide(nullable: true), async table => Assert.Equal([1, null], (await table.ListAsync(cancellationToken: Token)).Select(row => row["size"])));
    }

    [Fact]
    public async Task Two_declarations_of_one_process_stand_side_by_side()
    {
        await using HeliosDatabase database = Open();
        HeliosTable wide = database.Table(Base().Column("size", ColumnType.Int32).Column("note", ColumnType.Text, nullable: true).Build());
        HeliosTable narrow = database.Table(Base().Build());
        await WriteAsync(wide, 1, row => (row["name"], row["size"]) = ("a", 1));
        Assert.Equal("a", (await narrow.FindAsync(HeliosKey.Create(1L), Token))!["name"]);

        await WriteAsync(narrow, 2, row => row["name"] = "b");
        await WriteAsync(wide, 3, row => (row["name"], row["size"]) = ("c", 3));

        Assert.Equal([1, null, 3], (await wide.ListAsync(cancellationToken: Token)).Select(row => row["size"]));
        Assert.Equal(["a", "b", "c"], (await narrow.ListAsync(cancellationToken: Token)).Select(row => row["name"]));
    }

    [Fact]
    public async Task A_column_that_other_code_of_the_process_declares_is_not_taken_for_one_that_nobody_does()
    {
        CollectingLoggers loggers = new();
        TableDefinition wide = Base().Column("stars", ColumnType.Int32).Default("stars", 3).Build();
        TableDefinition formerly = Base().Column("title", ColumnType.Text, nullable: true).FormerName("title", "caption").Build();
        await WriteAsync(Base(), Place.Log, (1, row => row["name"] = "a"));
        await using (HeliosDatabase database = Open(loggers))
        {
            // Nobody has written by the wider one, whose column the narrower ones lack.
            Assert.Equal(1, await database.Table(wide).CountAsync(cancellationToken: Token));
            Assert.Equal(1, await database.Table(formerly).CountAsync(cancellationToken: Token));
            await WriteAsync(database.Table(Base().Build()), 2, row => row["name"] = "b");
            Assert.Equal([3, 3], (await database.Table(wide).ListAsync(cancellationToken: Token)).Select(row => row["stars"]));
        }

        Assert.DoesNotContain(loggers.Messages, message => message.StartsWith("Kept columns", StringComparison.Ordinal));
        await using HeliosDatabase narrower = Open(loggers);
        Assert.Equal(2, await narrower.Table(Base().Build()).CountAsync(cancellationToken: Token));
        Assert.Contains(loggers.Messages, message => message.StartsWith("Kept columns stars, title of table items", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_former_name_that_is_not_stored_is_a_slip_where_no_code_declares_what_is()
    {
        await WriteAsync(Base().Column("stars", ColumnType.Int32), Place.Log, (1, row => (row["name"], row["stars"]) = ("a", 1)));
        TableDefinition formerly = Base().Column("title", ColumnType.Text, nullable: true).FormerName("title", "caption").Build();
        await using HeliosDatabase database = Open();

        HeliosSchemaException error = await Assert.ThrowsAsync<HeliosSchemaException>(async () => await database.Table(formerly).CountAsync(cancellationToken: Token));

        Assert.Contains("'stars' is stored and not declared", error.Message, StringComparison.Ordinal);
        await database.Table(Base().Column("stars", ColumnType.Int32).Build()).CountAsync(cancellationToken: Token);
        Assert.Equal(1, await database.Table(formerly).CountAsync(cancellationToken: Token));
    }

    [Fact]
    public async Task A_table_that_is_used_under_its_old_name_is_not_renamed()
    {
        await WriteAsync(Base(), Place.Log, (1, row => row["name"] = "a"));
        TableDefinition renamed = Base("things").FormerTableName("items").Build();
        await using HeliosDatabase database = Open();
        Assert.Equal(1, await database.Table(renamed).CountAsync(cancellationToken: Token));

        HeliosSchemaException error = await Assert.ThrowsAsync<HeliosSchemaException>(() => database.Table(Base().Build()).CountAsync(cancellationToken: Token).AsTask());

        Assert.Contains("'items' was renamed to 'things'", error.Message, StringComparison.Ordinal);
        await database.DisposeAsync();
        await using HeliosDatabase again = Open();
        Assert.Equal(1, await again.Table(Base().Build()).CountAsync(cancellationToken: Token));
        error = await Assert.ThrowsAsync<HeliosSchemaException>(() => again.Table(renamed).CountAsync(cancellationToken: Token).AsTask());
        Assert.Contains("uses the table by that name", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_another_table_gives_up_is_taken_only_once_that_is_stored()
    {
        await WriteAsync(Base("draft"), Place.Log, (1, row => row["name"] = "a"));
        await WriteAsync(Base("book"), Place.Log, (2, row => row["name"] = "b"));
        TableDefinition oldBook = Base("old_book").FormerTableName("book").Build();
        TableDefinition book = Base("book").FormerTableName("draft").Build();
        await using (HeliosDatabase database = Open())
        {
            Assert.Equal(1, await database.Table(oldBook).CountAsync(cancellationToken: Token));

            HeliosSchemaException error = await Assert.ThrowsAsync<HeliosSchemaException>(() => WriteAsync(database.Table(book), 3, row => row["name"] = "c"));

            Assert.Contains("Write to 'old_book' first", error.Message, StringComparison.Ordinal);
            await WriteAsync(database.Table(oldBook), 4, row => row["name"] = "d");
            await WriteAsync(database.Table(book), 3, row => row["name"] = "c");
        }

        await using HeliosDatabase again = Open();
        Assert.Equal(2, await again.Table(book).CountAsync(cancellationToken: Token));
        Assert.Equal(2, await again.Table(oldBook).CountAsync(cancellationToken: Token));
        Assert.Empty((await again.VerifyAsync(cancellationToken: Token)).Problems);
    }

    public async ValueTask DisposeAsync()
    {
        if (_kept is not null)
        {
            await _kept.DisposeAsync();
        }
    }

    private static TableDefinitionBuilder Base(string name = "items") => TableDefinition.Create(name)
        .Key("id", ColumnType.Int64)
        .Column("name", ColumnType.Text)
        .Vector("place", new VectorColumnAttribute(2, Metric.Euclidean) { Index = IndexKind.Hnsw });

    private static Task WriteAsync(HeliosTable table, long id, Action<HeliosRow> fill)
    {
        HeliosRow row = new(table.Definition);
        foreach (string vector in new[] { "place", "spot" }.Where(name => table.Definition.Shape.IndexOf(name) >= 0))
        {
            row[vector] = new float[] { id, 0 };
        }

        row[table.Definition.Shape.Key.Name] = id;
        fill(row);
        return table.WriteAsync(new HeliosRowBatch().Upsert(row), Token).AsTask();
    }

    /// <summary>Writes by a declaration and leaves all rows in a place; in memory, the database stays open.</summary>
    private async Task WriteAsync(TableDefinitionBuilder declared, Place place, (long Id, Action<HeliosRow> Fill) row)
    {
        HeliosDatabase database = _kept ??= Open();
        await WriteAsync(database.Table(declared.Build()), row.Id, row.Fill);
        if (place is Place.Segment or Place.Merged)
        {
            await database.CheckpointAsync(Token);
        }

        if (place == Place.Merged)
        {
            await database.WaitForIndexingAsync(cancellationToken: Token);
        }

        if (place != Place.Memory)
        {
            await CloseAsync();
        }
    }

    private async Task ReadAsync(TableDefinitionBuilder declared, Func<HeliosTable, Task> read)
    {
        _kept ??= Open();
        await read(_kept.Table(declared.Build()));
        Assert.Empty((await _kept.VerifyAsync(cancellationToken: Token)).Problems);
        await CloseAsync();
    }

    private async Task CloseAsync()
    {
        await DisposeAsync();
        _kept = null;
    }

    private HeliosDatabase Open() => new(TestDatabase.OptionsOn(_files), "/data/db");

    private HeliosDatabase Open(CollectingLoggers loggers) => new(TestDatabase.OptionsOn(_files) with { Loggers = loggers }, "/data/db");
}
