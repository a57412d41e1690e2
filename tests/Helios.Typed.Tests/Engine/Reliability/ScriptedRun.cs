using Helios.Typed.Engine;
using Helios.Typed.Operations;
using Helios.Typed.Primitives;
using Helios.Typed.Schema;
using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine.Reliability;

/// <summary>Plays one act on a simulated disk and keeps what was acknowledged, and what was durable, when.</summary>
/// <remarks>One thing at a time, so that the operations come in the same order every time.</remarks>
internal sealed class ScriptedRun
{
    /// <summary>Is how long a step may take before it counts as hung; no test waits for it that passes.</summary>
    private static readonly TimeSpan _hangs = TimeSpan.FromSeconds(60);

    public const string DatabasePath = "/data/db";
    public const string BackupPath = "/backups/db";

    private const int WaitingWithoutWait = 3;

    private readonly List<ScriptState> _states = [];
    private readonly List<BackupState> _backups;
    private readonly List<long> _openedAt = [];
    private readonly HashSet<string> _unknown = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TableHandle> _tables = new(StringComparer.Ordinal);
    private readonly DeterministicScheduler _scheduler = new();
    private readonly ManualClock _clock = new();
    private readonly EngineOptions _options;
    private DatabaseEngine? _engine;
    private RowModel _model;
    private int _generation;

    private ScriptedRun(SimulatedFileSystem files, RowModel start, string? backup, ScriptSettings settings, Act act)
    {
        Files = files;
        Start = files.Fork();
        StartModel = start;
        _model = start;
        _generation = act.Generation;
        _options = OptionsOn(files, _scheduler, _clock) with
        {
            Durability = settings.Durability,
            MemtableBytes = act.MemtableBytes,
            Allocator = settings.NewAllocator(),
        };
        _states.Add(new ScriptState(0, 0, 0, start.ToString()));
        StartBackup = backup;
        _backups = [new BackupState(0, 0, backup)];
    }

    public SimulatedFileSystem Files { get; }

    /// <summary>The disk before the run.</summary>
    public SimulatedFileSystem Start { get; }

    /// <summary>What the database held before the run.</summary>
    public RowModel StartModel { get; }

    /// <summary>The rows of the backup that there was before the run, or null where there was none.</summary>
    public string? StartBackup { get; }

    /// <summary>The rows of the newest backup, or null where there is none.</summary>
    public string? NewestBackup => _backups[^1].Rows;

    /// <summary>The operations before it was known that what was purged is nowhere on the disk, or <see cref="long.MaxValue"/> where nothing was.</summary>
    public long PurgedAt { get; private set; } = long.MaxValue;

    public EngineOptions Options => _options;

    /// <summary>The state after every commit, the oldest first.</summary>
    public IReadOnlyList<ScriptState> States => _states;

    /// <summary>The rows of the newest acknowledged commit.</summary>
    public RowModel Model => _model;

    /// <summary>The first error that met the run; from then on it went on as far as it could.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether the database took no more writes at some time.</summary>
    public bool BecameReadOnly { get; private set; }

    /// <summary>The operations before each opening of the database.</summary>
    public IReadOnlyList<long> OpenedAt => _openedAt;

    /// <summary>How many commits were acknowledged after the first error.</summary>
    public int CommitsAfterFailure { get; private set; }

    public DatabaseEngine Engine => _engine ?? throw new InvalidOperationException("The database is not open.");

    public DeterministicScheduler Scheduler => _scheduler;

    public static EngineOptions OptionsOn(SimulatedFileSystem files, TaskScheduler scheduler, TimeProvider clock) =>
        TestDatabase.OptionsOn(files, DatabasePath) with { Background = scheduler, Clock = clock };

    public static async Task<ScriptedRun> PlayAsync(Act act, SimulatedFileSystem files, RowModel start, string? backup, ScriptSettings settings)
    {
        ScriptedRun run = new(files, start, backup, settings, act);
        await run.TryAsync(run.OpenAsync);
        if (run._engine is not null)
        {
            await act.Play(run);
            if (settings.ChecksAtEnd)
            {
                await run.TryAsync(run.CheckAsync);
            }
        }

        await run.CloseAsync();
        Assert.Equal(0, run._options.Allocator.AllocatedBytes);
        return run;
    }

