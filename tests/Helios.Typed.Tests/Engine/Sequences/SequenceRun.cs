using System.Collections.Immutable;
using Helios.Typed.Engine;
using Helios.Typed.Records;
using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine.Reliability;
using Xunit;

namespace Helios.Typed.Tests.Engine.Sequences;

/// <summary>Does a sequence to a database and to a model of it, which must agree on every answer.</summary>
internal sealed class SequenceRun
{
    private const int NearestCount = 4;
    private const int StepsAtOnce = 4;
    private static readonly TimeSpan _quietTime = TimeSpan.FromSeconds(5);

    private static readonly TableDefinition[] _definitions =
    [
        TestDatabase.Points(index: IndexKind.Hnsw, name: "points"),
        TestDatabase.Points(assigned: false, name: "notes"),
    ];

    private readonly TableModel[] _tables = [.. _definitions.Select(static definition => new TableModel(definition.Shape.AssignsKeys))];
    private readonly TableHandle[] _handles = new TableHandle[_definitions.Length];
    private readonly (EngineTransaction Engine, TransactionModel Model)?[] _transactions = new (EngineTransaction, TransactionModel)?[Sequence.Slots];
    private readonly (EngineSnapshot Engine, ImmutableSortedDictionary<long, ModelRow>[] Rows)?[] _snapshots = new (EngineSnapshot, ImmutableSortedDictionary<long, ModelRow>[])?[Sequence.Slots];
    private readonly List<Task> _indexing = [];
    private readonly SteppedScheduler _scheduler = new();
    private readonly ManualClock _clock = new();
    private readonly EngineOptions _options;
    private DatabaseEngine _engine = null!;
    private long _commits;
    private long _transactionsCommitted;
    private long _conflicts;
    private long _snapshotsRead;
    private int _number;

    private SequenceRun(Sequence sequence)
    {
        InterceptedFileSystem files = new(new MemoryFileSystem()) { Before = (_, _) => _scheduler.Reach() };
        _options = TestDatabase.OptionsOn(files) with
        {
            Background = _scheduler,
            Clock = _clock,
            Durability = sequence.Durability,
            MemtableBytes = sequence.SealsAlways ? 1 : 64 << 20,
        };
    }

    /// <summary>Runs a sequence.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="counts">Takes what was done.</param>
    /// <param name="plant">Makes of a step the one that the database is told, to plant a bug, or null for none; the model is told the step itself.</param>
    public static async Task RunAsync(Sequence sequence, SequenceCounts counts, Func<SequenceStep, SequenceStep?>? plant = null)
    {
        SequenceRun run = new(sequence);
        await run.OpenAsync();
        try
        {
            foreach (SequenceStep step in sequence.Steps)
            {
                run._number++;
                await run.DoAsync(step, plant is null ? step : plant(step));
                run.CheckNewest();
            }

            await run.CloseSnapshotsAndTransactionsAsync();
            await run._scheduler.RunUntilAsync(run._engine.CheckpointAsync(TestDatabase.Token));
            run.CheckNewest();
        }
        finally
        {
            run.Release();
            await run._scheduler.RunUntilAsync(run._engine.DisposeAsync().AsTask());
            counts.Add(run._number, run._commits - run._transactionsCommitted, run._transactionsCommitted, run._conflicts, run._snapshotsRead, run._scheduler.Interrupted);
        }

        await Task.WhenAll(run._indexing.Where(static indexing => indexing.IsFaulted && indexing.Exception!.InnerException is not ObjectDisposedException));
        Assert.Equal(0, run._options.Allocator.AllocatedBytes);
    }

    private async Task DoAsync(SequenceStep step, SequenceStep? told)
    {
        switch (step.Act)
        {
            case SequenceAct.Commit:
                await CommitAsync(step, told);
                break;
            case SequenceAct.Begin:
                Begin(step.Slot);
                break;
            case SequenceAct.Find:
                Find(step, told);
                break;
            case SequenceAct.Scan:
                Scan(step);
                break;
            case SequenceAct.Write:
                Write(step, told);
                break;
            case SequenceAct.CommitTransaction:
                await CommitTransactionAsync(step.Slot, isTold: told is not null);
                break;
            case SequenceAct.RollBack:
                RollBack(step.Slot);
                break;
            case SequenceAct.OpenSnapshot:
                CloseSnapshot(step.Slot);
                _snapshots[step.Slot] = (_engine.OpenSnapshot(), [.. _tables.Select(static table => table.Rows)]);
                break;
            case SequenceAct.ReadSnapshot:
                ReadSnapshot(step.Slot);
                break;
            default:
                await DoToFilesAsync(step);
                break;
        }
    }

