using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class ReadOnlyTests
{
    private readonly InterceptedFileSystem _files = new(new MemoryFileSystem());

    private static CancellationToken Token => TestDatabase.Token;

    [Fact]
    public async Task A_database_opened_to_read_shows_segments_graphs_and_logs_and_does_nothing_to_its_files()
    {
        SortedDictionary<long, string> expected = await WriteAsync();
        List<string> changes = [];
        _files.Before = (operation, path) => changes.Add($"{operation} {path}");

        await using (TestDatabase reader = await OpenToReadAsync())
        {
            Assert.Equal(expected, reader.Rows());
            Assert.Equal(2, reader.Engine.Recovery.Commits);
            DatabaseStatistics statistics = reader.Engine.ReadStatistics();
            Assert.Equal(1, statistics.Tables[0].SegmentsWithGraph);
            Assert.Contains("opened with ReadOnly", statistics.ReadOnlyCause, StringComparison.Ordinal);
            await reader.Engine.FlushAsync(Token);
        }

        Assert.DoesNotContain(changes, change => !change.StartsWith(nameof(FileOperation.List), StringComparison.Ordinal));
        Assert.Equal(0, _files.OpenFiles);
        _files.Before = null;
        await using TestDatabase writer = await TestDatabase.OpenAsync(_files, TestDatabase.Points(index: IndexKind.Hnsw));
        Assert.Equal(expected, writer.Rows());
    }

    [Fact]
    public async Task Whatever_writes_is_refused_and_says_how_to_open_it_to_write()
    {
        await WriteAsync();
        await using TestDatabase reader = await OpenToReadAsync();

        HeliosReadOnlyException error = await Assert.ThrowsAsync<HeliosReadOnlyException>(() => reader.UpsertAsync((1, "no")));
        Assert.Equal(reader.Options.Path, error.Path);
        Assert.Contains("opened with ReadOnly", error.Message, StringComparison.Ordinal);
        Assert.Null(error.InnerException);
        await Assert.ThrowsAsync<HeliosReadOnlyException>(() => reader.DeleteAsync(1));
        await Assert.ThrowsAsync<HeliosReadOnlyException>(() => reader.Engine.CheckpointAsync(Token));
        await Assert.ThrowsAsync<HeliosReadOnlyException>(() => reader.Engine.WaitForIndexingAsync(reader.Table, null, Token));
    }

    [Fact]
    public async Task Many_read_and_nobody_writes_beside_them()
    {
        SortedDictionary<long, string> expected = await WriteAsync();
        await using (TestDatabase one = await OpenToReadAsync())
        await using (TestDatabase other = await OpenToReadAsync())
        {
            Assert.Equal(expected, one.Rows());
            Assert.Equal(expected, other.Rows());
            await Assert.ThrowsAsync<HeliosLockedException>(() => TestDatabase.OpenAsync(_files));
        }

        await using TestDatabase writer = await TestDatabase.OpenAsync(_files, TestDatabase.Points(index: IndexKind.Hnsw));
        await Assert.ThrowsAsync<HeliosLockedException>(OpenToReadAsync);
    }

    [Fact]
    public async Task A_directory_without_a_database_is_not_made_one()
    {
        HeliosException error = await Assert.ThrowsAsync<HeliosException>(OpenToReadAsync);
        Assert.Contains("no database", error.Message, StringComparison.Ordinal);
        Assert.False(_files.DirectoryExists("/data/db"));

        _files.CreateDirectory("/data/db");
        await Assert.ThrowsAsync<HeliosException>(OpenToReadAsync);
        Assert.Empty(_files.List("/data/db"));
    }

    [Fact]
    public async Task What_a_crash_leaves_is_read_as_a_recovery_would_have_it_and_left_as_it_is()
    {
        CrashWorkload workload = await CrashWorkload.RunAsync(new SimulatedFileSystem());
        CrashPolicy[] policies = Enum.GetValues<CrashPolicy>();
        int read = 0;
        for (long operation = 1; operation <= workload.Files.OperationCount + 1; operation++)
        {
            SimulatedFileSystem survivor = workload.Files.CrashAt(operation, policies[operation % policies.Length], (int)operation);
            if (!survivor.FileExists(Path.Combine(workload.Options.Path, FileNames.Current)))
            {
                continue;
            }

            EngineOptions options = CrashWorkload.OptionsOn(survivor, TaskScheduler.Default);
            SortedDictionary<long, string> shown;
            long cutBytes;
            await using (TestDatabase reader = await TestDatabase.OpenAsync(options with { ReadOnly = true }, CrashWorkload.Table))
            {
                shown = reader.Rows();
                cutBytes = reader.Engine.Recovery.CutBytes;
            }

            Assert.True(workload.FindViolation(shown, operation) is null, $"{operation}: {workload.FindViolation(shown, operation)}");
            Assert.Equal(0, survivor.OperationCount);
            await using TestDatabase writer = await TestDatabase.OpenAsync(options, CrashWorkload.Table);
            Assert.Equal(writer.Rows(), shown);
            Assert.Equal(writer.Engine.Recovery.CutBytes, cutBytes);
            read++;
        }

        Assert.InRange(read, 100, int.MaxValue);
    }

    [Fact]
    public async Task What_a_killed_process_may_not_have_synced_is_read_and_is_no_place_to_go_on_from()
    {
        SimulatedFileSystem files = new();
        DeterministicScheduler scheduler = new();
        EngineOptions options = TestDatabase.OptionsOn(files) with { Durability = Durability.None, Background = scheduler };
        TestDatabase database = await TestDatabase.OpenAsync(options);
        await database.InsertAsync((1, "one"));
        await scheduler.RunUntilAsync(database.Engine.FlushAsync(Token));
        await database.InsertAsync((2, "two"));
        await database.InsertAsync((3, "three"));

        // Its log says of the first commit that it is durable, and of the others nothing.
        EngineOptions survivor = options with { Files = files.CrashAt(files.OperationCount + 1, CrashPolicy.KeepAll, 1), Background = TaskScheduler.Default };
        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
        await using (TestDatabase reader = await TestDatabase.OpenAsync(survivor with { ReadOnly = true }))
        {
            Assert.Equal([1, 2, 3], reader.Rows().Keys);
            Assert.Equal([1], await ReadChangesAsync(reader, ChangePosition.Start));
            ChangePosition first = await reader.Engine.FindPositionAsync(new(1), Token);
            Assert.Empty(await ReadChangesAsync(reader, first));
            Assert.Empty(await ReadChangesAsync(reader, first with { Sequence = 3 }));
            HeliosReadOnlyException error = await Assert.ThrowsAsync<HeliosReadOnlyException>(async () => await reader.Engine.FindPositionAsync(null, Token));
            Assert.Contains("Commits 2 to 3", error.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<HeliosReadOnlyException>(() => reader.Engine.FlushAsync(Token));
        }

        await (await TestDatabase.OpenAsync(survivor)).DisposeAsync();
        await using TestDatabase recovered = await TestDatabase.OpenAsync(survivor with { ReadOnly = true });
        Assert.Equal([1, 2, 3], await ReadChangesAsync(recovered, ChangePosition.Start));
        Assert.Equal(3, (await recovered.Engine.FindPositionAsync(null, Token)).Sequence);
    }

    private static async Task<List<long>> ReadChangesAsync(TestDatabase database, ChangePosition since)
    {
        List<long> sequences = [];
        using ChangeReader reader = database.Engine.OpenChanges(null, since, follows: false);
        while (await reader.ReadAsync(Token) is { } changes)
        {
            sequences.AddRange(changes.Select(change => (long)change.Sequence.Value));
        }

        return sequences;
    }

    private Task<TestDatabase> OpenToReadAsync() =>
        TestDatabase.OpenAsync(TestDatabase.OptionsOn(_files) with { ReadOnly = true }, TestDatabase.Points(index: IndexKind.Hnsw));

    private async Task<SortedDictionary<long, string>> WriteAsync()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(_files, TestDatabase.Points(index: IndexKind.Hnsw));
        await database.InsertAsync((1, "one"), (2, "two"), (3, "three"), (4, "four"));
        await database.Engine.WaitForIndexingAsync(database.Table, null, Token);
        await database.DeleteAsync(2);
        await database.UpsertAsync((3, "drei"), (5, "five"));
        return database.Rows();
    }
}