    /// <summary>Says what is wrong with a state that was found after power was lost during an operation, or gives null.</summary>
    /// <param name="found">The rows that were found.</param>
    /// <param name="operation">The operation.</param>
    public string? FindViolation(string found, long operation)
    {
        int newest = _states.FindLastIndex(state => state.BegunAt < operation);
        int oldest = Math.Min(newest, _states.FindLastIndex(state => state.DurableAt < operation));
        for (int i = newest; i >= oldest; i--)
        {
            if (_states[i].Rows == found)
            {
                return null;
            }
        }

        int seen = _states.FindLastIndex(state => state.Rows == found);
        string which = seen >= 0 ? $"state {seen}" : $"what never was: {Difference(found, _states[newest].Rows)}";
        return $"found {which}; allowed are the states {oldest} to {newest}";
    }

    /// <summary>Says what is wrong with a backup that was found after power was lost during an operation, or gives null.</summary>
    /// <param name="found">The rows that it was restored to, or null where there is no backup that was finished.</param>
    /// <param name="operation">The operation; <see cref="long.MaxValue"/> for the end of the run.</param>
    public string? FindBackupViolation(string? found, long operation)
    {
        int newest = _backups.FindLastIndex(backup => backup.BegunAt < operation);
        int oldest = _backups.FindLastIndex(newest, backup => backup.EndedAt < operation);
        return _backups.FindIndex(oldest, newest - oldest + 1, backup => backup.Rows == found) >= 0
            ? null
            : $"a backup of [{found ?? "nothing"}]; allowed are those {oldest} to {newest}, the newest of [{_backups[newest].Rows}]";
    }

    /// <summary>Says what is wrong with a state that was found after the run, where commits may have been refused without knowing.</summary>
    public string? FindViolationAtEnd(string found) =>
        _states[^1].Rows == found || _unknown.Contains(found) ? null : $"found what was not acknowledged last: {Difference(found, _states[^1].Rows)}";

    /// <summary>Commits writes to one table.</summary>
    public Task CommitAsync(string table, params (WriteOperation Operation, long Id)[] writes) => CommitAsync(table, 0, writes);

    /// <summary>Commits writes to one table, with names so long that the commit spans several sectors and pages.</summary>
    public async Task CommitAsync(string table, int nameBytes, params (WriteOperation Operation, long Id)[] writes)
    {
        if (_engine is null)
        {
            return;
        }

        RowModel after = _model.Clone();
        using TestBatch batch = new(Handle(table).Schema);
        foreach ((WriteOperation operation, long id) in writes)
        {
            if (operation == WriteOperation.Delete)
            {
                batch.Delete(id);
                after.Remove(table, id);
                continue;
            }

            // Only a model of the newest possible state can say what a write meets; after an error rows are only upserted and deleted.
            string name = $"{id} of {_states.Count}".PadRight(nameBytes, '.');
            batch.Write(Failure is null ? operation : WriteOperation.Upsert, id, name);
            after.Set(table, id, name);
        }

        await CommitAsync(after, async () => await Engine.CommitAsync(Handle(table), batch.Rows, TestDatabase.Token));
    }

    /// <summary>Commits writes to several tables in one transaction, which also reads its own writes.</summary>
    public async Task TransactAsync(params (string Table, WriteOperation Operation, long Id)[] writes)
    {
        if (_engine is null)
        {
            return;
        }

        RowModel after = _model.Clone();
        await CommitAsync(after, async () =>
        {
            using EngineTransaction transaction = Engine.BeginTransaction();
            foreach ((string table, WriteOperation operation, long id) in writes)
            {
                string name = $"{id} of {_states.Count}";
                TestBatch batch = new(Handle(table).Schema);
                _ = operation == WriteOperation.Delete ? batch.Delete(id) : batch.Write(Failure is null ? operation : WriteOperation.Upsert, id, name);
                Engine.Write(transaction, Handle(table), batch.Take());
                if (operation == WriteOperation.Delete)
                {
                    after.Remove(table, id);
                }
                else
                {
                    after.Set(table, id, name);
                }
            }

            foreach (string table in ScriptTables.Names)
            {
                using TableSnapshot own = transaction.OpenSnapshot(Handle(table), keys: null);
                Assert.True(after[table].SequenceEqual(TestDatabase.Rows(own)), $"A transaction does not read its own writes to {table}.");
            }

            await Engine.CommitAsync(transaction, TestDatabase.Token);
        });
    }

    /// <summary>Commits something that leads to a state, and notes when it was begun and acknowledged.</summary>
    public async Task CommitAsync(RowModel after, Func<Task> commit)
    {
        long begunAt = Files.OperationCount;
        bool wasReadOnly = IsReadOnly();
        Exception? error = await TryAsync(() => MayWait() ? _scheduler.RunUntilAsync(commit()) : commit());
        EngineInside.WaitUntilIdle(Engine);
        BecameReadOnly |= IsReadOnly();
        if (error is null)
        {
            CommitsAfterFailure += Failure is null ? 0 : 1;
            long durableAt = _options.Durability == Durability.Full ? Files.OperationCount : long.MaxValue;
            _states.Add(new ScriptState(begunAt, Files.OperationCount, durableAt, after.ToString()));
            _model = after;
        }
        else if (!wasReadOnly && IsReadOnly())
        {
            // The log could not be synced, so that nobody knows whether this one is on the disk.
            _unknown.Add(after.ToString());
        }
    }

