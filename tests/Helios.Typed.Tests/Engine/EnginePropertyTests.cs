using CsCheck;
using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine.Reliability;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class EnginePropertyTests
{
    private const int Keys = 12;
    private const int Sequences = 10_000;

    private static readonly Gen<Step> _write = Gen.Select(
        Gen.Enum<WriteOperation>(),
        Gen.Long[0, Keys],
        (operation, id) => (Operation: operation, Id: id)).List[1, 5].Select(writes => new Step(StepKind.Commit, writes));

    private static readonly Gen<Step> _step = Gen.Frequency(
        (12, _write),
        (3, Gen.Const(new Step(StepKind.Flush, []))),
        (1, Gen.Const(new Step(StepKind.Reopen, []))),
        (1, Gen.Const(new Step(StepKind.Index, []))),
        (2, Gen.Const(new Step(StepKind.Merge, []))),
        (1, Gen.Const(new Step(StepKind.Snapshot, []))));

    private enum StepKind
    {
        Commit,
        Flush,
        Reopen,
        Index,
        Merge,
        Snapshot,
    }

    [Fact]
    public Task A_database_behaves_as_a_dictionary_through_flushes_merges_and_reopening() =>
        _step.List[1, 40].SampleAsync(RunAsync, iter: Exhaustive.IsWanted ? 10 * Sequences : Sequences, print: steps => string.Join(' ', steps));

    private static async Task RunAsync(List<Step> steps)
    {
        DeterministicScheduler scheduler = new();
        EngineOptions options = TestDatabase.OptionsOn(new MemoryFileSystem()) with { Background = scheduler };
        TestDatabase database = await TestDatabase.OpenAsync(options, TestDatabase.Points(index: IndexKind.Hnsw));
        SortedDictionary<long, string> model = [];
        List<(TableSnapshot Snapshot, SortedDictionary<long, string> Rows)> snapshots = [];
        long next = 1;
        int number = 0;
        foreach (Step step in steps)
        {
            number++;
            switch (step.Kind)
            {
                case StepKind.Commit:
                    (model, next) = await CommitAsync(database, model, next, step, number);
                    break;
                case StepKind.Flush:
                    await scheduler.RunUntilAsync(database.Engine.CheckpointAsync(TestDatabase.Token));
                    break;
                case StepKind.Index:
                    await scheduler.RunUntilAsync(database.Engine.WaitForIndexingAsync(null, null, TestDatabase.Token));
                    break;
                case StepKind.Merge:
                    scheduler.RunAll();
                    break;
                case StepKind.Snapshot:
                    snapshots.Add((database.Engine.OpenSnapshot(database.Table), model));
                    break;
                default:
                    Check(database, snapshots);
                    snapshots.Clear();
                    await scheduler.RunUntilAsync(database.ReopenAsync());
                    break;
            }

            Assert.Equal(model, database.Rows());
        }

        Check(database, snapshots);
        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
        Assert.Equal(0, database.Allocator.AllocatedBytes);
    }

    private static void Check(TestDatabase database, List<(TableSnapshot Snapshot, SortedDictionary<long, string> Rows)> snapshots)
    {
        foreach ((TableSnapshot snapshot, SortedDictionary<long, string> rows) in snapshots)
        {
            Assert.Equal(rows, TestDatabase.Rows(snapshot));
            for (long id = 0; id <= Keys; id++)
            {
                Assert.Equal(rows.GetValueOrDefault(id), database.Find(snapshot, id));
            }

            snapshot.Dispose();
        }
    }

    /// <summary>Commits to the database and to a copy of the model, which must agree on whether it fails and on every key.</summary>
    private static async Task<(SortedDictionary<long, string> Model, long Next)> CommitAsync(
        TestDatabase database, SortedDictionary<long, string> model, long next, Step step, int number)
    {
        SortedDictionary<long, string> after = new(model);
        List<long> keys = [];
        long nextAfter = next;
        int deleted = 0;
        bool fails = false;
        using TestBatch batch = database.NewBatch();
        foreach ((WriteOperation operation, long id) in step.Writes)
        {
            string name = $"{number}.{keys.Count}";
            if (operation == WriteOperation.Delete)
            {
                batch.Delete(id);
                deleted += !fails && after.Remove(id) ? 1 : 0;
                continue;
            }

            batch.Write(operation, id, name);
            long key = id == 0 && operation != WriteOperation.Update ? nextAfter : id;
            fails |= operation == WriteOperation.Insert ? after.ContainsKey(key) : operation == WriteOperation.Update && !after.ContainsKey(key);
            after[key] = name;
            keys.Add(key);
            nextAfter = Math.Max(nextAfter, key + 1);
        }

        if (fails)
        {
            await Assert.ThrowsAnyAsync<HeliosException>(() => database.CommitAsync(batch));
            return (model, next);
        }

        WriteResult result = await database.CommitAsync(batch);
        Assert.Equal(keys, result.Keys.Select(key => key.ToInt64()));
        Assert.Equal(deleted, result.Deleted);
        return (after, nextAfter);
    }

    private sealed record Step(StepKind Kind, IReadOnlyList<(WriteOperation Operation, long Id)> Writes)
    {
        public override string ToString() => Kind == StepKind.Commit ? $"Commit({string.Join(',', Writes)})" : Kind.ToString();
    }
}
