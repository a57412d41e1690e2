using System.Collections.Concurrent;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Transactions;

/// <summary>Runs random transactions at once and holds what they were answered, and the order of their commits, against the model.</summary>
public sealed class HistoryTests
{
    private const int Histories = 10_000;
    private const int HistoriesPerDatabase = 250;
    private const int Seed = 20_261_124;
    private const int MaxKey = 6;

    [Fact]
    public async Task Ten_thousand_random_histories_are_serializable()
    {
        int committed = 0;
        int refused = 0;
        for (int first = 0; first < Histories; first += HistoriesPerDatabase)
        {
            await using HistoryDatabase database = await HistoryDatabase.OpenAsync();
            HistoryChecker checker = new(0, new HistoryState());
            for (int number = first; number < first + HistoriesPerDatabase; number++)
            {
                HistoryTransaction[] history = await RunAsync(database, number);
                committed += history.Count(transaction => transaction is { Writes: true, Commit: not null });
                refused += history.Count(transaction => transaction.Commit is null);

                string? anomaly = checker.FindAnomaly(history);
                Assert.True(anomaly is null, $"History {number} with seed {Seed + number}, number {number - first} of its database: {anomaly}\n{string.Join('\n', history.Select(transaction => transaction.ToString()))}");
            }
        }

        // Both must be there in numbers, or the histories show nothing.
        Assert.InRange(committed, Histories, int.MaxValue);
        Assert.InRange(refused, Histories / 20, int.MaxValue);
    }

    [Fact]
    public void The_checker_sees_a_lost_update() => Refuses(
        "not serializable",
        new HistoryTransaction("A", 1, [(Read(1), "10"), (Upsert(1, 11), "written")], 2),
        new HistoryTransaction("B", 1, [(Read(1), "10"), (Upsert(1, 12), "written")], 3));

    [Fact]
    public void The_checker_sees_write_skew() => Refuses(
        "not serializable",
        new HistoryTransaction("A", 1, [(Read(1), "10"), (Read(2), "20"), (Upsert(1, 0), "written")], 2),
        new HistoryTransaction("B", 1, [(Read(1), "10"), (Read(2), "20"), (Upsert(2, 0), "written")], 3));

    [Fact]
    public void The_checker_sees_a_phantom() => Refuses(
        "not serializable",
        new HistoryTransaction("A", 1, [(new HistoryStep(StepKind.Insert, 0, 3, 30), "written")], 2),
        new HistoryTransaction("B", 1, [(new HistoryStep(StepKind.Scan, 0, 0, 0), "1=10,2=20"), (new HistoryStep(StepKind.Insert, 1, 1, 2), "written")], 3));

    [Fact]
    public void The_checker_sees_a_read_of_what_was_not_committed() => Refuses(
        "no snapshot",
        new HistoryTransaction("A", 1, [(Upsert(1, 11), "written")], null),
        new HistoryTransaction("B", 1, [(Read(1), "11")], 1));

    [Fact]
    public void The_checker_sees_two_states_in_one_snapshot() => Refuses(
        "no snapshot",
        new HistoryTransaction("A", 1, [(Upsert(1, 11), "written"), (Upsert(2, 21), "written")], 2),
        new HistoryTransaction("B", 1, [(Read(1), "10"), (Read(2), "21")], 1));

    [Fact]
    public void The_checker_sees_a_wrong_search_and_a_wrong_own_write() => Refuses(
        "not serializable",
        new HistoryTransaction("A", 1, [(Upsert(1, 20), "written"), (new HistoryStep(StepKind.Nearest, 0, 10, 0), "1=10,2=20")], 2));

    [Fact]
    public void The_checker_takes_a_serializable_history() => Assert.Null(Start().FindAnomaly(
    [
        new HistoryTransaction("A", 1, [(Read(1), "10"), (Upsert(1, 11), "written"), (Read(1), "11")], 2),
        new HistoryTransaction("B", 2, [(Read(1), "11"), (new HistoryStep(StepKind.Delete, 0, 2, 0), "1")], 4),
        new HistoryTransaction("C", 1, [(Read(1), "10"), (new HistoryStep(StepKind.Count, 0, 0, 0), "2")], 1),
        new HistoryTransaction("D", 2, [(Upsert(5, 5), "written")], 3),
    ]));

