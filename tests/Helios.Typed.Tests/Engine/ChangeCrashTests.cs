using Helios.Typed.Engine;
using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class ChangeCrashTests
{
    private const int Seed = 20_261_126;

    public static TheoryData<string> Policies => [.. Enum.GetNames<CrashPolicy>()];

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task After_power_loss_the_feed_tells_the_acknowledged_commits_and_no_half_of_another(string policyName)
    {
        CrashPolicy policy = Enum.Parse<CrashPolicy>(policyName);
        SimulatedFileSystem files = new();
        (ChangeModel model, List<(long Sequence, long BegunAt, long AcknowledgedAt)> commits) = await RunAsync(files);
        for (long operation = 1; operation <= files.OperationCount + 1; operation++)
        {
            SimulatedFileSystem survivor = files.CrashAt(operation, policy, Seed + (int)operation);
            string place = $"{policy} at {operation}, seed {Seed + operation}";
            DeterministicScheduler scheduler = new();
            TestDatabase database = await TestDatabase.OpenAsync(Options(survivor, scheduler));
            long acknowledged = commits.Where(commit => commit.AcknowledgedAt < operation).Select(commit => commit.Sequence).DefaultIfEmpty().Max();
            long begun = commits.Where(commit => commit.BegunAt < operation).Select(commit => commit.Sequence).DefaultIfEmpty().Max();

            List<ExpectedChange> read = await ChangeModel.ReadAsync(database);

            long last = read.Select(change => change.Sequence).DefaultIfEmpty().Max();
            Assert.True(last >= acknowledged && last <= begun, $"{place}: the feed ends at {last}, acknowledged {acknowledged}, begun {begun}");
            Assert.Equal(model.Changes.Where(change => change.Sequence <= last), read);
            Assert.Equal(Applied(read), database.Rows());
            await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
        }
    }

    [Fact]
    public async Task What_was_told_is_not_lost_by_a_power_cut_also_without_full_durability()
    {
        foreach (Durability durability in new[] { Durability.Interval, Durability.None })
        {
            SimulatedFileSystem files = new();
            DeterministicScheduler scheduler = new();
            TestDatabase database = await TestDatabase.OpenAsync(Options(files, scheduler) with { Durability = durability });
            ChangeModel model = new();
            await model.CommitAsync(database, (WriteOperation.Insert, 1), (WriteOperation.Insert, 2));
            await model.CommitAsync(database, (WriteOperation.Delete, 1));
            Task<List<ExpectedChange>> reading = ChangeModel.ReadAsync(database);
            await scheduler.RunUntilAsync(reading);
            List<ExpectedChange> told = await reading;
            Assert.Equal(model.Changes, told);
            await model.CommitAsync(database, (WriteOperation.Insert, 3));

            SimulatedFileSystem survivor = files.CrashAt(files.OperationCount + 1, CrashPolicy.KeepNone, Seed);

            TestDatabase recovered = await TestDatabase.OpenAsync(Options(survivor, scheduler));
            Assert.Equal(told, await ChangeModel.ReadAsync(recovered));
            await scheduler.RunUntilAsync(recovered.DisposeAsync().AsTask());
            await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
        }
    }

    private static EngineOptions Options(SimulatedFileSystem files, DeterministicScheduler scheduler) =>
        TestDatabase.OptionsOn(files) with { Background = scheduler, Clock = new ManualClock(), ChangeRetentionBytes = 1 << 20 };

    private static async Task<(ChangeModel Model, List<(long, long, long)> Commits)> RunAsync(SimulatedFileSystem files)
    {
        DeterministicScheduler scheduler = new();
        TestDatabase database = await TestDatabase.OpenAsync(Options(files, scheduler));
        ChangeModel model = new();
        List<(long Sequence, long BegunAt, long AcknowledgedAt)> commits = [];
        for (int round = 1; round <= 9; round++)
        {
            long begunAt = files.OperationCount;
            await model.CommitAsync(database, (WriteOperation.Insert, round), (WriteOperation.Upsert, 1), (WriteOperation.Delete, round - 2), (WriteOperation.Upsert, round + 20));
            commits.Add((model.Last, begunAt, files.OperationCount));
            if (round % 2 == 0)
            {
                await scheduler.RunUntilAsync(database.Engine.CheckpointAsync(TestDatabase.Token));
                scheduler.RunAll();
            }

            if (round == 5)
            {
                await scheduler.RunUntilAsync(database.ReopenAsync());
            }

            if (round == 7)
            {
                database.Engine.ReleaseLogs(default);
            }
        }

        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
        return (model, commits);
    }

    private static SortedDictionary<long, string> Applied(List<ExpectedChange> changes)
    {
        SortedDictionary<long, string> rows = [];
        foreach (ExpectedChange change in changes)
        {
            switch (change.Kind)
            {
                case ChangeKind.Insert:
                    rows.Add(change.Id, change.Name!);
                    break;
                case ChangeKind.Update:
                    Assert.True(rows.ContainsKey(change.Id));
                    rows[change.Id] = change.Name!;
                    break;
                default:
                    Assert.True(rows.Remove(change.Id));
                    break;
            }
        }

        return rows;
    }
}
