using System.ComponentModel.DataAnnotations.Schema;
using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.EndToEnd;

/// <summary>Reads of drops, renames and migrations of tables in the change feed.</summary>
public sealed class TableChangeTests
{
    private readonly MemoryFileSystem _files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public enum Between
    {
        Nothing,
        Checkpoint,
        Reopening,
    }

    public static TheoryData<Between> Moments => [.. Enum.GetValues<Between>()];

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_drop_is_told_in_its_place_also_where_the_table_is_made_anew(Between between)
    {
        HeliosDatabase database = Open();
        await WriteAsync(database.Table(Items().Build()), 1, "one");
        ChangePosition before = await database.GetPositionAsync(Token);
        database = await PassAsync(database, between);
        Assert.True(await database.DropTableAsync("items", Token));
        ChangePosition dropped = await database.GetPositionAsync(Token);
        database = await PassAsync(database, between);
        await WriteAsync(database.Table(Items().Build()), 1, "anew");

        await using (database)
        {
            string[] expected = ["1 Insert items one", "2 TableDropped items", "3 Insert items anew"];
            Assert.Equal(expected, await TellAsync(database));
            Assert.Equal(expected[1..], await TellAsync(database, before));
            Assert.Equal(expected[2..], await TellAsync(database, dropped));

            // The feed of the table that is there now says that the one before it, and all that was copied of it, is gone.
            Assert.Equal(expected[1..], await TellAsync(database.Table(Items().Build()), before));
            Change<HeliosRow> drop = await database.ChangesAsync(before, cancellationToken: Token).FirstAsync(Token);
            Assert.True(drop.IsTableChange && drop.IsLastOfCommit);
            Assert.Equal(dropped, drop.Position);
            Assert.Equal((null, null, default), (drop.Record, drop.FormerTableName, drop.Key));
            Assert.Equal(["id", "name", "place"], drop.Table.Shape.Columns.Select(column => column.Name));
        }
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_rename_is_told_with_both_names_before_the_rows_of_its_commit(Between between)
    {
        HeliosDatabase database = Open();
        await WriteAsync(database.Table(Items().Build()), 1, "one");
        await WriteAsync(database.Table(Items("others").Build()), 1, "other");
        ChangePosition before = await database.GetPositionAsync(Token);
        database = await PassAsync(database, Between.Reopening);
        database = await PassAsync(database, between);
        HeliosTable things = database.Table(Items("things").FormerTableName("items").Build());
        await WriteAsync(things, 2, "two");
        ChangePosition renamed = await database.GetPositionAsync(Token);
        database = await PassAsync(database, between);
        things = database.Table(Items("things").FormerTableName("items").Build());
        await WriteAsync(things, 3, "three");

        await using (database)
        {
            string[] expected = ["3 TableRenamed things was items", "3 Insert things two", "4 Insert things three"];
            Assert.Equal(["1 Insert items one", "2 Insert others other", .. expected], await TellAsync(database));
            Assert.Equal(expected, await TellAsync(database, before));
            Assert.Equal(expected, await TellAsync(things, before));
            Assert.Equal(expected[2..], await TellAsync(database, renamed));

            // A table that took no part hears nothing of it.
            Assert.Empty(await TellAsync(database.Table(Items("others").Build()), before));
            Assert.Equal([false, true], (await things.ChangesAsync(before, cancellationToken: Token).Take(2).ToListAsync(Token)).Select(change => change.IsLastOfCommit));
        }
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_new_column_and_other_changes_of_a_shape_are_no_changes_of_the_table(Between between)
    {
        HeliosDatabase database = Open();
        await WriteAsync(database.Table(Items().Build()), 1, "one");
        database = await PassAsync(database, between);
        await WriteAsync(database.Table(Items().Column("note", ColumnType.Text, nullable: true).Build()), 2, "two");
        database = await PassAsync(database, Between.Reopening);
        await database.Table(Items().Build()).CountAsync(cancellationToken: Token);
        await database.DropColumnAsync("items", "note", Token);

        await using (database)
        {
            Assert.Equal(["1 Insert items one", "2 Insert items two"], await TellAsync(database));
        }
    }

    [Theory]
    [InlineData(MigratedTo.SameName)]
    [InlineData(MigratedTo.SameNameAndOldKept)]
    [InlineData(MigratedTo.NewName)]
    [InlineData(MigratedTo.NewNameAndOldDropped)]
    public async Task A_migration_is_told_as_what_it_leaves(MigratedTo to)
    {
        await using HeliosDatabase database = Open();
        HeliosStore<Before> old = database.Store<Before>();
        await old.InsertAsync(new Before { Name = "one", Place = new float[] { 1, 2 } }, Token);
        ChangePosition since = await database.GetPositionAsync(Token);
        await database.CheckpointAsync(Token);
        if (to is MigratedTo.SameName or MigratedTo.SameNameAndOldKept)
        {
            await database.MigrateAsync<Before, After>(note => new After { Id = $"{note.Id}", Place = note.Place }, options: new MigrationOptions { KeepOldAs = to == MigratedTo.SameName ? null : "kept" }, cancellationToken: Token);
        }
        else
        {
            await database.MigrateAsync<Before, Apart>(note => new Apart { Id = $"{note.Id}", Place = note.Place }, options: new MigrationOptions { DropOld = to == MigratedTo.NewNameAndOldDropped }, cancellationToken: Token);
        }

        string[] told = [.. (await TellAsync(database, since)).Select(change => change[(change.IndexOf(' ', StringComparison.Ordinal) + 1)..])];

        Assert.Equal(
            to switch
            {
                MigratedTo.SameName => ["TableDropped notes", "TableMigrated notes"],
                MigratedTo.SameNameAndOldKept => ["TableRenamed kept was notes", "TableMigrated notes"],
                MigratedTo.NewName => ["TableMigrated apart"],
                _ => (string[])["TableDropped notes", "TableMigrated apart"],
            },
            told);

        // From the snapshot that a receiver copies after it, changes go on.
        await using HeliosSnapshot snapshot = await database.OpenSnapshotAsync(Token);
        ChangePosition copied = await snapshot.GetPositionAsync(Token);
        Assert.Equal(snapshot.Sequence, copied.Sequence);
        Assert.Empty(await TellAsync(database, copied));
    }

    [Fact]
    public async Task A_migration_that_failed_is_not_told()
    {
        await using HeliosDatabase database = Open();
        await database.Store<Before>().InsertAsync(new Before { Name = "one", Place = new float[] { 1, 2 } }, Token);

        await Assert.ThrowsAsync<HeliosException>(() => database.MigrateAsync<Before, After>(_ => throw new InvalidOperationException("no"), cancellationToken: Token));

        Assert.Single(await database.ChangesAsync(cancellationToken: Token).ToListAsync(Token));
    }

    [Fact]
    public async Task A_copy_that_heeds_what_becomes_of_tables_equals_the_database()
    {
        await using HeliosDatabase copy = new(TestDatabase.OptionsOn(new MemoryFileSystem()) with { NewId = Guid.NewGuid }, "/data/db");
        ChangePosition position = ChangePosition.Start;
        HeliosDatabase database = Open();
        await WriteAsync(database.Table(Items().Build()), 1, "one");
        await WriteAsync(database.Table(Items("others").Build()), 1, "other");
        position = await CopyAsync(database, copy, position);
        await WriteAsync(database.Table(Items().Build()), 2, "two");
        await database.DropTableAsync("others", Token);
        await WriteAsync(database.Table(Items("others").Build()), 7, "anew");
        database = await PassAsync(database, Between.Reopening);
        await WriteAsync(database.Table(Items("things").FormerTableName("items").Build()), 3, "three");
        position = await CopyAsync(database, copy, position);
        database = await PassAsync(database, Between.Checkpoint);
        await database.Store<Before>().InsertAsync(new Before { Name = "one", Place = new float[] { 1, 2 } }, Token);
        await database.MigrateAsync<Before, After>(note => new After { Id = $"new {note.Id}", Place = note.Place }, cancellationToken: Token);
        await database.Store<After>().InsertAsync(new After { Id = "later", Place = new float[] { 1, 2 } }, Token);
        position = await CopyAsync(database, copy, position);

        await using (database)
        {
            Assert.Equal(await database.GetPositionAsync(Token), position);
            Assert.Equal(["one", "two", "three"], await NamesAsync(copy.Table(Items("things").Build())));
            Assert.Equal(["anew"], await NamesAsync(copy.Table(Items("others").Build())));
            Assert.Equal(["later", "new 1"], (await copy.Store<After>().OrderBy(note => note.Id).ToListAsync(Token)).Select(note => note.Id));
            Assert.False(await copy.DropTableAsync("items", Token));
        }
    }

    public enum MigratedTo
    {
        SameName,
        SameNameAndOldKept,
        NewName,
        NewNameAndOldDropped,
    }

    private static TableDefinitionBuilder Items(string name = "items") => TableDefinition.Create(name)
        .Key("id", ColumnType.Int64)
        .Column("name", ColumnType.Text)
        .Vector("place", new VectorColumnAttribute(2, Metric.Euclidean));

    private static Task WriteAsync(HeliosTable table, long id, string name) => table.WriteAsync(
        new HeliosRowBatch().Upsert(new HeliosRow(table.Definition) { ["id"] = id, ["name"] = name, ["place"] = new float[] { id, 0 } }), Token).AsTask();

    private static async Task<IEnumerable<string>> NamesAsync(HeliosTable table) => (await table.ListAsync(cancellationToken: Token)).Select(row => row.Get<string>("name"));

    private static async Task<List<string>> TellAsync(HeliosDatabase database, ChangePosition since = default) =>
        [.. (await database.ChangesAsync(since, cancellationToken: Token).ToListAsync(Token)).Select(Describe)];

    private static async Task<List<string>> TellAsync(HeliosTable table, ChangePosition since) =>
        [.. (await table.ChangesAsync(since, cancellationToken: Token).ToListAsync(Token)).Select(Describe)];

    private static string Describe(Change<HeliosRow> change) =>
        $"{change.Sequence} {change.Kind} {change.Table.Name}{(change.FormerTableName is { } former ? $" was {former}" : "")}{(change.Record is { } row ? $" {row["name"]}" : "")}";

    /// <summary>Applies what a feed tells, as the guide has it.</summary>
    private static async Task<ChangePosition> CopyAsync(HeliosDatabase from, HeliosDatabase to, ChangePosition position)
    {
        await foreach (Change<HeliosRow> change in from.ChangesAsync(position, cancellationToken: Token))
        {
            if (change.IsTableChange)
            {
                await to.DropTableAsync(change.FormerTableName ?? change.Table.Name, Token);
                if (change.Kind != ChangeKind.TableDropped)
                {
                    await to.Table(change.Table).ImportAsync(await from.Table(change.Table).ListAsync(cancellationToken: Token), options: new ImportOptions { Mode = ImportMode.Upsert }, cancellationToken: Token);
                }
            }
            else
            {
                HeliosRowBatch batch = change.Kind == ChangeKind.Delete ? new HeliosRowBatch().Delete(change.Key) : new HeliosRowBatch().Upsert(change.Record!);
                await to.Table(change.Table).WriteAsync(batch, Token);
            }

            position = change.IsLastOfCommit ? change.Position : position;
        }

        return position;
    }

    private async Task<HeliosDatabase> PassAsync(HeliosDatabase database, Between between)
    {
        if (between == Between.Nothing)
        {
            return database;
        }

        await database.CheckpointAsync(Token);
        if (between == Between.Checkpoint)
        {
            return database;
        }

        await database.DisposeAsync();
        return Open();
    }

    private HeliosDatabase Open() => new(TestDatabase.OptionsOn(_files) with { ChangeRetentionBytes = 1 << 20 }, "/data/db");
}

[Table("notes")]
public sealed partial record Before
{
    public long Id { get; init; }

    public required string Name { get; init; }

    [VectorColumn(2, Metric.Euclidean)]
    public ReadOnlyMemory<float> Place { get; init; }
}

[Table("notes")]
public sealed partial record After
{
    public required string Id { get; init; }

    [VectorColumn(2, Metric.Euclidean)]
    public ReadOnlyMemory<float> Place { get; init; }
}

[Table("apart")]
public sealed partial record Apart
{
    public required string Id { get; init; }

    [VectorColumn(2, Metric.Euclidean)]
    public ReadOnlyMemory<float> Place { get; init; }
}