    private async Task DoToFilesAsync(SequenceStep step)
    {
        switch (step.Act)
        {
            case SequenceAct.Background:
                DoBackground(new Random(step.Seed));
                break;
            case SequenceAct.Seal:
                EngineInside.Seal(_engine);
                break;
            case SequenceAct.StartIndexing:
                _indexing.Add(EngineInside.StartIndexing(_engine));
                break;
            case SequenceAct.Wait:
                _clock.Advance(_quietTime);
                break;
            case SequenceAct.Merge:
                _scheduler.RunAll();
                break;
            case SequenceAct.Checkpoint:
                await _scheduler.RunUntilAsync(_engine.CheckpointAsync(TestDatabase.Token));
                break;
            case SequenceAct.Index:
                await _scheduler.RunUntilAsync(_engine.WaitForIndexingAsync(null, null, TestDatabase.Token));
                break;
            case SequenceAct.Flush:
                await _scheduler.RunUntilAsync(_engine.FlushAsync(TestDatabase.Token));
                break;
            case SequenceAct.Purge:
                await CloseSnapshotsAndTransactionsAsync();
                await _scheduler.RunUntilAsync(_engine.PurgeAsync(TestDatabase.Token));
                Assert.All(_engine.ReadStatistics().Tables, static table => Assert.Equal(0, table.EndedVersions));
                break;
            default:
                await ReopenAsync();
                break;
        }
    }

    private void DoBackground(Random random)
    {
        for (int i = random.Next(StepsAtOnce); i >= 0 && _scheduler.Step(random); i--)
        {
            CheckNewest();
        }
    }

    private async Task OpenAsync()
    {
        _engine = await DatabaseEngine.OpenHereAsync(_options, TestDatabase.Token);
        _scheduler.Serve(_engine);
        for (int table = 0; table < _handles.Length; table++)
        {
            _handles[table] = _engine.Bind(_definitions[table].Shape);
        }
    }

    private async Task ReopenAsync()
    {
        await CloseSnapshotsAndTransactionsAsync();
        await _scheduler.RunUntilAsync(_engine.DisposeAsync().AsTask());
        Assert.Equal(0, _options.Allocator.AllocatedBytes);
        await OpenAsync();
        for (int table = 0; table < _tables.Length; table++)
        {
            // What transactions were given and did not commit may be given again.
            long next = _handles[table].Table.NextKey;
            Assert.InRange(next, _tables[table].LeastNextKey, _tables[table].NextKey);
            _tables[table].NextKey = next;
        }
    }

    private async Task CommitAsync(SequenceStep step, SequenceStep? told)
    {
        TableModel model = _tables[step.Table];
        ModelChange change = model.Plan(WritesOf(step), model.Rows, model.NextKey, _commits + 1);
        using TestBatch batch = BatchOf(told ?? step);
        WriteResult? result = null;
        ModelOutcome outcome = told is null ? change.Outcome : await OutcomeAsync(async () =>
        {
            result = await WaitAsync(_engine.CommitAsync(_handles[step.Table], batch.Rows, TestDatabase.Token).AsTask());
        });
        Agree(change.Outcome, outcome);
        if (outcome != ModelOutcome.Done)
        {
            return;
        }

        _commits++;
        model.Apply(change, _commits);
        Agree(change, result);
        Assert.Equal(_commits, result!.Sequence);
    }

    private (EngineTransaction Engine, TransactionModel Model) Begin(int slot) =>
        _transactions[slot] ??= (_engine.BeginTransaction(), new TransactionModel(_tables, _commits));