    /// <summary>Makes all that was acknowledged durable.</summary>
    public async Task FlushAsync()
    {
        if (await TryAsync(() => _scheduler.RunUntilAsync(Engine.FlushAsync(TestDatabase.Token))) is null)
        {
            NoteDurable();
        }
    }

    public async Task CheckpointAsync()
    {
        if (await TryAsync(() => _scheduler.RunUntilAsync(Engine.CheckpointAsync(TestDatabase.Token))) is null)
        {
            NoteDurable();
        }
    }

    /// <summary>Backs up to the one place that there is for it.</summary>
    /// <param name="copies">Whether files are copied that could be linked.</param>
    public Task BackUpAsync(bool copies = false)
    {
        long begunAt = Files.OperationCount;
        return TryAsync(() =>
        {
            _backups.Add(new BackupState(begunAt, long.MaxValue, _model.ToString()));
            Backup.Run(Engine, Files, BackupPath, new BackupOptions { CopyFiles = copies }, null, TestDatabase.Token);
            _backups[^1] = _backups[^1] with { EndedAt = Files.OperationCount };
            NoteDurable();
            return Task.CompletedTask;
        });
    }

    /// <summary>Removes deleted data from the disk.</summary>
    public async Task PurgeAsync()
    {
        if (await TryAsync(() => _scheduler.RunUntilAsync(Engine.PurgeAsync(TestDatabase.Token))) is null)
        {
            NoteDurable();
            PurgedAt = Files.OperationCount;
        }
    }

    /// <summary>Migrates the drafts to letters.</summary>
    public async Task MigrateAsync()
    {
        RowModel after = _model.Clone();
        after.Drop(ScriptTables.Drafts);
        foreach ((long id, string name) in _model[ScriptTables.Drafts])
        {
            if (Letter.Of(new Draft(id, name)) is { } letter)
            {
                after.Set(ScriptTables.Letters, letter.Id, letter.Name);
            }
        }

        TableShape from = ScriptTables.Declare(ScriptTables.Drafts, _generation).Shape;
        TableShape to = ScriptTables.Declare(ScriptTables.Letters, _generation).Shape;
        Task Migrate() => Engine.Migrate(from, to, new MigrationOptions { DropOld = true }).RunAsync<Draft, Letter>(
            static row => new Draft(row.Key.ToInt64(), row.ReadScalar<string>(1)),
            Letter.Of,
            static (letter, operation, encoder, batch) =>
            {
                encoder.Begin();
                encoder.WriteScalar(1, letter.Name);
                encoder.WriteVector<float>(2, TestBatch.PlaceOf(letter.Name));
                encoder.Complete();
                batch.Write(operation, HeliosKey.Create(letter.Id), encoder);
            },
            progress: null,
            TestDatabase.Token);

        // Its commits seal: flushes that ran meanwhile would write between them, now here and now there. Without full durability
        // it also waits for the log to be synced, which only the run's own thread does.
        await ChangeTablesAsync(after, _options.Durability == Durability.Full ? Migrate : () => _scheduler.RunUntilAsync(Migrate()));
    }

    /// <summary>Drops a table.</summary>
    public async Task DropAsync(string table)
    {
        RowModel after = _model.Clone();
        after.Drop(table);
        await ChangeTablesAsync(after, () => _scheduler.RunUntilAsync(Engine.DropTableAsync(table, TestDatabase.Token)));
    }

    public Task IndexAsync() => TryAsync(() => _scheduler.RunUntilAsync(Engine.WaitForIndexingAsync(null, null, TestDatabase.Token)));

    /// <summary>Runs what is queued in the background: flushes, merges, sealing.</summary>
    public void RunBackground() => _scheduler.RunAll();

    /// <summary>Moves the clock, so that timers fire.</summary>
    public void Advance(TimeSpan by)
    {
        _clock.Advance(by);
        _scheduler.RunAll();
        if (_options.Durability == Durability.Interval && by >= _options.SyncInterval && !IsReadOnly())
        {
            NoteDurable();
        }
    }

