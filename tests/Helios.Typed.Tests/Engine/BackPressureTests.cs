using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class BackPressureTests
{
    private readonly ManualClock _clock = new();
    private readonly DeterministicScheduler _scheduler = new();
    private readonly InterceptedFileSystem _files = new(new MemoryFileSystem());

    [Fact]
    public async Task Writers_wait_when_as_many_sets_wait_as_may_and_go_on_with_the_next_flush()
    {
        using CollectingLoggers loggers = new();
        await using TestDatabase database = await OpenAsync(limit: 2, loggers);
        await FillAsync(database, 3);

        Task[] writers = [database.InsertAsync((10, "ten")), database.InsertAsync((11, "eleven"))];
        Assert.Equal(StallsOf(2, 2, TimeSpan.Zero), Stalls(database));
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(StallsOf(2, 2, TimeSpan.FromSeconds(6)), Stalls(database));
        Assert.All(writers, writer => Assert.False(writer.IsCompleted));
        Assert.Null(database.Find(10));

        await _scheduler.RunUntilAsync(Task.WhenAll(writers));
        Assert.Equal(StallsOf(0, 2, TimeSpan.FromSeconds(6)), Stalls(database));
        Assert.Equal("ten", database.Find(10));
        Assert.Single(loggers.Messages, message => message.StartsWith("Writers wait", StringComparison.Ordinal));
        await _scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task However_much_is_written_no_more_is_kept_in_memory_than_the_limit_says()
    {
        await using TestDatabase database = await OpenAsync(limit: 1);
        int most = 0;
        for (int i = 1; i <= 30; i++)
        {
            // Nothing is flushed before a writer has to wait for it.
            Task writer = database.InsertAsync((i, "row"));
            most = Math.Max(most, database.Engine.ReadStatistics().WaitingFlushes);
            await (Stalls(database).WaitingWriters > 0 ? _scheduler.RunUntilAsync(writer) : writer);
        }

        // A writer is answered before its memtable is sealed, so that one more may pass.
        Assert.InRange(most, 2, 3);
        Assert.InRange(Stalls(database).Count, 7, 15);
        Assert.Equal(30, database.Rows().Count);
        await _scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task A_writer_that_waits_can_be_cancelled_and_is_counted_out()
    {
        await using TestDatabase database = await OpenAsync(limit: 0);
        await FillAsync(database, 1);
        using CancellationTokenSource cancelling = new();
        using TestBatch batch = database.NewBatch();
        Task<WriteResult> writer = database.Engine.CommitAsync(database.Table, batch.Write(WriteOperation.Insert, 5, "five").Rows, cancelling.Token).AsTask();
        Assert.Equal(1, Stalls(database).WaitingWriters);

        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writer);
        Assert.Equal(0, Stalls(database).WaitingWriters);
        Assert.Null(database.Find(5));
        await _scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
    }

    private static StallStatistics StallsOf(int waiting, long count, TimeSpan time) => new() { WaitingWriters = waiting, Count = count, Time = time };

    private static StallStatistics Stalls(TestDatabase database) => database.Engine.ReadStatistics().Stalls;

    // Each write fills a memtable, and nothing is flushed before the scheduler runs.
    private Task<TestDatabase> OpenAsync(int limit, CollectingLoggers? loggers = null)
    {
        EngineOptions options = TestDatabase.OptionsOn(_files) with
        {
            Background = _scheduler,
            Clock = _clock,
            MemtableBytes = 1,
            MaxWaitingFlushes = limit,
        };
        return TestDatabase.OpenAsync(loggers is null ? options : options with { Loggers = loggers });
    }

    private static async Task FillAsync(TestDatabase database, int sets)
    {
        for (int i = 1; i <= sets; i++)
        {
            await database.InsertAsync((i, "row"));
            await SealedAsync(database, i);
        }
    }

    // A writer is answered before its memtable is sealed.
    private static async Task SealedAsync(TestDatabase database, int sets)
    {
        while (database.Engine.ReadStatistics().WaitingFlushes < sets)
        {
            TestDatabase.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.Equal(sets, database.Engine.ReadStatistics().WaitingFlushes);
    }
}
