using System.ComponentModel.DataAnnotations.Schema;
using Helios.Typed.Storage.Files;
using Helios.Typed.TestKit.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests;

public sealed partial class MigrationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_new_table_takes_the_name_of_the_old(bool checkpoints)
    {
        MemoryFileSystem files = new();
        await using (HeliosDatabase database = await OpenWithOldAsync(files, 10, checkpoints))
        {
            List<MigrationProgress> told = [];

            MigrationResult result = await database.MigrateAsync<OldNote, NewNote>(Convert, new Told<MigrationProgress>(told.Add), cancellationToken: Token);

            Assert.Equal((10, 0), (result.Migrated, result.LeftOut));
            Assert.Equal((10, 10), (told[^1].Rows, told[^1].TotalRows));
            await AssertNewAsync(database, 10);
            await Assert.ThrowsAsync<HeliosSchemaException>(() => database.Store<OldNote>().FindAsync(HeliosKey.Create(1L), Token).AsTask());
            await database.CheckpointAsync(Token);
        }

        await using HeliosDatabase again = Open(files);
        await AssertNewAsync(again, 10);
        await again.Store<NewNote>().InsertAsync(new NewNote { Id = "x", Size = "0", Spot = new float[] { 1, 2, 3 } }, Token);
        Assert.Equal(11, await again.Store<NewNote>().CountAsync(Token));
    }

    [Fact]
    public async Task Records_for_which_the_conversion_gives_null_are_left_out()
    {
        await using HeliosDatabase database = await OpenWithOldAsync(new MemoryFileSystem(), 10);

        MigrationResult result = await database.MigrateAsync<OldNote, NewNote>(note => note.Id % 2 == 0 ? Convert(note) : null, cancellationToken: Token);

        Assert.Equal((5, 5), (result.Migrated, result.LeftOut));
        Assert.Equal(5, await database.Store<NewNote>().CountAsync(Token));
    }

    [Fact]
    public async Task An_empty_table_is_migrated_too()
    {
        MemoryFileSystem files = new();
        await using (HeliosDatabase database = await OpenWithOldAsync(files, 1))
        {
            await database.Store<OldNote>().DeleteAsync(1, Token);
            Assert.Equal(0, (await database.MigrateAsync<OldNote, NewNote>(Convert, cancellationToken: Token)).Migrated);
        }

        await using HeliosDatabase again = Open(files);
        await Assert.ThrowsAsync<HeliosSchemaException>(() => again.Store<OldNote>().CountAsync(Token).AsTask());
    }

    [Fact]
    public async Task Two_records_of_one_key_stop_the_migration_and_nothing_has_changed()
    {
        MemoryFileSystem files = new();
        await using (HeliosDatabase database = await OpenWithOldAsync(files, 10))
        {
            HeliosException error = await Assert.ThrowsAsync<HeliosException>(
                () => database.MigrateAsync<OldNote, NewNote>(note => Convert(note) with { Id = "same" }, cancellationToken: Token));

            Assert.IsType<HeliosDuplicateKeyException>(error.InnerException);
            Assert.Contains("is as it was", error.Message, StringComparison.Ordinal);
            await AssertOldAsync(database, 10);
            await database.Store<OldNote>().InsertAsync(new OldNote { Size = 1, Place = new float[] { 1, 2 } }, Token);
        }

        await using HeliosDatabase again = Open(files);
        await AssertOldAsync(again, 11);
        Assert.Equal(11, (await again.MigrateAsync<OldNote, NewNote>(Convert, cancellationToken: Token)).Migrated);
    }

    [Fact]
    public async Task The_old_table_takes_no_writes_while_it_is_migrated()
    {
        await using HeliosDatabase database = await OpenWithOldAsync(new MemoryFileSystem(), 3);
        HeliosStore<OldNote> old = database.Store<OldNote>();
        HeliosException? refusal = null;

        await database.MigrateAsync<OldNote, NewNote>(
            note =>
            {
                refusal ??= Assert.Throws<HeliosException>(() => old.DeleteAsync(1, Token).AsTask().GetAwaiter().GetResult());
                return Convert(note);
            },
            cancellationToken: Token);

        Assert.Contains("'notes' takes no writes: its records are being migrated", refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_migration_has_changed_nothing()
    {
        await using HeliosDatabase database = await OpenWithOldAsync(new MemoryFileSystem(), 10);
        using CancellationTokenSource stop = new();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => database.MigrateAsync<OldNote, NewNote>(
            note =>
            {
                stop.Cancel();
                return Convert(note);
            },
            cancellationToken: stop.Token));

        await AssertOldAsync(database, 10);
        Assert.Equal(10, (await database.MigrateAsync<OldNote, NewNote>(Convert, cancellationToken: Token)).Migrated);
    }

    [Fact]
    public async Task The_old_table_is_kept_under_a_name_or_beside_a_new_one()
    {
        await using HeliosDatabase database = await OpenWithOldAsync(new MemoryFileSystem(), 4);
        HeliosTable kept = database.Table(TableDefinition.Create("kept").Key("id", ColumnType.Int64).Column("size", ColumnType.Int32).Vector("place", new VectorColumnAttribute(2, Metric.Euclidean)).Build());

        await database.MigrateAsync<OldNote, NewNote>(Convert, options: new MigrationOptions { KeepOldAs = "kept" }, cancellationToken: Token);
        await database.MigrateAsync<NewNote, OtherNote>(note => new OtherNote { Id = note.Id, Spot = note.Spot }, cancellationToken: Token);

        Assert.Equal(4, await kept.CountAsync(cancellationToken: Token));
        Assert.Equal(4, await database.Store<NewNote>().CountAsync(Token));
        Assert.Equal(4, await database.Store<OtherNote>().CountAsync(Token));
        HeliosSchemaException error = await Assert.ThrowsAsync<HeliosSchemaException>(
            () => database.MigrateAsync<NewNote, OtherNote>(note => new OtherNote { Id = note.Id, Spot = note.Spot }, cancellationToken: Token));
        Assert.Contains("'others' is there already", error.Message, StringComparison.Ordinal);
        Assert.True(await database.DropTableAsync("others", Token));
        await database.MigrateAsync<NewNote, OtherNote>(note => new OtherNote { Id = note.Id, Spot = note.Spot }, options: new MigrationOptions { DropOld = true }, cancellationToken: Token);
        Assert.False(await database.DropTableAsync("notes", Token));
    }

    [Fact]
    public async Task Without_an_old_table_there_is_nothing_to_migrate()
    {
        await using HeliosDatabase database = Open(new MemoryFileSystem());

        HeliosSchemaException error = await Assert.ThrowsAsync<HeliosSchemaException>(() => database.MigrateAsync<OldNote, NewNote>(Convert, cancellationToken: Token));

        Assert.Contains("no table 'notes' to migrate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Power_lost_during_any_operation_leaves_the_old_table_or_the_new_one()
    {
        SimulatedFileSystem files = new();
        long begun;
        long switched;
        await using (HeliosDatabase database = await OpenWithOldAsync(files, 6, checkpoints: true))
        {
            begun = files.OperationCount;
            await database.MigrateAsync<OldNote, NewNote>(Convert, cancellationToken: Token);
            switched = files.OperationCount;
            await database.CheckpointAsync(Token);
        }

        CrashPolicy[] policies = Enum.GetValues<CrashPolicy>();
        int oldOnes = 0;
        for (long operation = begun + 1; operation <= files.OperationCount + 1; operation++)
        {
            SimulatedFileSystem survivor = files.CrashAt(operation, policies[operation % policies.Length], (int)operation);
            await using HeliosDatabase database = Open(survivor);
            if (operation <= switched && await IsOldAsync(database))
            {
                oldOnes++;
                await AssertOldAsync(database, 6);
                Assert.Equal(6, (await database.MigrateAsync<OldNote, NewNote>(Convert, cancellationToken: Token)).Migrated);
            }

            await AssertNewAsync(database, 6);
        }

        Assert.InRange(oldOnes, 1, switched - begun);
    }

    private static async Task<bool> IsOldAsync(HeliosDatabase database)
    {
        try
        {
            await database.Store<OldNote>().CountAsync(Token);
            return true;
        }
        catch (HeliosSchemaException)
        {
            return false;
        }
    }

    private static NewNote Convert(OldNote old) => new() { Id = $"note {old.Id}", Size = $"{old.Size}", Spot = new float[] { old.Place.Span[0], old.Place.Span[1], 1 } };

    private static async Task<HeliosDatabase> OpenWithOldAsync(IFileSystem files, int count, bool checkpoints = false)
    {
        HeliosDatabase database = Open(files);
        HeliosStore<OldNote> store = database.Store<OldNote>();
        for (int i = 1; i <= count; i++)
        {
            await store.InsertAsync(new OldNote { Size = i * 10, Place = new float[] { i, 0 } }, Token);
            if (checkpoints && i == count / 2)
            {
                await database.CheckpointAsync(Token);
            }
        }

        return database;
    }

    private static async Task AssertOldAsync(HeliosDatabase database, int count)
    {
        Assert.Equal(count, await database.Store<OldNote>().CountAsync(Token));
        Assert.Equal(10, (await database.Store<OldNote>().GetAsync(1, Token))!.Size);
    }

    private static async Task AssertNewAsync(HeliosDatabase database, int count)
    {
        HeliosStore<NewNote> store = database.Store<NewNote>();
        Assert.Equal(count, await store.CountAsync(Token));
        for (int i = 1; i <= count; i++)
        {
            NewNote note = (await store.GetAsync($"note {i}", Token))!;
            Assert.Equal(($"{i * 10}", i, 1f), (note.Size, note.Spot.Span[0], note.Spot.Span[2]));
        }
    }

    private static HeliosDatabase Open(IFileSystem files) => new(TestDatabase.OptionsOn(files), "/data/db");

    [Table("notes")]
    internal sealed partial record OldNote
    {
        public long Id { get; init; }

        public int Size { get; init; }

        [VectorColumn(2, Metric.Euclidean)]
        public ReadOnlyMemory<float> Place { get; init; }
    }

    [Table("notes")]
    internal sealed partial record NewNote
    {
        public required string Id { get; init; }

        public required string Size { get; init; }

        [VectorColumn(3, Metric.Euclidean)]
        public ReadOnlyMemory<float> Spot { get; init; }
    }

    [Table("others")]
    internal sealed partial record OtherNote
    {
        public required string Id { get; init; }

        [VectorColumn(3, Metric.Euclidean)]
        public ReadOnlyMemory<float> Spot { get; init; }
    }

    private sealed class Told<T>(Action<T> tell) : IProgress<T>
    {
        public void Report(T value) => tell(value);
    }
}
