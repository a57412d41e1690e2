using System.ComponentModel.DataAnnotations.Schema;
using Helios.Typed.Engine;
using Helios.Typed.Primitives;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Files;
using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests;

/// <content>Does other things while a migration copies.</content>
public sealed partial class MigrationTests
{
    private static readonly TableDefinition _kept = TableDefinition.Create("kept").Key("id", ColumnType.Int64).Build();

    [Fact]
    public async Task A_name_that_was_taken_while_records_were_copied_stops_the_migration_and_loses_nothing()
    {
        MemoryFileSystem files = new();
        await using (HeliosDatabase database = await OpenWithOldAsync(files, 10))
        {
            HeliosSchemaException error = await Assert.ThrowsAsync<HeliosSchemaException>(() => database.MigrateAsync<OldNote, NewNote>(
                Convert,
                OnceCopied(() => database.Table(_kept).WriteAsync(new HeliosRowBatch().Insert(new HeliosRow(_kept) { ["id"] = 1L }), Token).AsTask()),
                new MigrationOptions { KeepOldAs = "kept" },
                Token));

            Assert.Contains("'kept' is there already", error.Message, StringComparison.Ordinal);
            await database.Store<OldNote>().InsertAsync(new OldNote { Size = 1, Place = new float[] { 1, 2 } }, Token);
        }

        await using HeliosDatabase again = Open(files);
        await AssertOldAsync(again, 11);
        Assert.Equal(1, await again.Table(_kept).CountAsync(cancellationToken: Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_name_that_a_renamed_table_is_stored_by_is_not_free(bool isTaken)
    {
        MemoryFileSystem files = new();
        await using (HeliosDatabase first = await OpenWithOldAsync(files, 10))
        {
            await first.Table(_kept).WriteAsync(new HeliosRowBatch().Insert(new HeliosRow(_kept) { ["id"] = 1L }), Token);
        }

        await using (HeliosDatabase database = Open(files))
        {
            TableDefinition renamed = TableDefinition.Create("renamed").FormerTableName("kept").Key("id", ColumnType.Int64).Build();
            Assert.Equal(1, await database.Table(renamed).CountAsync(cancellationToken: Token));

            HeliosSchemaException error = await Assert.ThrowsAsync<HeliosSchemaException>(
                () => database.MigrateAsync<OldNote, NewNote>(Convert, options: new MigrationOptions { KeepOldAs = isTaken ? "renamed" : "kept" }, cancellationToken: Token));

            Assert.Contains("is there already", error.Message, StringComparison.Ordinal);
            await database.Store<OldNote>().InsertAsync(new OldNote { Size = 1, Place = new float[] { 1, 2 } }, Token);
        }

        await using HeliosDatabase again = Open(files);
        await AssertOldAsync(again, 11);
    }

    [Fact]
    public void Changes_that_would_not_fit_what_is_stored_are_refused_before_they_are_logged()
    {
        Catalog catalog = new();
        CatalogTable stored = catalog.Restore(new TableId(1), _kept.Shape);
        CatalogTable other = catalog.Restore(new TableId(2), _kept.Shape with { Name = "other" });
        catalog.Bind(_kept.Shape with { Name = "renamed", FormerNames = TableDefinition.Create("renamed").FormerTableName("kept").Key("id", ColumnType.Int64).Build().Shape.FormerNames });

        Assert.Throws<HeliosSchemaException>(() => catalog.Promise([new CatalogChange(other, other.Shape with { Name = "Kept" })]));
        Assert.Throws<HeliosSchemaException>(() => catalog.Promise([new CatalogChange(other, other.Shape with { Name = "Renamed" })]));
        catalog.Promise([new CatalogChange(stored, null), new CatalogChange(other, other.Shape with { Name = "kept" })]);
        catalog.Drop(stored);
        Assert.Throws<HeliosSchemaException>(() => catalog.Promise([new CatalogChange(stored, stored.Shape)]));
    }

    [Fact]
    public void A_name_that_a_change_is_giving_is_given_by_no_renaming_meanwhile()
    {
        Catalog catalog = new();
        catalog.Restore(new TableId(1), _kept.Shape);
        CatalogTable other = catalog.Restore(new TableId(2), _kept.Shape with { Name = "other" });
        TableShape renaming = TableDefinition.Create("wanted").FormerTableName("kept").Key("id", ColumnType.Int64).Build().Shape;
        catalog.Promise([new CatalogChange(other, other.Shape with { Name = "wanted" })]);

        Assert.Throws<HeliosSchemaException>(() => catalog.Bind(renaming));
        catalog.EndPromises();
        Assert.Equal(1u, catalog.Bind(renaming).Table.Id.Value);
    }

    [Fact]
    public async Task A_table_is_filled_by_one_migration_at_a_time()
    {
        MemoryFileSystem files = new();
        await using (HeliosDatabase database = await OpenWithOldAsync(files, 10))
        {
            await database.Store<ThirdNote>().InsertAsync(new ThirdNote { Id = "third", Spot = new float[] { 1, 2, 3 } }, Token);
            HeliosSchemaException? error = null;

            await database.MigrateAsync<OldNote, OtherNote>(
                note => new OtherNote { Id = $"{note.Id}", Spot = new float[] { 1, 2, 3 } },
                OnceCopied(async () => error = await Assert.ThrowsAsync<HeliosSchemaException>(() => database.MigrateAsync<ThirdNote, OtherNote>(note => new OtherNote { Id = note.Id, Spot = note.Spot }, cancellationToken: Token))),
                cancellationToken: Token);

            Assert.Contains("Another migration to table 'others' is running", error!.Message, StringComparison.Ordinal);
            await database.Store<ThirdNote>().DeleteAsync("none", Token);
        }

        await using HeliosDatabase again = Open(files);
        Assert.Equal(10, await again.Store<OtherNote>().CountAsync(Token));
        Assert.Equal(1, await again.Store<ThirdNote>().CountAsync(Token));
    }

    [Fact]
    public async Task A_table_that_is_being_filled_cannot_be_dropped_by_name_and_where_it_is_gone_nothing_has_changed()
    {
        MemoryFileSystem files = new();
        await using (HeliosDatabase database = await OpenWithOldAsync(files, 10))
        {
            await Assert.ThrowsAsync<ArgumentException>("name", () => database.DropTableAsync("~notes", Token));
            DatabaseEngine engine = await database.EngineAsync(Token);

            await Assert.ThrowsAnyAsync<HeliosException>(() => database.MigrateAsync<OldNote, NewNote>(Convert, OnceCopied(() => engine.DropTableAsync("~notes", Token)), cancellationToken: Token));
        }

        await using HeliosDatabase again = Open(files);
        await AssertOldAsync(again, 10);
    }

    [Fact]
    public async Task A_migration_that_could_not_begin_leaves_the_old_table_writable()
    {
        SimulatedFileSystem files = new();
        await using HeliosDatabase database = await OpenWithOldAsync(files, 3);
        void FailNext() => files.FailAt(files.OperationCount + 1, FaultKind.IoError);
        await Assert.ThrowsAnyAsync<Exception>(() => database.MigrateAsync<OldNote, NewNote>(
            Convert,
            OnceCopied(() =>
            {
                FailNext();
                throw new InvalidOperationException("stop here");
            }),
            cancellationToken: Token));
        long failures = files.FailureCount;
        FailNext();

        await Assert.ThrowsAnyAsync<HeliosException>(() => database.MigrateAsync<OldNote, NewNote>(Convert, cancellationToken: Token));

        Assert.Equal(failures + 1, files.FailureCount);
        await database.Store<OldNote>().InsertAsync(new OldNote { Size = 40, Place = new float[] { 4, 0 } }, Token);
        Assert.Equal(4, (await database.MigrateAsync<OldNote, NewNote>(Convert, cancellationToken: Token)).Migrated);
        await AssertNewAsync(database, 4);
    }

    [Fact]
    public async Task What_began_in_the_middle_of_a_migration_does_not_read_a_part_of_its_rows()
    {
        await using HeliosDatabase database = await OpenWithOldAsync(new MemoryFileSystem(), 10);
        HeliosSnapshot? snapshot = null;
        HeliosTransaction? transaction = null;

        await database.MigrateAsync<OldNote, NewNote>(
            Convert,
            OnceCopied(async () => (snapshot, transaction) = (await database.OpenSnapshotAsync(Token), await database.BeginTransactionAsync(Token))),
            cancellationToken: Token);

        using (snapshot)
        await using (transaction)
        {
            HeliosSchemaException error = await Assert.ThrowsAsync<HeliosSchemaException>(() => snapshot!.Store<NewNote>().CountAsync(Token).AsTask());
            Assert.Contains("was dropped or replaced after commit", error.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<HeliosConflictException>(() => transaction!.Store<NewNote>().CountAsync(Token).AsTask());
        }

        await using HeliosSnapshot later = await database.OpenSnapshotAsync(Token);
        Assert.Equal(10, await later.Store<NewNote>().CountAsync(Token));
    }

    [Fact]
    public async Task A_migration_is_not_told_row_by_row_and_ends_the_feed_of_the_old_table()
    {
        await using HeliosDatabase database = await OpenWithOldAsync(new MemoryFileSystem(), 3);
        await using IAsyncEnumerator<Change<OldNote>> feed = database.Store<OldNote>().ChangesAsync(follow: true, cancellationToken: Token).GetAsyncEnumerator(Token);
        for (int i = 0; i < 3; i++)
        {
            Assert.True(await feed.MoveNextAsync());
        }

        ValueTask<bool> next = feed.MoveNextAsync();
        await database.MigrateAsync<OldNote, NewNote>(Convert, cancellationToken: Token);

        Assert.True(await next);
        Assert.Equal((ChangeKind.TableDropped, false, null), (feed.Current.Kind, feed.Current.IsLastOfCommit, feed.Current.Record));
        Assert.True(await feed.MoveNextAsync());
        Assert.Equal((ChangeKind.TableMigrated, true, null), (feed.Current.Kind, feed.Current.IsLastOfCommit, feed.Current.Record));
        HeliosSchemaException error = await Assert.ThrowsAsync<HeliosSchemaException>(() => feed.MoveNextAsync().AsTask());
        Assert.Contains("was dropped, or migrated", error.Message, StringComparison.Ordinal);
        await database.Store<NewNote>().InsertAsync(new NewNote { Id = "x", Size = "0", Spot = new float[] { 1, 2, 3 } }, Token);
        List<Change<HeliosRow>> told = await database.ChangesAsync(cancellationToken: Token).ToListAsync(Token);
        Assert.Equal(["Insert 1", "Insert 2", "Insert 3", "TableDropped ", "TableMigrated ", "Insert x"], told.Select(change => $"{change.Kind} {change.Record?["id"]}"));
        List<Change<NewNote>> toldOfNew = await database.Store<NewNote>().ChangesAsync(cancellationToken: Token).ToListAsync(Token);
        Assert.Equal(["TableDropped ", "TableMigrated ", "Insert x"], toldOfNew.Select(change => $"{change.Kind} {change.Record?.Id}"));
    }

    private static Told<MigrationProgress> OnceCopied(Func<Task> act)
    {
        bool isDone = false;
        return new Told<MigrationProgress>(_ =>
        {
            if (!isDone)
            {
                isDone = true;
                act().GetAwaiter().GetResult();
            }
        });
    }

    [Table("thirds")]
    internal sealed partial record ThirdNote
    {
        public required string Id { get; init; }

        [VectorColumn(3, Metric.Euclidean)]
        public ReadOnlyMemory<float> Spot { get; init; }
    }
}
