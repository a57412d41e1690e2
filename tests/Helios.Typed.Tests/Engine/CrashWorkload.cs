using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine;

/// <summary>Writes, flushes, merges, indexes, alters and reopens on a simulated disk, and keeps what was acknowledged when.</summary>
/// <remarks>One thing at a time, so that the operations come in the same order every time.</remarks>
internal sealed class CrashWorkload
{
    private readonly List<State> _states = [new State(0, 0, [])];

    private CrashWorkload(SimulatedFileSystem files, Durability durability)
    {
        Files = files;
        Scheduler = new DeterministicScheduler();
        Options = OptionsOn(files, Scheduler) with { Durability = durability };
    }

    public SimulatedFileSystem Files { get; }

    public DeterministicScheduler Scheduler { get; }

    public EngineOptions Options { get; }

    /// <summary>Whether a fault met the workload: from then on it goes on as far as it can.</summary>
    public bool HasFailed { get; private set; }

    public static EngineOptions OptionsOn(IFileSystem files, TaskScheduler scheduler) =>
        TestDatabase.OptionsOn(files) with { Background = scheduler, Clock = new ManualClock(), ChangeRetentionBytes = 48 << 10 };

    public static TableDefinition Table => TestDatabase.Points(index: IndexKind.Hnsw);

    /// <summary>Runs the workload to its end, or until a fault ends it.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="durability">What commits ask for.</param>
    public static async Task<CrashWorkload> RunAsync(SimulatedFileSystem files, Durability durability = Durability.Full)
    {
        CrashWorkload workload = new(files, durability);
        TestDatabase? database = await workload.TryAsync(() => TestDatabase.OpenAsync(workload.Options, Table));
        if (database is not null)
        {
            await workload.RunAsync(database);
            await workload.Scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
            Assert.Equal(0, database.Allocator.AllocatedBytes);
        }

        return workload;
    }

    /// <summary>Finds the state that a database recovered to, which must be one that the rules allow.</summary>
    /// <param name="rows">What it holds.</param>
    /// <param name="crashedAt">The operation during which power was lost.</param>
    /// <param name="mayLoseAcknowledged">Whether acknowledged commits may be lost, newest first.</param>
    /// <returns>What is wrong, or null.</returns>
    public string? FindViolation(SortedDictionary<long, string> rows, long crashedAt, bool mayLoseAcknowledged = false)
    {
        int oldest = mayLoseAcknowledged ? 0 : _states.FindLastIndex(state => state.AcknowledgedAt < crashedAt);
        int newest = _states.FindLastIndex(state => state.BegunAt < crashedAt);
        for (int i = Math.Max(newest, oldest); i >= oldest; i--)
        {
            if (_states[i].Rows.SequenceEqual(rows))
            {
                return null;
            }
        }

        return $"recovered [{string.Join(", ", rows)}], allowed states {oldest} [{string.Join(", ", _states[oldest].Rows)}] to {newest} [{string.Join(", ", _states[newest].Rows)}]";
    }

    private async Task RunAsync(TestDatabase database)
    {
        await CommitAsync(database, (WriteOperation.Insert, 1), (WriteOperation.Insert, 2), (WriteOperation.Insert, 3), (WriteOperation.Insert, 4));
        await CommitAsync(database, (WriteOperation.Upsert, 2), (WriteOperation.Delete, 1));
        await CheckpointAsync(database);
        await CommitAsync(database, (WriteOperation.Insert, 5), (WriteOperation.Delete, 3));
        await CommitAsync(database, (WriteOperation.Upsert, 2));
        await CheckpointAsync(database);
        database = await ReopenAsync(database);
        for (int round = 0; round < 4; round++)
        {
            await CommitAsync(database, (WriteOperation.Upsert, 10 + round), (WriteOperation.Upsert, 2), (WriteOperation.Delete, 9 + round));
            await CheckpointAsync(database);
            Scheduler.RunAll();
        }

        await CommitAsync(database, (WriteOperation.Insert, 30), (WriteOperation.Insert, 31));
        await TryAsync(() => Scheduler.RunUntilAsync(database.Engine.WaitForIndexingAsync(null, null, TestDatabase.Token)));
        await CommitAsync(database, (WriteOperation.Delete, 30), (WriteOperation.Upsert, 31));
        await CheckpointAsync(database);
        database.Declared = TestDatabase.Points(index: IndexKind.Hnsw, m: 12).Shape;
        await TryAsync(() => Task.FromResult(database.Engine.Bind(database.Declared)));
        await CommitAsync(database, (WriteOperation.Insert, 40));
        await TryAsync(() => Scheduler.RunUntilAsync(database.Engine.WaitForIndexingAsync(null, null, TestDatabase.Token)));
        await CommitAsync(database, (WriteOperation.Upsert, 40), (WriteOperation.Insert, 41));
        Scheduler.RunAll();
    }

    private async Task CommitAsync(TestDatabase database, params (WriteOperation Operation, long Id)[] writes)
    {
        // Only a model of the newest possible state can say what a write meets; after a fault rows are only upserted and deleted.
        SortedDictionary<long, string> rows = new(_states[^1].Rows);
        using TestBatch batch = database.NewBatch();
        foreach ((WriteOperation operation, long id) in writes)
        {
            if (operation == WriteOperation.Delete)
            {
                batch.Delete(id);
                rows.Remove(id);
            }
            else
            {
                string name = $"{id} of {_states.Count}";
                batch.Write(HasFailed ? WriteOperation.Upsert : operation, id, name);
                rows[id] = name;
            }
        }

        long begunAt = Files.OperationCount;
        if (await TryAsync(() => database.CommitAsync(batch)) is not null)
        {
            _states.Add(new State(begunAt, Files.OperationCount, rows));
        }
        else
        {
            _unacknowledged.Add(rows);
        }
    }

    private readonly List<SortedDictionary<long, string>> _unacknowledged = [];

    /// <summary>Whether rows are those of the newest acknowledged commit, or of it and refused ones that reached the disk all the same.</summary>
    public bool IsNewest(SortedDictionary<long, string> rows) =>
        _states[^1].Rows.SequenceEqual(rows) || _unacknowledged.Exists(refused => refused.SequenceEqual(rows));

    private Task CheckpointAsync(TestDatabase database) =>
        TryAsync(() => Scheduler.RunUntilAsync(database.Engine.CheckpointAsync(TestDatabase.Token)));

    private async Task<TestDatabase> ReopenAsync(TestDatabase database)
    {
        if (!HasFailed)
        {
            await TryAsync(() => Scheduler.RunUntilAsync(database.ReopenAsync()));
        }

        return database;
    }

    private Task TryAsync(Func<Task> action) => TryAsync(async () =>
    {
        await action();
        return "";
    });

    private async Task<T?> TryAsync<T>(Func<Task<T>> action)
        where T : class
    {
        try
        {
            return await action();
        }
        catch (Exception error) when (error is HeliosException or IOException or ObjectDisposedException)
        {
            HasFailed = true;
            return null;
        }
    }

    private sealed record State(long BegunAt, long AcknowledgedAt, SortedDictionary<long, string> Rows);
}
