using System.Globalization;
using Helios.Typed.Engine;
using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine;

/// <summary>Fills the disk at every operation of a workload and makes room again.</summary>
public sealed class DiskFullTests
{
    private static readonly string[] _kindsOfFile = [".log", ".seg.tmp", ".del.tmp", ".graph.tmp", "MANIFEST-000001"];

    private static CancellationToken Token => TestDatabase.Token;

    [Fact]
    public async Task A_disk_that_fills_at_any_operation_is_named_costs_nothing_and_is_written_on_when_there_is_room()
    {
        List<SimulatedOperation> all = [.. (await new Run(long.MaxValue).ExecuteAsync()).Trace];
        HashSet<string> refusedAt = [];
        for (int operation = 1; operation <= all.Count; operation++)
        {
            Run run = new(operation);
            await run.ExecuteAsync();
            if (run.Refusals > 0)
            {
                refusedAt.Add(all[operation - 1].Kind + " " + _kindsOfFile.FirstOrDefault(end => all[operation - 1].Path.EndsWith(end, StringComparison.Ordinal)));
            }
        }

        // A write of each kind of file, and the creation of each that is made while the database is open.
        foreach (string end in _kindsOfFile)
        {
            Assert.Contains($"Write {end}", refusedAt);
            Assert.True(end.StartsWith('M') || refusedAt.Contains($"Create {end}"), $"no creation of {end} was refused");
        }
    }

    [Fact]
    public async Task A_refused_batch_says_what_was_being_written_and_leaves_the_database_writable()
    {
        SimulatedFileSystem files = new();
        files.CreateDirectory("/data");
        await using TestDatabase database = await TestDatabase.OpenAsync(files);
        await database.InsertAsync((1, "before"));
        files.FailAt(files.OperationCount + 1, FaultKind.NoSpace, forever: true);

        HeliosDiskFullException error = await Assert.ThrowsAsync<HeliosDiskFullException>(() => database.InsertAsync((2, "refused")));

        Assert.Equal(database.Options.Path, error.Path);
        Assert.Contains("a batch to the log", error.Writing, StringComparison.Ordinal);
        Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
        Assert.Null(database.Engine.ReadStatistics().ReadOnlyCause);
        Assert.Equal("before", database.Find(1));
        files.Repair();
        await database.InsertAsync((2, "after"));
        Assert.Equal("after", database.Find(2));
    }

    [Fact]
    public async Task A_database_that_cannot_be_opened_for_want_of_room_is_whole_when_there_is_some()
    {
        SimulatedFileSystem files = new();
        await using (TestDatabase database = await TestDatabase.OpenAsync(files))
        {
            await database.InsertAsync((1, "before"));
        }

        files.FailAt(files.OperationCount + 1, FaultKind.NoSpace, forever: true);
        await Assert.ThrowsAsync<HeliosDiskFullException>(() => TestDatabase.OpenAsync(files));
        files.Repair();
        await using TestDatabase again = await TestDatabase.OpenAsync(files);
        Assert.Equal("before", again.Find(1));
    }

    /// <summary>Runs the workload once on a disk that fills at one operation; a step that is refused is done again once there is room.</summary>
    private sealed class Run
    {
        private readonly SimulatedFileSystem _files = new();
        private readonly DeterministicScheduler _scheduler = new();
        private readonly SortedDictionary<long, string> _expected = [];
        private readonly EngineOptions _options;
        private TestDatabase _database = null!;

        public Run(long fullAt)
        {
            _options = TestDatabase.OptionsOn(_files) with { Background = _scheduler, Clock = new ManualClock() };
            _files.FailAt(fullAt, FaultKind.NoSpace, forever: true);
        }

        public int Refusals { get; private set; }

        public async Task<SimulatedFileSystem> ExecuteAsync()
        {
            await StepAsync(async () => _database = await TestDatabase.OpenAsync(_options, TestDatabase.Points(index: IndexKind.Hnsw)));
            await PutAsync(1, 2, 3, 4, 5);
            await CheckpointAsync();
            await PutAsync(2, 6);
            await RemoveAsync(1);
            await CheckpointAsync();
            await IndexAsync();
            await PutAsync(3, 7);
            await RemoveAsync(4);
            await CheckpointAsync();
            await PutAsync(8);

            // Room may not have been missed where background work met the end of it: that goes on by itself.
            _files.Repair();
            await IndexAsync();
            Assert.Null(_database.Engine.ReadStatistics().ReadOnlyCause);
            await PutAsync(9);
            await _scheduler.RunUntilAsync(_database.ReopenAsync());
            Assert.Equal(_expected, _database.Rows());
            await _scheduler.RunUntilAsync(_database.DisposeAsync().AsTask());
            return _files;
        }

        private async Task PutAsync(params long[] ids)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"version {_expected.Count} of {string.Join(' ', ids)}");
            await StepAsync(() => _database.UpsertAsync([.. ids.Select(id => (id, name))]));
            foreach (long id in ids)
            {
                _expected[id] = name;
            }
        }

        private async Task RemoveAsync(long id)
        {
            await StepAsync(() => _database.DeleteAsync(id));
            _expected.Remove(id);
        }

        private Task CheckpointAsync() => StepAsync(() => _database.Engine.CheckpointAsync(Token));

        private Task IndexAsync() => StepAsync(() => _database.Engine.WaitForIndexingAsync(_database.Table, null, Token));

        private async Task StepAsync(Func<Task> step)
        {
            Exception? error = await Record.ExceptionAsync(() => _scheduler.RunUntilAsync(step()));
            if (error is null)
            {
                return;
            }

            Refusals++;
            HeliosDiskFullException full = Assert.IsType<HeliosDiskFullException>(error);
            Assert.Equal(_options.Path, full.Path);
            if (_database is not null)
            {
                Assert.Equal(_expected, _database.Rows());
            }

            _files.Repair();
            await _scheduler.RunUntilAsync(step());
            Assert.Equal(1, Refusals);
        }
    }
}
