using System.Globalization;
using Helios.Typed.Engine;
using Helios.Typed.Storage.Framing;
using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine;

/// <summary>Fails every sync of a workload: of the log and the manifest it ends all writing, of other files only what wrote them.</summary>
public sealed class FailedSyncTests
{
    private static CancellationToken Token => TestDatabase.Token;

    [Theory]
    [InlineData(nameof(FaultKind.SyncLosesPages))]
    [InlineData(nameof(FaultKind.SyncRevertsPages))]
    public async Task A_failed_sync_is_never_tried_again_and_costs_what_the_file_is_worth(string kindName)
    {
        FaultKind kind = Enum.Parse<FaultKind>(kindName);
        Run whole = new();
        long opened = await whole.OpenAsync();
        await whole.ExecuteAsync();
        SimulatedOperation[] trace = [.. whole.Files.Trace];
        Dictionary<string, int> ended = [];
        Dictionary<string, int> survived = [];
        for (int i = (int)opened; i < whole.Closing; i++)
        {
            if (trace[i].Kind != OperationKind.Sync)
            {
                continue;
            }

            Run run = new();
            Assert.Equal(opened, await run.OpenAsync());
            run.Files.FailAt(i + 1, kind);
            await run.ExecuteAsync();

            string name = Path.GetFileName(trace[i].Path);
            bool isInUse = !name.EndsWith(".tmp", StringComparison.Ordinal)
                && trace.Take(i).Any(before => before.Inode == trace[i].Inode && before.Kind == OperationKind.Write && before.Offset >= FileHeader.PageBytes);
            string place = $"{kindName} at {i + 1} ({trace[i]})";
            Assert.True(isInUse == run.Refusal is not null, $"{place}: {(run.Refusal is null ? "writes went on" : "writes ended")}");
            Assert.DoesNotContain(run.Files.Trace.Skip(i + 1), later => later.Inode == trace[i].Inode && later.Kind is OperationKind.Sync or OperationKind.Write);
            Dictionary<string, int> counted = isInUse ? ended : survived;
            string sort = isInUse && name.StartsWith("MANIFEST", StringComparison.Ordinal) ? "MANIFEST" : name[name.IndexOf('.', StringComparison.Ordinal)..];
            counted[sort] = counted.GetValueOrDefault(sort) + 1;
        }

        Assert.Equal([".log", "MANIFEST"], ended.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([".del.tmp", ".graph.tmp", ".log", ".seg.tmp"], survived.Keys.Order(StringComparer.Ordinal));
    }

    /// <summary>Runs the workload; a step that fails is done again, until one is refused for good.</summary>
    private sealed class Run
    {
        private readonly DeterministicScheduler _scheduler = new();
        private readonly SortedDictionary<long, string> _expected = [];
        private readonly EngineOptions _options;
        private TestDatabase _database = null!;

        public Run() => _options = TestDatabase.OptionsOn(Files) with { Background = _scheduler, Clock = new ManualClock() };

        public SimulatedFileSystem Files { get; } = new();

        /// <summary>Gets the refusal of a database that takes no more writes.</summary>
        public HeliosReadOnlyException? Refusal { get; private set; }

        /// <summary>Gets how many operations came before the closing, whose failures have no later write to refuse.</summary>
        public long Closing { get; private set; }

        public async Task<long> OpenAsync()
        {
            _database = await TestDatabase.OpenAsync(_options, TestDatabase.Points(index: IndexKind.Hnsw));
            return Files.OperationCount;
        }

        public async Task ExecuteAsync()
        {
            await PutAsync(1, 2, 3, 4, 5);
            await StepAsync(() => _database.Engine.CheckpointAsync(Token));
            await PutAsync(2, 6);
            await StepAsync(() => _database.Engine.CheckpointAsync(Token));
            await StepAsync(() => _database.Engine.WaitForIndexingAsync(_database.Table, null, Token));
            await PutAsync(3, 7);
            await StepAsync(() => _database.Engine.CheckpointAsync(Token));
            Assert.Equal(_expected, _database.Rows());
            Assert.Equal(Refusal?.Message, _database.Engine.ReadStatistics().ReadOnlyCause);
            if (Refusal is not null)
            {
                Assert.NotNull(Refusal.InnerException);
                Assert.Contains("takes no more writes", Refusal.Message, StringComparison.Ordinal);
                Assert.Contains("simulated", Refusal.Message, StringComparison.Ordinal);
                await Assert.ThrowsAsync<HeliosReadOnlyException>(() => _database.UpsertAsync((99, "refused")));
                await Assert.ThrowsAsync<HeliosReadOnlyException>(() => _scheduler.RunUntilAsync(_database.Engine.CheckpointAsync(Token)));
                Assert.Equal(_expected, _database.Rows());
            }

            Closing = Files.OperationCount;
            await _scheduler.RunUntilAsync(_database.DisposeAsync().AsTask());
        }

        private async Task PutAsync(params long[] ids)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"version {_expected.Count} of {string.Join(' ', ids)}");
            if (await StepAsync(() => _database.UpsertAsync([.. ids.Select(id => (id, name))])))
            {
                Array.ForEach(ids, id => _expected[id] = name);
            }
        }

        private async Task<bool> StepAsync(Func<Task> step)
        {
            for (int attempt = 0; Refusal is null; attempt++)
            {
                Exception? error = await Record.ExceptionAsync(() => _scheduler.RunUntilAsync(step()));
                if (error is null)
                {
                    return true;
                }

                Refusal = error as HeliosReadOnlyException;
                Assert.True(Refusal is not null || (attempt == 0 && error is HeliosException), error.ToString());
            }

            return false;
        }
    }
}