    [Fact]
    public async Task Reads_that_the_commit_does_not_know_of_give_a_history_that_the_checker_refuses()
    {
        await using HistoryDatabase database = await HistoryDatabase.OpenAsync();
        HistoryChecker checker = new(0, new HistoryState());
        await using HeliosTransaction setUp = await database.Database.BeginTransactionAsync(TestDatabase.Token);
        List<(HistoryStep, string)> steps = [];
        foreach (HistoryStep step in new[] { Upsert(1, 10), Upsert(2, 20) })
        {
            steps.Add((step, await HistoryDatabase.RunAsync(setUp, step)));
        }

        Assert.Null(checker.FindAnomaly([new HistoryTransaction("set-up", 0, steps, await setUp.CommitAsync(TestDatabase.Token))]));

        // Each reads in one transaction and writes in another, as an engine without validation would let it.
        await using HeliosTransaction readsA = await database.Database.BeginTransactionAsync(TestDatabase.Token);
        await using HeliosTransaction readsB = await database.Database.BeginTransactionAsync(TestDatabase.Token);
        HistoryTransaction a = await SkewAsync("A", readsA, Upsert(1, 0));
        HistoryTransaction b = await SkewAsync("B", readsB, Upsert(2, 0));

        Assert.Contains("not serializable", checker.FindAnomaly([a, b]), StringComparison.Ordinal);

        async Task<HistoryTransaction> SkewAsync(string name, HeliosTransaction reads, HistoryStep write)
        {
            List<(HistoryStep, string)> done = [];
            foreach (HistoryStep read in new[] { Read(1), Read(2) })
            {
                done.Add((read, await HistoryDatabase.RunAsync(reads, read)));
            }

            await using HeliosTransaction writes = await database.Database.BeginTransactionAsync(TestDatabase.Token);
            done.Add((write, await HistoryDatabase.RunAsync(writes, write)));
            return new HistoryTransaction(name, reads.Sequence, done, await writes.CommitAsync(TestDatabase.Token));
        }
    }

    private static void Refuses(string why, params HistoryTransaction[] history) =>
        Assert.StartsWith(why, Start().FindAnomaly(history), StringComparison.Ordinal);

    private static HistoryChecker Start()
    {
        HistoryState state = new();
        state.Apply(Upsert(1, 10));
        state.Apply(Upsert(2, 20));
        return new HistoryChecker(1, state);
    }

    private static HistoryStep Read(long key) => new(StepKind.Read, 0, key, 0);

    private static HistoryStep Upsert(long key, long value) => new(StepKind.Upsert, 0, key, value);

    /// <summary>Runs one history: a few transactions at once, whose steps follow from its number.</summary>
    private static async Task<HistoryTransaction[]> RunAsync(HistoryDatabase database, int number)
    {
        Random random = new(Seed + number);
        ConcurrentBag<HistoryTransaction> done = [];
        Task[] tasks = [.. Enumerable.Range(0, random.Next(2, 5)).Select(actor =>
        {
            Random own = new(random.Next());
            return Task.Run(() => ActAsync(database, done, own, number, actor));
        })];
        await Task.WhenAll(tasks);
        return [.. done];
    }

    private static async Task ActAsync(HistoryDatabase database, ConcurrentBag<HistoryTransaction> done, Random random, int number, int actor)
    {
        for (int turn = 0; turn < 2; turn++)
        {
            await using HeliosTransaction transaction = await database.Database.BeginTransactionAsync(TestDatabase.Token);
            List<(HistoryStep, string)> steps = [];
            bool onlyReads = random.Next(5) == 0;
            int count = random.Next(1, 5);
            for (int i = 0; i < count; i++)
            {
                HistoryStep step = Choose(random, onlyReads, (number * 100L) + (actor * 20) + (turn * 10) + i);
                steps.Add((step, await HistoryDatabase.RunAsync(transaction, step)));
                if (random.Next(2) == 0)
                {
                    await Task.Yield();
                }
            }

            done.Add(new HistoryTransaction($"{actor}.{turn}", transaction.Sequence, steps, await TryCommitAsync(transaction)));
        }
    }

    private static HistoryStep Choose(Random random, bool onlyReads, long value)
    {
        StepKind kind = (onlyReads ? random.Next(10) : random.Next(22)) switch
        {
            < 6 => StepKind.Read,
            6 => StepKind.Scan,
            7 => StepKind.Count,
            < 10 => StepKind.Nearest,
            < 15 => StepKind.Upsert,
            < 17 => StepKind.Insert,
            < 19 => StepKind.Update,
            < 21 => StepKind.Delete,
            _ => StepKind.DeleteWhere,
        };
        long argument = kind switch
        {
            StepKind.Scan or StepKind.DeleteWhere => Math.Max(0, value - random.Next(1_000)),
            StepKind.Nearest => random.Next(31),
            _ => random.Next(1, MaxKey + 1),
        };
        return new HistoryStep(kind, random.Next(HistoryState.Tables), argument, value);
    }

    private static async Task<long?> TryCommitAsync(HeliosTransaction transaction)
    {
        try
        {
            return await transaction.CommitAsync(TestDatabase.Token);
        }
        catch (Exception error) when (error is HeliosConflictException or HeliosDuplicateKeyException or HeliosKeyNotFoundException)
        {
            return null;
        }
    }
}
