using CsCheck;
using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class ChangePropertyTests
{
    private const int Keys = 8;

    private static readonly Gen<Step> _step = Gen.Frequency(
        (12, Gen.Select(Gen.Enum<WriteOperation>(), Gen.Long[1, Keys], (operation, id) => (operation, id)).List[1, 5].Select(writes => new Step(StepKind.Commit, writes))),
        (3, Gen.Const(new Step(StepKind.Checkpoint, []))),
        (2, Gen.Const(new Step(StepKind.Merge, []))),
        (2, Gen.Const(new Step(StepKind.Reopen, []))));

    private enum StepKind
    {
        Commit,
        Checkpoint,
        Merge,
        Reopen,
    }

    [Fact]
    public Task The_feed_from_any_commit_tells_every_later_one_through_checkpoints_merges_and_reopening() =>
        Gen.Select(_step.List[1, 40], Gen.Long[0, 40]).SampleAsync((steps, since) => RunAsync(steps, since, 64 << 20), iter: 150, print: Print);

    [Fact]
    public Task Where_logs_were_trimmed_the_feed_says_so_and_is_whole_from_where_it_says() =>
        Gen.Select(_step.List[10, 60], Gen.Long[0, 40]).SampleAsync((steps, since) => RunAsync(steps, since, 24 << 10), iter: 150, print: Print);

    private static async Task RunAsync(List<Step> steps, long since, long retentionBytes)
    {
        DeterministicScheduler scheduler = new();
        MemoryFileSystem files = new();
        EngineOptions options = TestDatabase.OptionsOn(files) with { Background = scheduler, ChangeRetentionBytes = retentionBytes };
        TestDatabase database = await TestDatabase.OpenAsync(options);
        ChangeModel model = new();
        foreach (Step step in steps)
        {
            switch (step.Kind)
            {
                case StepKind.Commit:
                    await model.CommitAsync(database, step.Writes);
                    break;
                case StepKind.Checkpoint:
                    await scheduler.RunUntilAsync(database.Engine.CheckpointAsync(TestDatabase.Token));
                    break;
                case StepKind.Merge:
                    scheduler.RunAll();
                    break;
                default:
                    await scheduler.RunUntilAsync(database.ReopenAsync());
                    break;
            }

            await CheckAsync(database, model, Math.Min(since, model.Last));
        }

        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
    }

    private static async Task CheckAsync(TestDatabase database, ChangeModel model, long since)
    {
        long from = since;
        List<ExpectedChange> read;
        try
        {
            read = await ChangeModel.ReadAsync(database, since);
        }
        catch (HeliosChangesTrimmedException error)
        {
            Assert.Equal(since, error.Since.Sequence);
            Assert.InRange(error.AvailableSince.Sequence, since + 1, model.Last);
            Assert.True(database.Options.ChangeRetentionBytes < 1 << 20, "nothing had to be trimmed");
            from = error.AvailableSince.Sequence;
            read = await ChangeModel.ReadAsync(database, from);
        }

        Assert.Equal(model.Since(from), read);
    }

    private static string Print((List<Step> Steps, long Since) sample) => $"since {sample.Since}: {string.Join(' ', sample.Steps)}";

    private sealed record Step(StepKind Kind, IReadOnlyList<(WriteOperation Operation, long Id)> Writes)
    {
        public override string ToString() => Kind == StepKind.Commit ? $"Commit({string.Join(',', Writes)})" : Kind.ToString();
    }
}