    private void Find(SequenceStep step, SequenceStep? told)
    {
        (EngineTransaction transaction, TransactionModel model) = Begin(step.Slot);
        string? expected = model.Find(step.Table, step.Id);
        if (told is not null)
        {
            TableHandle table = _handles[step.Table];
            using TableSnapshot snapshot = transaction.OpenSnapshot(table, [KeyCodec.Encode(TestBatch.KeyOf(table.Schema, step.Id))]);
            Assert.Equal(expected, FindName(snapshot, step.Id));
        }
    }

    private void Scan(SequenceStep step)
    {
        (EngineTransaction transaction, TransactionModel model) = Begin(step.Slot);
        using TableSnapshot snapshot = transaction.OpenSnapshot(_handles[step.Table], keys: null);
        CheckAll(snapshot, model.Scan(step.Table));
    }

    private void Write(SequenceStep step, SequenceStep? told)
    {
        (EngineTransaction transaction, TransactionModel model) = Begin(step.Slot);
        ModelChange change = model.Write(step.Table, WritesOf(step));
        WriteResult? result = null;
        ModelOutcome outcome = Outcome(() => result = _engine.Write(transaction, _handles[step.Table], BatchOf(told ?? step).Take()));
        Agree(change.Outcome, outcome);
        if (outcome == ModelOutcome.Done)
        {
            Agree(change, result);
        }
    }

    private async Task CommitTransactionAsync(int slot, bool isTold = true)
    {
        if (_transactions[slot] is not { } ending)
        {
            return;
        }

        _transactions[slot] = null;
        ModelOutcome expected = ending.Model.Commit(_commits + 1);
        long sequence = 0;
        ModelOutcome outcome = !isTold ? expected : await OutcomeAsync(async () =>
        {
            sequence = (long)(await WaitAsync(_engine.CommitAsync(ending.Engine, TestDatabase.Token).AsTask())).Value;
        });
        ending.Engine.Dispose();
        Agree(expected, outcome);
        _conflicts += outcome == ModelOutcome.Conflict ? 1 : 0;
        if (outcome == ModelOutcome.Done && ending.Model.HasWritten)
        {
            _commits++;
            _transactionsCommitted++;
            Assert.Equal(_commits, sequence);
        }
    }

    private void RollBack(int slot)
    {
        _transactions[slot]?.Engine.RollBack();
        _transactions[slot]?.Engine.Dispose();
        _transactions[slot] = null;
    }

    private void ReadSnapshot(int slot)
    {
        if (_snapshots[slot] is not { } open)
        {
            return;
        }

        _snapshotsRead++;
        for (int table = 0; table < _handles.Length; table++)
        {
            using TableSnapshot snapshot = open.Engine.OpenTable(_handles[table]);
            CheckAll(snapshot, open.Rows[table]);
        }
    }

    private void CloseSnapshot(int slot)
    {
        ReadSnapshot(slot);
        _snapshots[slot]?.Engine.Dispose();
        _snapshots[slot] = null;
    }

    private async Task CloseSnapshotsAndTransactionsAsync()
    {
        for (int slot = 0; slot < Sequence.Slots; slot++)
        {
            CloseSnapshot(slot);
            await CommitTransactionAsync(slot);
        }
    }

    private void Release()
    {
        for (int slot = 0; slot < Sequence.Slots; slot++)
        {
            _snapshots[slot]?.Engine.Dispose();
            _transactions[slot]?.Engine.Dispose();
        }
    }

    /// <summary>Awaits a commit. Where too much waits to be flushed it waits for background work, which nobody else does.</summary>
    private async Task<T> WaitAsync<T>(Task<T> commit)
    {
        if (EngineInside.WaitingFlushes(_engine) > _options.MaxWaitingFlushes)
        {
            await _scheduler.RunUntilAsync(commit);
        }

        try
        {
            return await commit;
        }
        finally
        {
            EngineInside.WaitUntilIdle(_engine);
        }
    }

    private IEnumerable<ModelWrite> WritesOf(SequenceStep step) =>
        step.Writes!.Select((write, i) => new ModelWrite(write.Operation, write.Id, $"{_number}.{i}"));

