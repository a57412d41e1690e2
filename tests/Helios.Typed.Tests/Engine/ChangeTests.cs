using Helios.Typed.Engine;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class ChangeTests
{
    private const string Directory = "/data/db";

    private readonly MemoryFileSystem _files = new();

    private static CancellationToken Token => TestDatabase.Token;

    [Fact]
    public async Task A_change_says_whether_the_row_was_there()
    {
        await using TestDatabase database = await OpenAsync();
        ChangeModel model = new();
        await model.CommitAsync(database, (WriteOperation.Insert, 1), (WriteOperation.Upsert, 2));
        await model.CommitAsync(database, (WriteOperation.Upsert, 1), (WriteOperation.Update, 2));
        await model.CommitAsync(database, (WriteOperation.Delete, 1), (WriteOperation.Delete, 9));
        await model.CommitAsync(database, (WriteOperation.Insert, 1), (WriteOperation.Delete, 1), (WriteOperation.Upsert, 1), (WriteOperation.Update, 1));

        List<ExpectedChange> read = await ChangeModel.ReadAsync(database);

        Assert.Equal(
            [
                (1, ChangeKind.Insert, 1, false), (1, ChangeKind.Insert, 2, true),
                (2, ChangeKind.Update, 1, false), (2, ChangeKind.Update, 2, true),
                (3, ChangeKind.Delete, 1, true),
                (4, ChangeKind.Insert, 1, false), (4, ChangeKind.Delete, 1, false), (4, ChangeKind.Insert, 1, false), (4, ChangeKind.Update, 1, true),
            ],
            read.Select(change => (change.Sequence, change.Kind, change.Id, change.IsLast)));
        Assert.Equal(model.Changes, read);
    }

    [Fact]
    public async Task Deletes_that_meet_no_row_are_no_changes_also_after_a_replay()
    {
        await using TestDatabase database = await OpenAsync();
        await database.DeleteAsync(5, 6);
        await database.InsertAsync((5, "five"));
        await database.ReopenAsync();

        Assert.Equal([(2, 5)], (await ChangeModel.ReadAsync(database)).Select(change => (change.Sequence, change.Id)));
        Assert.Equal("five", database.Find(5));
    }

    [Fact]
    public async Task Assigned_keys_are_told()
    {
        await using TestDatabase database = await OpenAsync();
        WriteResult written = await database.InsertAsync((0, "one"), (0, "two"));

        Assert.Equal(written.Keys.Select(key => key.ToInt64()), (await ChangeModel.ReadAsync(database)).Select(change => change.Id));
    }

    [Fact]
    public async Task Tables_share_the_order_of_commits_and_each_has_its_own_feed()
    {
        await using TestDatabase database = await OpenAsync();
        TableHandle other = database.Engine.Bind(TestDatabase.Points(name: "others").Shape);
        await database.InsertAsync((1, "one"));
        await InsertAsync(database, other, 7, "seven");
        await database.InsertAsync((2, "two"));

        Assert.Equal([(1, "points"), (2, "others"), (3, "points")], await ReadAllAsync(database));
        using ChangeReader reader = database.Engine.OpenChanges(other, default, follows: false);
        Assert.Equal(7, Assert.Single((await reader.ReadAsync(Token))!).Key.ToInt64());
        Assert.Null(await reader.ReadAsync(Token));
    }

    [Fact]
    public async Task A_log_that_is_flushed_is_kept_for_the_feed_and_replayed_by_nobody()
    {
        await using TestDatabase database = await OpenAsync();
        ChangeModel model = new();
        for (int i = 1; i <= 5; i++)
        {
            await model.CommitAsync(database, (WriteOperation.Insert, i));
            await database.Engine.CheckpointAsync(Token);
        }

        await database.ReopenAsync();

        Assert.Equal(0, database.Engine.Recovery.Commits);
        Assert.Empty(database.Engine.Recovery.RemovedFiles);
        Assert.Equal(model.Changes, await ChangeModel.ReadAsync(database));
        await model.CommitAsync(database, (WriteOperation.Delete, 3));
        Assert.Equal(model.Since(5), await ChangeModel.ReadAsync(database, 5));
    }

    [Fact]
    public async Task Kept_logs_stay_within_their_bytes()
    {
        const long Cap = 64 << 10;
        await using TestDatabase database = await OpenAsync(Cap);
        for (int i = 1; i <= 40; i++)
        {
            await database.InsertAsync((i, "row"));
            await database.Engine.CheckpointAsync(Token);
            long kept = Logs().Sum(LengthOf) - LengthOf(Logs()[^1]);
            Assert.InRange(kept, Math.Min(i, 7) * 8192L, Cap);
        }

        HeliosChangesTrimmedException error = await Assert.ThrowsAsync<HeliosChangesTrimmedException>(() => ChangeModel.ReadAsync(database));
        Assert.Equal((0, 32), (error.Since.Sequence, error.AvailableSince.Sequence));
        Assert.Equal([33, 34, 35, 36, 37, 38, 39, 40], (await ChangeModel.ReadAsync(database, 32)).Select(change => change.Id));
        await database.ReopenAsync();
        Assert.Equal(8, (await ChangeModel.ReadAsync(database, 32)).Count);
    }

    [Fact]
    public async Task Without_retention_a_flushed_log_goes_and_the_feed_says_from_where_it_can_be_read()
    {
        await using TestDatabase database = await OpenAsync(retentionBytes: 0);
        await database.InsertAsync((1, "one"));
        await database.Engine.CheckpointAsync(Token);
        Assert.Single(Logs());

        HeliosChangesTrimmedException error = await Assert.ThrowsAsync<HeliosChangesTrimmedException>(() => ChangeModel.ReadAsync(database));
        Assert.Equal(1, error.AvailableSince.Sequence);
        await database.InsertAsync((2, "two"));
        Assert.Equal(2, Assert.Single(await ChangeModel.ReadAsync(database, 1)).Id);
    }

    [Fact]
    public async Task A_smaller_retention_takes_effect_with_the_next_flush()
    {
        TestDatabase database = await OpenAsync();
        for (int i = 1; i <= 6; i++)
        {
            await database.InsertAsync((i, "row"));
            await database.Engine.CheckpointAsync(Token);
        }

        await database.DisposeAsync();
        await using TestDatabase narrow = await OpenAsync(retentionBytes: 20_000);
        await narrow.InsertAsync((7, "row"));
        await narrow.Engine.CheckpointAsync(Token);

        Assert.Equal(3, Logs().Count);
        Assert.Equal([6, 7], (await ChangeModel.ReadAsync(narrow, 5)).Select(change => change.Id));
    }

    [Fact]
    public async Task A_kept_log_that_is_missing_trims_the_feed_and_nothing_else()
    {
        TestDatabase database = await OpenAsync();
        for (int i = 1; i <= 4; i++)
        {
            await database.InsertAsync((i, "row"));
            await database.Engine.CheckpointAsync(Token);
        }

        await database.DisposeAsync();
        _files.Delete(Path.Combine(Directory, FileNames.Log(2)));
        await using TestDatabase reopened = await OpenAsync();

        Assert.Equal(4, reopened.Rows().Count);
        await Assert.ThrowsAsync<HeliosChangesTrimmedException>(() => ChangeModel.ReadAsync(reopened, 1));
        HeliosChangesTrimmedException error = await Assert.ThrowsAsync<HeliosChangesTrimmedException>(() => ChangeModel.ReadAsync(reopened));
        Assert.Equal(2, error.AvailableSince.Sequence);
        Assert.Equal([3, 4], (await ChangeModel.ReadAsync(reopened, 2)).Select(change => change.Id));
        await reopened.InsertAsync((5, "row"));
        await reopened.Engine.CheckpointAsync(Token);
        Assert.Equal([3, 4, 5], (await ChangeModel.ReadAsync(reopened, 2)).Select(change => change.Id));
    }

    [Fact]
    public async Task A_damaged_kept_log_is_reported_to_who_reads_it_with_file_and_offset()
    {
        await using TestDatabase database = await OpenAsync();
        await database.InsertAsync((1, "one"));
        await database.Engine.CheckpointAsync(Token);
        string path = Path.Combine(Directory, FileNames.Log(1));
        using (IFile file = _files.Open(path, FileOpenMode.ReadWrite))
        {
            file.WriteAt([0x55], 4096 + 70);
        }

        await database.ReopenAsync();

        HeliosCorruptionException error = await Assert.ThrowsAsync<HeliosCorruptionException>(() => ChangeModel.ReadAsync(database));
        Assert.Equal((path, 4096), (error.File, error.Offset));
        Assert.Equal("one", database.Find(1));
    }

    [Fact]
    public async Task A_position_that_the_database_has_not_reached_is_refused()
    {
        await using TestDatabase database = await OpenAsync();
        await database.InsertAsync((1, "one"));

        HeliosChangesDivergedException error = await Assert.ThrowsAsync<HeliosChangesDivergedException>(() => ChangeModel.ReadAsync(database, 2));

        Assert.Equal((2, 1), (error.Since.Sequence, error.Newest.Sequence));
        Assert.Empty(await ChangeModel.ReadAsync(database, 1));
    }

    [Fact]
    public async Task Releasing_the_logs_leaves_a_reader_the_file_it_has_and_tells_it_of_the_next()
    {
        await using TestDatabase database = await OpenAsync();
        for (int i = 1; i <= 3; i++)
        {
            await database.InsertAsync((i, "row"));
            await database.InsertAsync((i + 10, "row"));
            await database.Engine.CheckpointAsync(Token);
        }

        using ChangeReader reader = database.Engine.OpenChanges(database.Table, default, follows: false);
        Assert.Equal(1, (await reader.ReadAsync(Token))![0].Key.ToInt64());

        database.Engine.ReleaseLogs(new SequenceNumber(5));
        Assert.Equal(2, Logs().Count);
        Assert.Equal(11, (await reader.ReadAsync(Token))![0].Key.ToInt64());
        HeliosChangesTrimmedException error = await Assert.ThrowsAsync<HeliosChangesTrimmedException>(() => reader.ReadAsync(Token).AsTask());
        Assert.Equal((2, 4), (error.Since.Sequence, error.AvailableSince.Sequence));
        Assert.Equal([3, 13], (await ChangeModel.ReadAsync(database, 4)).Select(change => change.Id));

        database.Engine.ReleaseLogs(new SequenceNumber(ulong.MaxValue));
        Assert.Single(Logs());
        await database.ReopenAsync();
        error = await Assert.ThrowsAsync<HeliosChangesTrimmedException>(() => ChangeModel.ReadAsync(database));
        Assert.Equal(6, error.AvailableSince.Sequence);
    }

    [Fact]
    public async Task A_follower_is_told_of_commits_as_they_come_over_new_logs()
    {
        await using TestDatabase database = await OpenAsync();
        ChangeModel model = new();
        using ChangeReader reader = database.Engine.OpenChanges(database.Table, default, follows: true);
        List<ExpectedChange> read = [];
        for (int i = 1; i <= 6; i++)
        {
            Task<IReadOnlyList<LoggedChange>?> next = reader.ReadAsync(Token).AsTask();
            Assert.False(next.IsCompleted);
            await model.CommitAsync(database, (WriteOperation.Insert, i), (WriteOperation.Delete, i - 1));
            read.AddRange((await next.WaitAsync(TimeSpan.FromSeconds(30), Token))!.Select(change => ChangeModel.Of(change, database)));
            if (i % 2 == 0)
            {
                await database.Engine.CheckpointAsync(Token);
            }
        }

        Assert.Equal(model.Changes, read);
    }

    [Fact]
    public async Task A_follower_ends_by_its_token_and_by_the_closing_of_the_database()
    {
        TestDatabase database = await OpenAsync();
        using CancellationTokenSource cancel = new();
        using ChangeReader first = database.Engine.OpenChanges(database.Table, default, follows: true);
        using ChangeReader second = database.Engine.OpenChanges(null, default, follows: true);
        Task cancelled = first.ReadAsync(cancel.Token).AsTask();
        Task closed = second.ReadAsync(Token).AsTask();
        Assert.False(cancelled.IsCompleted || closed.IsCompleted);

        await cancel.CancelAsync();
        await database.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(TimeSpan.FromSeconds(30), Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => closed.WaitAsync(TimeSpan.FromSeconds(30), Token));
    }

    [Fact]
    public async Task Readers_and_writers_together_see_every_commit_once_and_in_order()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(_files) with { ChangeRetentionBytes = 64 << 20, MemtableBytes = 1 << 16 });
        const int Writers = 4;
        const int Commits = 100;
        Task[] writers = [.. Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (int i = 1; i <= Commits; i++)
            {
                await database.InsertAsync(((writer * 1000) + i, new string('x', 200)));
            }
        }, Token))];
        Task<List<long>>[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            using ChangeReader reader = database.Engine.OpenChanges(database.Table, default, follows: true);
            List<long> sequences = [];
            while (sequences.Count < Writers * Commits)
            {
                sequences.AddRange((await reader.ReadAsync(Token))!.Select(change => (long)change.Sequence.Value));
            }

            return sequences;
        }, Token))];

        await Task.WhenAll(writers);
        foreach (Task<List<long>> reader in readers)
        {
            Assert.Equal(Enumerable.Range(1, Writers * Commits).Select(i => (long)i), await reader.WaitAsync(TimeSpan.FromSeconds(60), Token));
        }
    }

    [Fact]
    public async Task Rows_from_before_a_change_of_the_schema_are_read_by_the_new_and_the_old_shape()
    {
        await using TestDatabase database = await OpenAsync();
        await database.InsertAsync((1, "one"));
        TableShape wide = database.Declared with
        {
            Columns = [.. database.Declared.Columns, new(9, "note", ColumnType.Text, IsArray: false, IsNullable: true, IsIndexed: false, Vector: null)],
        };
        TableHandle wider = database.Engine.Bind(wide);
        using (RowEncoder row = new(wider.Schema))
        using (RowBatch batch = new(wider.Schema))
        {
            row.Begin();
            row.WriteScalar(1, "two");
            row.WriteScalar(3, "a note");
            row.WriteVector<float>(2, TestBatch.PlaceOf("two"));
            row.Complete();
            batch.Write(WriteOperation.Insert, HeliosKey.Create(2L), row);
            await database.Engine.CommitAsync(wider, batch, Token);
        }

        await database.Engine.CheckpointAsync(Token);
        await database.InsertAsync((3, "three"));

        for (int i = 0; i < 2; i++)
        {
            using ChangeReader reader = database.Engine.OpenChanges(wider, default, follows: false);
            List<LoggedChange> changes = [];
            while (await reader.ReadAsync(Token) is { } read)
            {
                changes.AddRange(read);
            }

            Assert.Equal([null, "a note", null], changes.Select(change => change.Decode(wider.Schema)!.ReadObject(3)));
            Assert.Equal([3, 4, 4], changes.Select(change => change.Shape.Columns.Count));
            Assert.Equal(["one", "two", "three"], changes.Select(change => ChangeModel.Of(change, database).Name));
            database.Declared = wide;
            await database.ReopenAsync();
            wider = database.Table;
        }
    }

    private static async Task InsertAsync(TestDatabase database, TableHandle table, long id, string name)
    {
        using TestBatch batch = new(table.Schema);
        batch.Write(WriteOperation.Insert, id, name);
        await database.Engine.CommitAsync(table, batch.Rows, Token);
    }

    private static async Task<List<(ulong Sequence, string Table)>> ReadAllAsync(TestDatabase database)
    {
        using ChangeReader reader = database.Engine.OpenChanges(table: null, default, follows: false);
        List<(ulong Sequence, string Table)> read = [];
        while (await reader.ReadAsync(Token) is { } changes)
        {
            read.AddRange(changes.Select(change => (change.Sequence.Value, change.Shape.Name)));
        }

        return read;
    }

    private Task<TestDatabase> OpenAsync(long retentionBytes = 64 << 20) =>
        TestDatabase.OpenAsync(TestDatabase.OptionsOn(_files) with { ChangeRetentionBytes = retentionBytes });

    private List<string> Logs() => [.. _files.List(Directory).Where(name => name.EndsWith(".log", StringComparison.Ordinal))];

    private long LengthOf(string name)
    {
        using IFile file = _files.Open(Path.Combine(Directory, name), FileOpenMode.Read);
        return file.Length;
    }
}
