using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class WritePathTests
{
    [Fact]
    public async Task Written_rows_are_found_with_what_they_hold()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync();

        WriteResult result = await database.InsertAsync((5, "five"), (3, "three"));

        Assert.Equal([HeliosKey.Create(5L), HeliosKey.Create(3L)], result.Keys);
        Assert.Equal(1, result.Sequence);
        Assert.Equal("five", database.Find(5));
        Assert.Null(database.Find(4));
        Assert.Equal([(3, "three"), (5, "five")], Pairs(database));
    }

    [Fact]
    public async Task Each_operation_does_what_its_name_says()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync();
        await database.InsertAsync((1, "a"), (2, "b"), (3, "c"));

        await database.UpsertAsync((2, "b2"), (4, "d"));
        await database.UpdateAsync((3, "c2"));
        WriteResult deleted = await database.DeleteAsync(1, 9, 1);

        Assert.Equal(1, deleted.Deleted);
        Assert.Empty(deleted.Keys);
        Assert.Equal([(2, "b2"), (3, "c2"), (4, "d")], Pairs(database));
    }

    [Fact]
    public async Task An_insert_of_a_key_that_is_there_is_refused_with_all_of_its_batch()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync();
        await database.InsertAsync((7, "seven"));

        HeliosDuplicateKeyException error = await Assert.ThrowsAsync<HeliosDuplicateKeyException>(
            () => database.InsertAsync((8, "eight"), (7, "again")));

        Assert.Equal(HeliosKey.Create(7L), error.Key);
        Assert.Equal("points", error.Table);
        Assert.Equal([(7, "seven")], Pairs(database));
        await database.InsertAsync((8, "eight"));
    }

    [Fact]
    public async Task A_key_inserted_twice_in_one_batch_is_refused()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync();

        await Assert.ThrowsAsync<HeliosDuplicateKeyException>(() => database.InsertAsync((1, "a"), (1, "b")));

        Assert.Empty(database.Rows());
    }

    [Fact]
    public async Task An_update_of_a_key_that_is_not_there_is_refused_with_all_of_its_batch()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync();
        using TestBatch batch = database.NewBatch()
            .Write(WriteOperation.Insert, 1, "a")
            .Write(WriteOperation.Update, 2, "b");

        HeliosKeyNotFoundException error = await Assert.ThrowsAsync<HeliosKeyNotFoundException>(() => database.CommitAsync(batch));

        Assert.Equal(HeliosKey.Create(2L), error.Key);
        Assert.Empty(database.Rows());
    }

    [Fact]
    public async Task Writes_of_one_batch_see_those_before_them()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync();
        await database.InsertAsync((1, "old"));
        using TestBatch batch = database.NewBatch()
            .Delete(1)
            .Write(WriteOperation.Insert, 1, "first")
            .Write(WriteOperation.Update, 1, "second")
            .Write(WriteOperation.Insert, 2, "brief")
            .Delete(2)
            .Delete(2);

        WriteResult result = await database.CommitAsync(batch);

        Assert.Equal(2, result.Deleted);
        Assert.Equal([(1, "second")], Pairs(database));
        await database.ReopenAsync();
        Assert.Equal([(1, "second")], Pairs(database));
    }

    [Fact]
    public async Task Keys_are_assigned_in_order_and_never_twice()
    {
        MemoryFileSystem files = new();
        await using TestDatabase database = await TestDatabase.OpenAsync(files);

        Assert.Equal([1, 2], Ids(await database.InsertAsync((0, "a"), (0, "b"))));
        Assert.Equal([10, 11], Ids(await database.InsertAsync((10, "c"), (0, "d"))));
        await Assert.ThrowsAsync<HeliosDuplicateKeyException>(() => database.InsertAsync((0, "e"), (10, "f")));
        await database.DeleteAsync(11);
        await database.ReopenAsync();

        Assert.Equal([12], Ids(await database.UpsertAsync((0, "g"))));
        Assert.Equal([5], Ids(await database.InsertAsync((5, "h"))));
        Assert.Equal([13], Ids(await database.InsertAsync((0, "i"))));
    }

    [Fact]
    public async Task A_key_of_zero_is_a_key_where_none_are_assigned()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(definition: TestDatabase.Points(assigned: false));

        Assert.Equal([0], Ids(await database.InsertAsync((0, "zero"))));
        await Assert.ThrowsAsync<HeliosDuplicateKeyException>(() => database.InsertAsync((0, "again")));
    }

    [Theory]
    [InlineData(ColumnType.Int32, int.MaxValue)]
    [InlineData(ColumnType.Int64, long.MaxValue)]
    public async Task Keys_that_have_reached_the_end_of_their_type_are_refused_clearly(ColumnType type, long last)
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(definition: TestDatabase.Points(key: type));
        await database.InsertAsync((last - 1, "before"));
        Assert.Equal([last], Ids(await database.InsertAsync((0, "last"))));

        for (int i = 0; i < 2; i++)
        {
            HeliosException error = await Assert.ThrowsAsync<HeliosException>(() => database.InsertAsync((0, "none left")));
            Assert.Contains("no " + type, error.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<HeliosDuplicateKeyException>(() => database.InsertAsync((last, "again")));
            await database.ReopenAsync();
        }

        await database.InsertAsync((4, "free"));
        Assert.Equal(3, database.Rows().Count);
    }

    [Fact]
    public async Task Negative_keys_do_not_move_the_counter()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync();

        await database.InsertAsync((-5, "minus five"), (long.MinValue, "least"));

        Assert.Equal([1], Ids(await database.InsertAsync((0, "first"))));
        await Assert.ThrowsAsync<HeliosDuplicateKeyException>(() => database.InsertAsync((long.MinValue, "again")));
    }

    [Fact]
    public async Task An_update_of_key_zero_finds_no_row()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync();

        await Assert.ThrowsAsync<HeliosKeyNotFoundException>(() => database.UpdateAsync((0, "a")));
    }

    [Fact]
    public async Task An_empty_batch_changes_nothing()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync();
        await database.InsertAsync((1, "a"));
        using TestBatch batch = database.NewBatch();

        WriteResult result = await database.CommitAsync(batch);

        Assert.Equal(1, result.Sequence);
        Assert.Empty(result.Keys);
    }

    [Fact]
    public async Task A_cancelled_write_is_not_written()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync();
        using TestBatch batch = database.NewBatch().Write(WriteOperation.Insert, 1, "a");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await database.Engine.CommitAsync(database.Table, batch.Rows, new CancellationToken(canceled: true)));

        Assert.Empty(database.Rows());
    }

    [Fact]
    public async Task Work_on_a_closed_database_says_so()
    {
        TestDatabase database = await TestDatabase.OpenAsync();
        await database.InsertAsync((1, "a"));
        await database.DisposeAsync();
        await database.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => database.InsertAsync((2, "b")));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => database.Engine.CheckpointAsync(TestDatabase.Token));
        Assert.Throws<ObjectDisposedException>(() => database.Engine.OpenSnapshot(database.Table));
        Assert.Throws<ObjectDisposedException>(() => database.Engine.Bind(TestDatabase.Points().Shape));
        Assert.Equal(0, database.Allocator.AllocatedBytes);
    }

    private static IEnumerable<long> Ids(WriteResult result) => result.Keys.Select(key => key.ToInt64());

    private static IEnumerable<(long Id, string Name)> Pairs(TestDatabase database) => database.Rows().Select(row => (row.Key, row.Value));
}
