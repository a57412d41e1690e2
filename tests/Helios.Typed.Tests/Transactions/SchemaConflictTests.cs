using System.ComponentModel;
using System.ComponentModel.DataAnnotations.Schema;
using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Transactions;

/// <summary>Changes tables while transactions and snapshots of them are open.</summary>
public sealed partial class SchemaConflictTests
{
    private readonly MemoryFileSystem _files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task A_transaction_whose_table_is_dropped_meanwhile_is_a_conflict_and_writes_nothing(bool reads, bool writes)
    {
        await using HeliosDatabase database = await OpenAsync(3);
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Token);
        await transaction.Store<Account>().InsertAsync(Account.Create(1, 1), Token);
        IHeliosStore<Old> notes = transaction.Store<Old>();
        if (reads)
        {
            Assert.Equal("note 1", (await notes.GetAsync(1, Token))!.Text);
        }

        if (writes)
        {
            await notes.UpsertAsync(Make(9), Token);
        }

        await database.DropTableAsync("jottings", Token);

        if (reads || writes)
        {
            // A store goes on seeing what it saw; one that is asked for anew must not see the empty table that has the name now.
            Assert.Equal(writes ? 4 : 3, await notes.CountAsync(Token));
            await Assert.ThrowsAsync<HeliosConflictException>(async () => await transaction.Store<Old>().CountAsync(Token));
            HeliosConflictException conflict = await Assert.ThrowsAsync<HeliosConflictException>(async () => await transaction.CommitAsync(Token));
            Assert.Equal("jottings", conflict.Table);
            Assert.Contains("dropped or replaced", conflict.Message, StringComparison.Ordinal);
            Assert.Equal(0, await database.Store<Account>().CountAsync(Token));
        }
        else
        {
            await transaction.CommitAsync(Token);
            Assert.Equal(1, await database.Store<Account>().CountAsync(Token));
        }

