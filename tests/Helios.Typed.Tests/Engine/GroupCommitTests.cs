using System.Collections.Concurrent;
using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class GroupCommitTests
{
    private readonly InterceptedFileSystem _files = new(new MemoryFileSystem());

    [Fact]
    public async Task Writes_that_come_while_another_is_synced_share_one_sync()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(_files);
        await database.InsertAsync((1, "first"));
        int syncs = 0;
        using ManualResetEventSlim mayGoOn = new();
        using ManualResetEventSlim hasBegun = new();
        _files.Before = (operation, path) =>
        {
            if (operation == FileOperation.Sync && path.EndsWith(".log", StringComparison.Ordinal) && Interlocked.Increment(ref syncs) == 1)
            {
                hasBegun.Set();
                mayGoOn.Wait(TestDatabase.Token);
            }
        };
        Task<WriteResult> leading = database.InsertAsync((2, "leads"));
        hasBegun.Wait(TestDatabase.Token);
        Task<WriteResult>[] following = [.. Enumerable.Range(10, 20).Select(id => database.InsertAsync((id, $"follows {id}")))];
        Task<WriteResult> refused = database.InsertAsync((2, "duplicate"));

        Assert.Null(database.Find(2));
        mayGoOn.Set();
        WriteResult[] results = await Task.WhenAll(following);

        Assert.Equal(2, syncs);
        await Assert.ThrowsAsync<HeliosDuplicateKeyException>(() => refused);
        Assert.Equal(Enumerable.Range(3, 20).Select(n => (long)n), results.Select(result => result.Sequence));
        Assert.Equal(22, database.Rows().Count);
        await leading;
        await database.ReopenAsync();
        Assert.Equal(22, database.Rows().Count);
    }

    [Fact]
    public async Task A_batch_that_is_withdrawn_while_it_waits_is_not_written()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(_files);
        using ManualResetEventSlim mayGoOn = new();
        using ManualResetEventSlim hasBegun = new();
        _files.Before = (operation, path) =>
        {
            if (operation == FileOperation.Sync)
            {
                hasBegun.Set();
                mayGoOn.Wait(TestDatabase.Token);
            }
        };
        Task<WriteResult> leading = database.InsertAsync((1, "leads"));
        hasBegun.Wait(TestDatabase.Token);
        using CancellationTokenSource withdrawal = new();
        using TestBatch batch = database.NewBatch().Write(WriteOperation.Insert, 2, "withdrawn");
        Task waiting = database.Engine.CommitAsync(database.Table, batch.Rows, withdrawal.Token).AsTask();
        Task<WriteResult> after = database.InsertAsync((3, "after"));

        await withdrawal.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        mayGoOn.Set();
        await leading;
        await after;

        Assert.Equal([1, 3], database.Rows().Keys);
    }

    [Fact]
    public async Task Batches_of_one_group_see_what_the_ones_before_them_do()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(_files);
        await database.InsertAsync((1, "one"));
        using ManualResetEventSlim mayGoOn = new();
        using ManualResetEventSlim hasBegun = new();
        _files.Before = (operation, _) =>
        {
            if (operation == FileOperation.Sync)
            {
                hasBegun.Set();
                mayGoOn.Wait(TestDatabase.Token);
            }
        };
        Task<WriteResult> leading = database.InsertAsync((9, "leads"));
        hasBegun.Wait(TestDatabase.Token);
        Task<WriteResult> deletion = database.DeleteAsync(1);
        Task<WriteResult> reinsertion = database.InsertAsync((1, "again"), (2, "two"));
        Task<WriteResult> refused = database.UpdateAsync((2, "never"), (3, "missing"));
        Task<WriteResult> update = database.UpdateAsync((2, "changed"));
        Task<WriteResult> duplicate = database.InsertAsync((5, "never"), (2, "duplicate"));
        Task<WriteResult> free = database.InsertAsync((5, "five"));
        Task<WriteResult> assigned = database.InsertAsync((0, "assigned"));
        mayGoOn.Set();

        Assert.Equal(1, (await deletion).Deleted);
        await reinsertion;
        await Assert.ThrowsAsync<HeliosKeyNotFoundException>(() => refused);
        await update;
        await Assert.ThrowsAsync<HeliosDuplicateKeyException>(() => duplicate);
        await free;
        Assert.Equal(10, (await assigned).Keys[0].ToInt64());
        await leading;
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(["again", "changed", "five", "leads", "assigned"], database.Rows().Values);
            _files.Before = null;
            await database.ReopenAsync();
        }
    }

    [Fact]
    public async Task Many_writers_and_readers_agree_through_flushes_and_merges()
    {
        const int Writers = 6;
        const int Rounds = 60;
        EngineOptions options = TestDatabase.OptionsOn(_files) with { MemtableBytes = 256 << 10 };
        await using TestDatabase database = await TestDatabase.OpenAsync(options);
        using CancellationTokenSource finished = new();
        ConcurrentBag<string> problems = [];

        // Each commit writes the same round to both rows of a writer: a reader that sees them differ saw half a commit.
        Task[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!finished.IsCancellationRequested)
            {
                using TableSnapshot snapshot = database.Engine.OpenSnapshot(database.Table);
                SortedDictionary<long, string> rows = TestDatabase.Rows(snapshot);
                for (int writer = 1; writer <= Writers; writer++)
                {
                    string? first = rows.GetValueOrDefault(writer * 1000);
                    if (first != rows.GetValueOrDefault((writer * 1000) + 1) || first != database.Find(snapshot, writer * 1000))
                    {
                        problems.Add($"writer {writer}: {first} at {snapshot.Sequence.Value}");
                    }
                }
            }
        }))];
        Task[] writers = [.. Enumerable.Range(1, Writers).Select(writer => Task.Run(async () =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                await database.UpsertAsync((writer * 1000, $"round {round}"), ((writer * 1000) + 1, $"round {round}"), ((writer * 1000) + 2 + round, new string('x', 2000)));
            }
        }))];

        await Task.WhenAll(writers);
        await finished.CancelAsync();
        await Task.WhenAll(readers);

        Assert.Empty(problems);
        Assert.Equal(Writers * (Rounds + 2), database.Rows().Count);
        await database.ReopenAsync();
        Assert.Equal(Writers * (Rounds + 2), database.Rows().Count);
    }

    [Fact]
    public async Task Writers_that_meet_a_closing_database_are_committed_or_told()
    {
        TestDatabase database = await TestDatabase.OpenAsync(_files);
        ConcurrentBag<long> committed = [];
        Task[] writers = [.. Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            try
            {
                for (int i = 0; ; i++)
                {
                    WriteResult result = await database.InsertAsync((0, "row"));
                    committed.Add(result.Keys[0].ToInt64());
                }
            }
            catch (ObjectDisposedException)
            {
            }
        }))];
        while (committed.Count < 50)
        {
            await Task.Yield();
        }

        await database.DisposeAsync();
        await Task.WhenAll(writers);

        Assert.Equal(0, database.Allocator.AllocatedBytes);
        await using TestDatabase reopened = await TestDatabase.OpenAsync(_files);
        Assert.Equal(committed.Order(), reopened.Rows().Keys);
    }

    [Fact]
    public async Task At_interval_the_log_is_synced_when_the_clock_says_so()
    {
        ManualClock clock = new();
        EngineOptions options = TestDatabase.OptionsOn(_files) with { Durability = Durability.Interval, SyncInterval = TimeSpan.FromSeconds(2), Clock = clock };
        await using TestDatabase database = await TestDatabase.OpenAsync(options);
        int syncs = 0;
        _files.Before = (operation, path) => syncs += operation == FileOperation.Sync && path.EndsWith(".log", StringComparison.Ordinal) ? 1 : 0;

        await database.InsertAsync((1, "one"));
        Assert.Equal(0, syncs);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, syncs);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, syncs);
        await database.InsertAsync((2, "two"));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, syncs);
    }

    [Fact]
    public async Task Without_durability_only_closing_and_sealing_sync()
    {
        TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(_files) with { Durability = Durability.None });
        int syncs = 0;
        string log = FileNames.Log(1);
        _files.Before = (operation, path) => syncs += operation == FileOperation.Sync && path.EndsWith(log, StringComparison.Ordinal) ? 1 : 0;
        await database.InsertAsync((1, "one"));
        await database.InsertAsync((2, "two"));
        Assert.Equal(0, syncs);

        await database.Engine.CheckpointAsync(TestDatabase.Token);
        Assert.Equal(1, syncs);
        await database.DisposeAsync();
        Assert.Equal(1, syncs);
    }
}