    /// <summary>Declares the tables anew.</summary>
    public async Task DeclareAsync(int generation)
    {
        _generation = generation;
        await TryAsync(() =>
        {
            _tables.Clear();
            foreach (string name in ScriptTables.Names)
            {
                Handle(name);
            }

            return Task.CompletedTask;
        });
    }

    /// <summary>Closes the database and opens it again; after an error it stays open, as nothing is to be mended by it.</summary>
    public async Task ReopenAsync()
    {
        if (Failure is null && Files.FailureCount == 0)
        {
            await TryAsync(async () =>
            {
                await _scheduler.RunUntilAsync(Engine.DisposeAsync().AsTask());
                NoteDurable();
                _engine = null;
                await OpenAsync();
            });
        }
    }

    /// <summary>Does a step; an error ends the step and not the run.</summary>
    public async Task<Exception?> TryAsync(Func<Task> step)
    {
        try
        {
            if (_engine is null && Failure is not null)
            {
                return Failure;
            }

            await step().WaitAsync(_hangs, TestDatabase.Token);
            return null;
        }
        catch (Exception error) when (error is HeliosException or OutOfMemoryException)
        {
            Failure ??= error;
            return error;
        }
    }

    /// <summary>Commits a change of tables, which is durable at every level and so makes all before it.</summary>
    private async Task ChangeTablesAsync(RowModel after, Func<Task> change)
    {
        if (_engine is null)
        {
            return;
        }

        await CommitAsync(after, change);
        _tables.Clear();
        if (_model == after)
        {
            NoteDurable();
        }
    }

    // A commit that waits for room waits for background work, which only the run's own thread does.
    private bool MayWait() => Failure is not null || Files.FailureCount > 0 || Engine.ReadStatistics().WaitingFlushes > WaitingWithoutWait;

    private static string Difference(string found, string expected)
    {
        string[] rows = found.Split("; ");
        string[] wanted = expected.Split("; ");
        return $"too many are [{string.Join("; ", rows.Except(wanted))}], missing are [{string.Join("; ", wanted.Except(rows))}]";
    }

    private bool IsReadOnly() => _engine?.ReadStatistics().ReadOnlyCause is not null;

    private TableHandle Handle(string table)
    {
        if (!_tables.TryGetValue(table, out TableHandle? handle))
        {
            handle = Engine.Bind(ScriptTables.Declare(table, _generation).Shape);
            _tables.Add(table, handle);
        }

        return handle;
    }

    private void NoteDurable()
    {
        // Whatever was durable before stays so from then on.
        for (int i = _states.Count - 1; i >= 0 && _states[i].DurableAt == long.MaxValue; i--)
        {
            _states[i] = _states[i] with { DurableAt = Files.OperationCount };
        }
    }

    private async Task OpenAsync()
    {
        _tables.Clear();
        _openedAt.Add(Files.OperationCount);
        _engine = await DatabaseEngine.OpenAsync(_options, TestDatabase.Token);
    }

    private Task CheckAsync()
    {
        string found = DatabaseCheck.Read(Engine, _generation).ToString();
        Assert.True(found == _model.ToString(), $"While it was open: {Difference(found, _model.ToString())}");
        return Task.CompletedTask;
    }

    private async Task CloseAsync()
    {
        if (_engine is not null)
        {
            await TryAsync(() => _scheduler.RunUntilAsync(_engine.DisposeAsync().AsTask()));
            _engine = null;
        }
    }
}

/// <summary>Is a state of the database: from which operation on it may be found after a power loss, and from which on it must.</summary>
/// <param name="BegunAt">The operations before its commit was begun.</param>
/// <param name="AcknowledgedAt">The operations before it was acknowledged.</param>
/// <param name="DurableAt">The operations before it was known durable.</param>
/// <param name="Rows">The rows of all tables.</param>
internal sealed record ScriptState(long BegunAt, long AcknowledgedAt, long DurableAt, string Rows);

/// <summary>Is a backup: from which operation on it may be found after a power loss in place of the one before, and from which on it must.</summary>
/// <param name="BegunAt">The operations before it was begun.</param>
/// <param name="EndedAt">The operations before it was told to be complete.</param>
/// <param name="Rows">The rows of all tables, or null for none.</param>
internal sealed record BackupState(long BegunAt, long EndedAt, string? Rows);

/// <summary>Is how the script is played.</summary>
/// <param name="Durability">What commits ask for.</param>
internal sealed record ScriptSettings(Durability Durability = Durability.Full)
{
    /// <summary>Gets whether everything is read and compared before the database is closed.</summary>
    public bool ChecksAtEnd { get; init; }

    /// <summary>Gets what makes the native memory of a run.</summary>
    public Func<NativeAllocator> NewAllocator { get; init; } = static () => new SystemAllocator();
}