        Assert.Equal(0, await database.Store<Old>().CountAsync(Token));
    }

    [Fact]
    public async Task A_table_that_is_first_looked_at_after_it_was_dropped_is_not_shown_empty()
    {
        await using HeliosDatabase database = await OpenAsync(3);
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Token);
        await using HeliosSnapshot snapshot = await database.OpenSnapshotAsync(Token);
        await database.DropTableAsync("jottings", Token);
        await database.Store<Old>().InsertAsync(Make(1), Token);

        await Assert.ThrowsAsync<HeliosConflictException>(async () => await transaction.Store<Old>().CountAsync(Token));
        await Assert.ThrowsAsync<HeliosConflictException>(async () => await transaction.Store<Old>().UpsertAsync(Make(2), Token));
        HeliosSchemaException gone = await Assert.ThrowsAsync<HeliosSchemaException>(async () => await snapshot.Store<Old>().CountAsync(Token));
        Assert.Contains("Open another snapshot", gone.Message, StringComparison.Ordinal);

        await using HeliosTransaction later = await database.BeginTransactionAsync(Token);
        await using HeliosSnapshot fresh = await database.OpenSnapshotAsync(Token);
        Assert.Equal(1, await later.Store<Old>().CountAsync(Token));
        Assert.Equal(1, await fresh.Store<Old>().CountAsync(Token));
    }

    [Fact]
    public async Task A_table_nobody_ever_wrote_to_is_empty_in_older_transactions_and_snapshots()
    {
        await using HeliosDatabase database = await OpenAsync(0);
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Token);
        await using HeliosSnapshot snapshot = await database.OpenSnapshotAsync(Token);
        await database.Store<Old>().InsertAsync(Make(1), Token);

        Assert.Equal(0, await transaction.Store<Old>().CountAsync(Token));
        Assert.Equal(0, await snapshot.Store<Old>().CountAsync(Token));
    }

    [Fact]
    public async Task A_transaction_that_is_run_again_meets_the_table_that_took_the_place_of_a_dropped_one()
    {
        await using HeliosDatabase database = await OpenAsync(3);
        int attempts = 0;

        int counted = await database.RunInTransactionAsync(
            async (transaction, token) =>
            {
                int before = await transaction.Store<Old>().CountAsync(token);
                await transaction.Store<Old>().UpsertAsync(Make(7), token);
                if (++attempts == 1)
                {
                    await database.DropTableAsync("jottings", token);
                }

                return before;
            },
            cancellationToken: Token);

        Assert.Equal((2, 0), (attempts, counted));
        Assert.Equal([7L], (await database.Store<Old>().Query().ToListAsync(Token)).Select(note => note.Id));
    }

    [Fact]
    public async Task A_transaction_across_a_migration_is_a_conflict_and_never_sees_a_part_of_the_copy()
    {
        await using HeliosDatabase database = await OpenAsync(3);
        await using HeliosTransaction reader = await database.BeginTransactionAsync(Token);
        Assert.Equal(3, await reader.Store<Old>().CountAsync(Token));
        await reader.Store<Account>().InsertAsync(Account.Create(1, 1), Token);
        HeliosTransaction? amid = null;
        HeliosTransaction? writer = null;

        await database.MigrateAsync<Old, Other>(
            old =>
            {
                amid ??= Begin(database);
                writer ??= Begin(database);
                return new Other { Id = $"{old.Id}", Text = old.Text };
            },
            cancellationToken: Token);

        await Assert.ThrowsAsync<HeliosConflictException>(async () => await reader.CommitAsync(Token));
        await Assert.ThrowsAsync<HeliosConflictException>(async () => await amid!.Store<Other>().CountAsync(Token));
        await Assert.ThrowsAsync<HeliosConflictException>(async () => await writer!.Store<Other>().UpsertAsync(new Other { Id = "x", Text = "" }, Token));
        await Assert.ThrowsAsync<HeliosSchemaException>(async () => await database.Store<Old>().CountAsync(Token));
        Assert.Equal(0, await database.Store<Account>().CountAsync(Token));
        amid!.Dispose();
        writer!.Dispose();
        await using HeliosTransaction later = await database.BeginTransactionAsync(Token);
        Assert.Equal(3, await later.Store<Other>().CountAsync(Token));
    }

    [Fact]
    public async Task A_transaction_that_writes_to_a_table_under_migration_is_refused_and_the_migration_goes_on()
    {
        await using HeliosDatabase database = await OpenAsync(3);
        HeliosException? refusal = null;

        await database.MigrateAsync<Old, Other>(
            old =>
            {
                refusal ??= CommitMeanwhile(database);
                return new Other { Id = $"{old.Id}", Text = old.Text };
            },
            cancellationToken: Token);

        Assert.Contains("being migrated", refusal!.Message, StringComparison.Ordinal);
        Assert.Equal(3, await database.Store<Other>().CountAsync(Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transaction_across_a_change_of_its_tables_shape_commits_and_both_declarations_read_all(bool inSegments)
    {
        await using (HeliosDatabase database = await OpenAsync(2))
        {
            if (inSegments)
            {
                await database.CheckpointAsync(Token);
            }

            await using HeliosTransaction transaction = await database.BeginTransactionAsync(Token);
            await transaction.Store<Old>().UpsertAsync(Make(3), Token);

            // The wider declaration comes, and is written, while the narrower one has writes under way.
            await database.Store<Wide>().InsertAsync(new Wide { Id = 10, Text = "wide", Stars = 5, Extra = "x" }, Token);
            await transaction.Store<Wide>().UpsertAsync(new Wide { Id = 11, Text = "wide too", Stars = 6 }, Token);
            await transaction.Store<Old>().UpsertAsync(Make(4), Token);
            Assert.Equal([1, 2, 3, 4, 11], (await transaction.Store<Old>().Query().ToListAsync(Token)).Select(note => note.Id));
            Assert.Equal([3, 3, 3, 3, 6], (await transaction.Store<Wide>().Query().ToListAsync(Token)).Select(note => note.Stars));
            await Assert.ThrowsAsync<HeliosConflictException>(async () => await transaction.CommitAsync(Token));

            await using HeliosTransaction again = await database.BeginTransactionAsync(Token);
            await again.Store<Old>().UpsertAsync(Make(3), Token);
            await again.Store<Wide>().UpsertAsync(new Wide { Id = 11, Text = "wide too", Stars = 6 }, Token);
            await database.Store<Wide>().InsertAsync(new Wide { Id = 12, Text = "meanwhile", Stars = 7 }, Token);
            await again.CommitAsync(Token);
            if (inSegments)
            {
                await database.CheckpointAsync(Token);
                await database.WaitForIndexingAsync(cancellationToken: Token);
            }
        }

        await using HeliosDatabase reopened = new(TestDatabase.OptionsOn(_files), "/data/db");
        Assert.Equal(
            ["1:3:", "2:3:", "3:3:", "10:5:x", "11:6:", "12:7:"],
            (await reopened.Store<Wide>().Query().ToListAsync(Token)).Select(note => $"{note.Id}:{note.Stars}:{note.Extra}"));
        Assert.Empty((await reopened.VerifyAsync(cancellationToken: Token)).Problems);
    }

    [Fact]
    public async Task A_column_dropped_meanwhile_is_a_conflict_for_who_read_the_table_and_none_for_who_did_not()
    {
        await using (HeliosDatabase wide = new(TestDatabase.OptionsOn(_files), "/data/db"))
        {
            await wide.Store<Wide>().InsertAsync(new Wide { Id = 1, Text = "one", Stars = 9, Extra = "x" }, Token);
        }

        await using HeliosDatabase database = new(TestDatabase.OptionsOn(_files), "/data/db");
        await using HeliosTransaction reader = await database.BeginTransactionAsync(Token);
        await using HeliosTransaction writer = await database.BeginTransactionAsync(Token);
        Assert.Equal(1, await reader.Store<Old>().CountAsync(Token));
        await reader.Store<Old>().UpsertAsync(Make(2), Token);
        await writer.Store<Old>().UpsertAsync(Make(3), Token);

        await database.DropColumnAsync("jottings", "Extra", Token);

        await Assert.ThrowsAsync<HeliosConflictException>(async () => await reader.CommitAsync(Token));
        await writer.CommitAsync(Token);
        Assert.Equal([1, 3], (await database.Store<Old>().Query().ToListAsync(Token)).Select(note => note.Id));
    }

    [Fact]
    public async Task A_store_of_a_snapshot_goes_on_with_a_table_that_is_dropped_or_kept_under_another_name()
    {
        await using HeliosDatabase database = await OpenAsync(3);
        await using HeliosSnapshot first = await database.OpenSnapshotAsync(Token);
        IHeliosReader<Old> before = first.Store<Old>();
        Assert.Equal(3, await before.CountAsync(Token));
        await database.MigrateAsync<Old, Other>(ToOther, options: new MigrationOptions { KeepOldAs = "kept" }, cancellationToken: Token);
        await using HeliosSnapshot second = await database.OpenSnapshotAsync(Token);
        IHeliosReader<Other> between = second.Store<Other>();
        Assert.Equal(3, await between.CountAsync(Token));
        await database.DropTableAsync("jottings", Token);
        await database.DropTableAsync("kept", Token);
        await database.CheckpointAsync(Token);

        Assert.Equal([1L, 2L, 3L], (await before.Query().ToListAsync(Token)).Select(note => note.Id));
        Assert.Equal(["1", "2", "3"], (await between.Query().ToListAsync(Token)).Select(note => note.Id));
        await Assert.ThrowsAsync<HeliosSchemaException>(async () => await first.Store<Other>().CountAsync(Token));
        await Assert.ThrowsAsync<HeliosSchemaException>(async () => await second.Store<Other>().CountAsync(Token));
    }

    [Fact]
    public async Task Writes_to_a_table_that_a_migration_keeps_under_another_name_do_not_go_there()
    {
        await using HeliosDatabase database = await OpenAsync(3);
        HeliosStore<Old> notes = database.Store<Old>();
        await using HeliosTransaction writer = await database.BeginTransactionAsync(Token);
        await writer.Store<Old>().UpsertAsync(Make(9), Token);
        await using HeliosTransaction reader = await database.BeginTransactionAsync(Token);
        Assert.NotNull(await reader.Store<Old>().GetAsync(1, Token));
        await reader.Store<Account>().InsertAsync(Account.Create(1, 1), Token);

        await database.MigrateAsync<Old, Other>(ToOther, options: new MigrationOptions { KeepOldAs = "kept" }, cancellationToken: Token);

        Assert.Contains("dropped or replaced", (await Assert.ThrowsAsync<HeliosConflictException>(async () => await writer.CommitAsync(Token))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<HeliosConflictException>(async () => await reader.CommitAsync(Token));
        await Assert.ThrowsAsync<HeliosSchemaException>(async () => await notes.UpsertAsync(Make(10), Token));
        await Assert.ThrowsAsync<HeliosSchemaException>(async () => await notes.CountAsync(Token));
        Assert.Equal(3, await database.Table(Kept("kept").Build()).CountAsync(cancellationToken: Token));
        Assert.Equal(3, await database.Store<Other>().CountAsync(Token));
    }

    [Fact]
    public async Task A_table_that_was_renamed_to_the_name_of_a_dropped_one_is_not_shown_in_its_place()
    {
        await using (HeliosDatabase earlier = await OpenAsync(3))
        {
            HeliosTable kept = earlier.Table(Kept("kept").Build());
            await kept.WriteAsync(new HeliosRowBatch().Insert(new HeliosRow(kept.Definition) { ["Id"] = 7L, ["Text"] = "kept" }), Token);
        }

        await using HeliosDatabase database = new(TestDatabase.OptionsOn(_files), "/data/db");
        await using HeliosSnapshot snapshot = await database.OpenSnapshotAsync(Token);
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Token);
        await database.DropTableAsync("jottings", Token);
        HeliosTable renamed = database.Table(Kept("jottings").FormerTableName("kept").Build());
        Assert.Equal(1, await renamed.CountAsync(cancellationToken: Token));

        await Assert.ThrowsAsync<HeliosSchemaException>(async () => await snapshot.Store<Old>().CountAsync(Token));
        await Assert.ThrowsAsync<HeliosConflictException>(async () => await transaction.Store<Old>().CountAsync(Token));

        // And once the new name is stored, the old one is free for a table that was not there before.
        await database.Store<Old>().UpsertAsync(Make(8), Token);
        await using HeliosSnapshot later = await database.OpenSnapshotAsync(Token);
        Assert.Equal([7L, 8L], (await later.Store<Old>().Query().ToListAsync(Token)).Select(note => note.Id));
        HeliosTable anew = database.Table(Kept("kept").Build());
        Assert.Equal(0, await anew.CountAsync(cancellationToken: Token));
        await Assert.ThrowsAsync<HeliosConflictException>(async () => await transaction.Table(anew.Definition).CountAsync(cancellationToken: Token));
    }

    [Fact]
    public async Task A_table_keeps_its_rows_in_older_snapshots_and_transactions_when_it_is_renamed()
    {
        await using (await OpenAsync(3))
        {
        }

        await using HeliosDatabase database = new(TestDatabase.OptionsOn(_files), "/data/db");
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Token);
        HeliosTable renamed = database.Table(Kept("kept").FormerTableName("jottings").Build());
        await renamed.WriteAsync(new HeliosRowBatch().Insert(new HeliosRow(renamed.Definition) { ["Id"] = 4L, ["Text"] = "new" }), Token);

        Assert.Equal(3, await transaction.Table(renamed.Definition).CountAsync(cancellationToken: Token));
    }

    [Fact]
    public async Task A_migration_to_a_name_that_meant_nothing_is_empty_in_older_snapshots_and_a_conflict_for_who_counted_it()
    {
        await using HeliosDatabase database = await OpenAsync(3);
        await using HeliosSnapshot snapshot = await database.OpenSnapshotAsync(Token);
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Token);
        await using HeliosTransaction early = await database.BeginTransactionAsync(Token);
        Assert.Equal(0, await early.Store<Elsewhere>().CountAsync(Token));
        await database.MigrateAsync<Old, Elsewhere>(old => new Elsewhere { Id = $"{old.Id}", Text = old.Text }, cancellationToken: Token);

        Assert.Equal(0, await snapshot.Store<Elsewhere>().CountAsync(Token));
        Assert.Equal(0, await transaction.Store<Elsewhere>().CountAsync(Token));
        await transaction.Store<Account>().InsertAsync(Account.Create(1, 1), Token);
        await early.Store<Account>().InsertAsync(Account.Create(2, 1), Token);
        await Assert.ThrowsAsync<HeliosConflictException>(async () => await transaction.CommitAsync(Token));
        await Assert.ThrowsAsync<HeliosConflictException>(async () => await early.CommitAsync(Token));
        Assert.Equal(3, await database.Store<Elsewhere>().CountAsync(Token));
    }

    [Fact]
    public async Task A_column_that_was_dropped_is_not_read_as_another_one_of_its_name()
    {
        await using (HeliosDatabase wide = new(TestDatabase.OptionsOn(_files), "/data/db"))
        {
            await wide.Store<Wide>().InsertAsync(new Wide { Id = 1, Text = "one", Stars = 9, Extra = "x" }, Token);
        }

        await using HeliosDatabase database = new(TestDatabase.OptionsOn(_files), "/data/db");
        await using HeliosSnapshot snapshot = await database.OpenSnapshotAsync(Token);
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Token);
        Assert.Equal(1, await transaction.Store<Old>().CountAsync(Token));
        await database.DropColumnAsync("jottings", "Stars", Token);
        await database.Store<Wide>().UpsertAsync(new Wide { Id = 2, Text = "two", Stars = 5 }, Token);

        await Assert.ThrowsAsync<HeliosSchemaException>(async () => await snapshot.Store<Wide>().CountAsync(Token));
        await Assert.ThrowsAsync<HeliosConflictException>(async () => await transaction.Store<Wide>().CountAsync(Token));
        Assert.Equal(1, await snapshot.Store<Old>().CountAsync(Token));
        Assert.Equal(1, await transaction.Store<Old>().CountAsync(Token));
        await using HeliosSnapshot later = await database.OpenSnapshotAsync(Token);
        Assert.Equal([3, 5], (await later.Store<Wide>().Query().ToListAsync(Token)).Select(note => note.Stars));
    }

    [Fact]
    public async Task A_column_that_was_dropped_from_a_table_renamed_since_is_not_read_as_another_one_of_its_name()
    {
        await using (HeliosDatabase wide = new(TestDatabase.OptionsOn(_files), "/data/db"))
        {
            await wide.Store<Wide>().InsertAsync(new Wide { Id = 1, Text = "one", Stars = 9, Extra = "x" }, Token);
        }

        await using HeliosDatabase database = new(TestDatabase.OptionsOn(_files), "/data/db");
        await using HeliosSnapshot snapshot = await database.OpenSnapshotAsync(Token);
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Token);
        await database.Store<Renamed>().InsertAsync(new Renamed { Id = 2, Text = "two" }, Token);
        await database.DropColumnAsync("kept", "Extra", Token);
        await database.Store<RenamedWide>().InsertAsync(new RenamedWide { Id = 3, Text = "three", Extra = "y" }, Token);

        await Assert.ThrowsAsync<HeliosSchemaException>(async () => await snapshot.Store<RenamedWide>().CountAsync(Token));
        await Assert.ThrowsAsync<HeliosConflictException>(async () => await transaction.Store<RenamedWide>().CountAsync(Token));
        Assert.Equal(1, await snapshot.Store<Renamed>().CountAsync(Token));
        Assert.Equal(1, await transaction.Store<Renamed>().CountAsync(Token));
    }

    [Fact]
    public async Task A_copy_to_another_name_is_read_by_nothing_that_began_amid_it()
    {
        await using HeliosDatabase database = await OpenAsync(3);
        HeliosSnapshot? snapshot = null;
        HeliosTransaction? transaction = null;
        Progressed amid = new(() =>
        {
            snapshot ??= Task.Run(async () => await database.OpenSnapshotAsync(Token), Token).GetAwaiter().GetResult();
            transaction ??= Begin(database);
        });

        await database.MigrateAsync<Old, Elsewhere>(old => new Elsewhere { Id = $"{old.Id}", Text = old.Text }, amid, cancellationToken: Token);

        using (snapshot)
        using (transaction)
        {
            await Assert.ThrowsAsync<HeliosSchemaException>(async () => await snapshot!.Store<Elsewhere>().CountAsync(Token));
            await Assert.ThrowsAsync<HeliosConflictException>(async () => await transaction!.Store<Elsewhere>().CountAsync(Token));
            Assert.Equal(3, await snapshot!.Store<Old>().CountAsync(Token));
        }
    }

    [Fact]
    public async Task Readers_beside_tables_that_come_and_go_see_one_of_them_whole_or_are_refused()
    {
        const int Rounds = 150;
        const int RowsPerTable = 5;
        await using HeliosDatabase database = await OpenAsync(0);
        bool isOver = false;
        Task[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(ReadAsync, Token)), Task.Run(CopyAsync, Token)];
        try
        {
            for (int round = 0; round < Rounds; round++)
            {
                await database.Store<Old>().UpsertAsync(Enumerable.Range((round * RowsPerTable) + 1, RowsPerTable).Select(id => Make(id)), Token);
                if (round % 10 == 0)
                {
                    await database.CheckpointAsync(Token);
                }

                await database.DropTableAsync("jottings", Token);
            }
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            await Task.WhenAll(readers);
        }

        // Each copy was made of one table, as a whole.
        Assert.All((await database.Store<Account>().Query().ToListAsync(Token)).CountBy(copy => (copy.Id - 1) / RowsPerTable), copied => Assert.Equal(RowsPerTable, copied.Value));

        async Task ReadAsync()
        {
            while (!Volatile.Read(ref isOver))
            {
                await using HeliosSnapshot snapshot = await database.OpenSnapshotAsync(Token);
                IReadOnlyList<long>? first = await TryReadAsync(snapshot.Store<Old>());
                IReadOnlyList<long>? second = await TryReadAsync(snapshot.Store<Old>());
                Assert.All([first, second], AssertOneTable);
                if (first is not null && second is not null)
                {
                    Assert.Equal(first, second);
                }

                AssertOneTable(await TryReadAsync(database.Store<Old>()));
            }
        }

        async Task CopyAsync()
        {
            while (!Volatile.Read(ref isOver))
            {
                await using HeliosTransaction transaction = await database.BeginTransactionAsync(Token);
                try
                {
                    IReadOnlyList<Old> rows = await transaction.Store<Old>().Query().ToListAsync(Token);
                    await transaction.Store<Account>().UpsertAsync(rows.Select(row => Account.Create(row.Id, 1)), Token);
                    await transaction.CommitAsync(Token);
                }
                catch (HeliosConflictException)
                {
                    // The table had come or gone.
                }
            }
        }

        static void AssertOneTable(IReadOnlyList<long>? ids)
        {
            if (ids is { Count: > 0 })
            {
                Assert.Equal(Enumerable.Range(0, RowsPerTable).Select(i => ids[0] + i), ids);
            }
        }

        static async Task<IReadOnlyList<long>?> TryReadAsync(IHeliosReader<Old> store)
        {
            try
            {
                return [.. (await store.Query().ToListAsync(Token)).Select(row => row.Id).Order()];
            }
            catch (HeliosSchemaException)
            {
                return null;
            }
        }
    }

    private static Other ToOther(Old old) => new() { Id = $"{old.Id}", Text = old.Text };

    private static TableDefinitionBuilder Kept(string name) => TableDefinition.Create(name).Key("Id", ColumnType.Int64).Column("Text", ColumnType.Text);

    // Conversions are synchronous, and what they look into is not.
    private static HeliosTransaction Begin(HeliosDatabase database) => database.BeginTransactionAsync(Token).AsTask().GetAwaiter().GetResult();

    private static HeliosException CommitMeanwhile(HeliosDatabase database) => Task.Run(
        async () =>
        {
            await using HeliosTransaction transaction = await database.BeginTransactionAsync(Token);
            await transaction.Store<Old>().UpsertAsync(Make(9), Token);
            return await Assert.ThrowsAsync<HeliosException>(async () => await transaction.CommitAsync(Token));
        },
        Token).GetAwaiter().GetResult();

    private static Old Make(long id) => new() { Id = id, Text = $"note {id}" };

    private async Task<HeliosDatabase> OpenAsync(int count)
    {
        HeliosDatabase database = new(TestDatabase.OptionsOn(_files), "/data/db");
        if (count > 0)
        {
            await database.Store<Old>().InsertAsync(Enumerable.Range(1, count).Select(id => Make(id)), Token);
        }

        return database;
    }

    [Table("jottings")]
    internal sealed partial record Old
    {
        public long Id { get; init; }

        public required string Text { get; init; }
    }

    [Table("jottings")]
    internal sealed partial record Wide
    {
        public long Id { get; init; }

        public required string Text { get; init; }

        [DefaultValue(3)]
        public int Stars { get; init; } = 3;

        public string? Extra { get; init; }
    }

    [Table("kept")]
    [FormerName("jottings")]
    internal sealed partial record Renamed
    {
        public long Id { get; init; }

        public required string Text { get; init; }
    }

    [Table("kept")]
    internal sealed partial record RenamedWide
    {
        public long Id { get; init; }

        public required string Text { get; init; }

        public string? Extra { get; init; }
    }

    [Table("elsewhere")]
    internal sealed partial record Elsewhere
    {
        public required string Id { get; init; }

        public required string Text { get; init; }
    }

    [Table("jottings")]
    internal sealed partial record Other
    {
        public required string Id { get; init; }

        public required string Text { get; init; }
    }

    private sealed class Progressed(Action tell) : IProgress<MigrationProgress>
    {
        public void Report(MigrationProgress value) => tell();
    }
}