    private TestBatch BatchOf(SequenceStep step)
    {
        TestBatch batch = new(_handles[step.Table].Schema);
        foreach (ModelWrite write in WritesOf(step))
        {
            _ = write.Operation == WriteOperation.Delete ? batch.Delete(write.Id) : batch.Write(write.Operation, write.Id, write.Name);
        }

        return batch;
    }

    private void CheckNewest()
    {
        for (int table = 0; table < _handles.Length; table++)
        {
            using TableSnapshot snapshot = _engine.OpenSnapshot(_handles[table]);
            CheckRows(snapshot, _tables[table].Rows);
        }
    }
    private static void CheckAll(TableSnapshot snapshot, ImmutableSortedDictionary<long, ModelRow> rows)
    {
        CheckRows(snapshot, rows);
        for (long id = 0; id <= Sequence.Keys + 1; id++)
        {
            Assert.Equal(rows.TryGetValue(id, out ModelRow row) ? row.Name : null, FindName(snapshot, id));
        }

        float[] query = [3, rows.Count * 40, -120, 1];
        long[] nearest = [.. rows.OrderBy(row => SquaredDistance(row.Value.Name, query)).ThenBy(row => row.Key).Select(row => row.Key).Take(NearestCount)];
        foreach (bool exact in (bool[])[true, false])
        {
            SearchRequest request = new(0, query, NearestCount, float.PositiveInfinity, Beam: 200, exact, Filter: null);
            Assert.Equal(nearest, SearchReference.Read(snapshot, SnapshotSearch.Search(snapshot, request, TestDatabase.Token)).Select(hit => hit.Id));
        }
    }

    private static void CheckRows(TableSnapshot snapshot, ImmutableSortedDictionary<long, ModelRow> rows)
    {
        SortedDictionary<long, string> found = TestDatabase.Rows(snapshot);
        if (!found.SequenceEqual(rows.Select(static row => KeyValuePair.Create(row.Key, row.Value.Name))))
        {
            string expected = string.Join(", ", rows.Select(static row => $"{row.Key}={row.Value.Name}"));
            Assert.Fail($"{snapshot.Schema.Stored.Name} shows [{string.Join(", ", found.Select(static row => $"{row.Key}={row.Value}"))}], and has to show [{expected}].");
        }
    }

    private static string? FindName(TableSnapshot snapshot, long id)
    {
        if (!snapshot.TryFind(KeyCodec.Encode(TestBatch.KeyOf(snapshot.Schema, id)), out RowLocation location))
        {
            return null;
        }

        using RowCursor cursor = snapshot.Sources[location.Source].OpenCursor(snapshot.Schema);
        cursor.MoveTo(location.Ordinal);
        return cursor.Decode().ReadScalar<string>(1);
    }

    // Whole numbers, so that the order is that of the distances themselves.
    private static double SquaredDistance(string name, float[] query) =>
        TestBatch.PlaceOf(name).Zip(query, static (a, b) => ((double)a - b) * ((double)a - b)).Sum();

    private static void Agree(ModelOutcome expected, ModelOutcome outcome) =>
        Assert.True(expected == outcome, $"It came to {outcome}, and has to come to {expected}.");

    private static void Agree(ModelChange change, WriteResult? result)
    {
        Assert.Equal(change.Keys, result!.Keys.Select(static key => key.ToInt64()));
        Assert.Equal(change.Deleted, result.Deleted);
    }

    private static async Task<ModelOutcome> OutcomeAsync(Func<Task> write)
    {
        try
        {
            await write();
            return ModelOutcome.Done;
        }
        catch (HeliosException error) when (OutcomeOf(error) is { } outcome)
        {
            return outcome;
        }
    }

    private static ModelOutcome Outcome(Action write)
    {
        try
        {
            write();
            return ModelOutcome.Done;
        }
        catch (HeliosException error) when (OutcomeOf(error) is { } outcome)
        {
            return outcome;
        }
    }

    private static ModelOutcome? OutcomeOf(HeliosException error) => error switch
    {
        HeliosConflictException => ModelOutcome.Conflict,
        HeliosDuplicateKeyException => ModelOutcome.DuplicateKey,
        HeliosKeyNotFoundException => ModelOutcome.KeyNotFound,
        _ => null,
    };
}
