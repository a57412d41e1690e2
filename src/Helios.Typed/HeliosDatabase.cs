using System.Collections.Concurrent;
using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Helios.Typed.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Helios.Typed;

/// <summary>Is an open database: one directory, any number of tables and threads.</summary>
/// <remarks>
/// One process at a time has a database open, or any number that only read it. Share the instance: it and its stores are safe for any number of threads, and
/// readers never wait for writers. Disposing it finishes what is being written and frees the directory.
/// </remarks>
public sealed partial class HeliosDatabase : IAsyncDisposable, IDisposable
{
    // A directory inside the in-memory file system, which holds nothing else.
    private const string MemoryDirectory = "/memory.helios";

    private readonly EngineOptions _options;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<Type, object> _stores = new();
    private DatabaseEngine? _engine;
    private Task<DatabaseEngine>? _opening;
    private Task? _closing;

    /// <summary>Makes a database that its first use opens.</summary>
    internal HeliosDatabase(EngineOptions options, string path)
    {
        _options = options;
        Path = path;
    }

    /// <summary>Gets the database directory in full, or <c>:memory:</c>.</summary>
    public string Path { get; }

    /// <summary>Opens a database, and creates it where there is none.</summary>
    /// <param name="path">The database directory, or <c>:memory:</c> for one that lives in memory.</param>
    /// <param name="configure">Changes the settings, or null for the defaults.</param>
    /// <param name="loggers">Takes what the database has to say, or null.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    /// <exception cref="ArgumentException">A setting cannot be; the message names each.</exception>
    /// <exception cref="HeliosLockedException">Another process, or another opening in this one, has it open, and not both only read.</exception>
    /// <exception cref="HeliosCorruptionException">A file is damaged; the message names file and offset.</exception>
    /// <exception cref="HeliosFormatException">A file was written by a newer version of the library.</exception>
    /// <exception cref="HeliosException">The path is a file, or a directory that holds something else.</exception>
    public static async Task<HeliosDatabase> OpenAsync(
        string path,
        Action<HeliosDatabaseOptions>? configure = null,
        ILoggerFactory? loggers = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        HeliosDatabaseOptions options = new() { Path = path };
        configure?.Invoke(options);
        HeliosDatabaseOptionsValidator.Require(options);
        HeliosDatabase database = Create(options, loggers);
        try
        {
            ValueTask<DatabaseEngine> opening = database.EngineAsync(cancellationToken);

            // The first database of a process makes the instruments, which takes some milliseconds, while the files are read.
            HeliosMeter.Prepare();
            await opening.ConfigureAwait(false);
            return database;
        }
        catch
        {
            await database.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Gives the store of a record type.</summary>
    /// <typeparam name="TRecord">The annotated record type.</typeparam>
    /// <returns>The same store each time. The first use of it checks the record against the stored table.</returns>
    public HeliosStore<TRecord> Store<TRecord>()
        where TRecord : IHeliosRecord<TRecord> =>
        (HeliosStore<TRecord>)_stores.GetOrAdd(typeof(TRecord), _ => new HeliosStore<TRecord>(this));

    /// <summary>Gives a table that was defined at run time.</summary>
    /// <param name="definition">The table; its first use checks it against the stored one.</param>
    public HeliosTable Table(TableDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return new HeliosTable(this, definition);
    }

    /// <summary>Makes every commit that was acknowledged before the call durable, which <see cref="Durability.Full"/> does at each commit.</summary>
    /// <param name="cancellationToken">Stops the wait, not the work.</param>
    /// <exception cref="HeliosException">The log could not be synced; the database takes no more writes.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        DatabaseEngine engine = await EngineAsync(cancellationToken).ConfigureAwait(false);
        await engine.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the rows that are only in memory and in the log to segments, so that the next opening replays nothing.</summary>
    /// <param name="cancellationToken">Stops the wait, not the work.</param>
    public async Task CheckpointAsync(CancellationToken cancellationToken = default)
    {
        DatabaseEngine engine = await EngineAsync(cancellationToken).ConfigureAwait(false);
        await engine.CheckpointAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives what opening the database found and did; opens it where no call has yet.</summary>
    /// <param name="cancellationToken">Stops the wait, not the opening.</param>
    /// <returns>The report of this opening, the same each time.</returns>
    public async ValueTask<RecoveryReport> GetRecoveryReportAsync(CancellationToken cancellationToken = default) =>
        (await EngineAsync(cancellationToken).ConfigureAwait(false)).Recovery;

    /// <summary>Removes from the disk everything that was deleted or replaced before the call, values of dropped columns included, and returns when it is gone.</summary>
    /// <remarks>
    /// <para>
    /// Deleting hides a row at once; its bytes go when a segment or a log is written anew, which may be long after. This does it now:
    /// segments with such rows, or with values of columns that <see cref="DropColumnAsync"/> let go, are written anew, logs are deleted. It waits for queries that began before it and still read the old
    /// files; what they hold in memory goes with them. Rows of a segment that was written anew are scanned until their index is built,
    /// which <see cref="WaitForIndexingAsync"/> waits for.
    /// </para>
    /// <para>Backups and copies of the directory are not reached, nor what a disk or a file system keeps of deleted files.</para>
    /// </remarks>
    /// <param name="cancellationToken">Stops the wait, not the work: what was rewritten stays so, and it may be called again.</param>
    /// <returns>What was removed.</returns>
    /// <exception cref="HeliosReadOnlyException">The database takes no writes.</exception>
    /// <exception cref="HeliosException">Something could not be written or deleted; deleted data is still on the disk.</exception>
    public async Task<PurgeResult> PurgeAsync(CancellationToken cancellationToken = default)
    {
        DatabaseEngine engine = await EngineAsync(cancellationToken).ConfigureAwait(false);
        return await engine.PurgeAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until every row written before the call is in the index that its vector columns ask for.</summary>
    /// <param name="progress">Is told how far the work is, or null.</param>
    /// <param name="cancellationToken">Stops the wait, not the work.</param>
    public async Task WaitForIndexingAsync(IProgress<IndexingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        DatabaseEngine engine = await EngineAsync(cancellationToken).ConfigureAwait(false);
        await engine.WaitForIndexingAsync(table: null, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finishes what is being written, stops background work and frees the directory.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            Volatile.Write(ref _engine, null);
            _closing ??= CloseAsync(_opening);
            return new ValueTask(_closing);
        }
    }

    /// <summary>Does as <see cref="DisposeAsync"/>, and blocks until it is done; for owners that know no other way, such as a container that is disposed synchronously.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Makes a database of settings that were checked; its first use opens it.</summary>
    internal static HeliosDatabase Create(HeliosDatabaseOptions options, ILoggerFactory? loggers)
    {
        bool inMemory = options.Path == HeliosDatabaseOptions.InMemory;
        string path = inMemory ? options.Path : System.IO.Path.GetFullPath(options.Path);
        EngineOptions engine = new()
        {
            Path = inMemory ? MemoryDirectory : path,
            Name = path,
            Files = inMemory ? new MemoryFileSystem() : PhysicalFileSystem.Instance,
            CreateIfMissing = options.CreateIfMissing || inMemory,
            ReadOnly = options.ReadOnly,
            RecoveryMode = options.RecoveryMode,
            Durability = options.Durability,
            SyncInterval = options.SyncInterval,
            LogRoomBytes = inMemory ? 0 : EngineOptions.StandardLogRoomBytes,
            MemtableBytes = options.MemtableBytes,
            MergePause = EngineOptions.StandardMergePause,
            MemoryBudgetBytes = options.MemoryBudgetBytes,
            ChangeRetentionBytes = options.ChangeRetentionBytes,
            IndexingThreads = options.IndexingThreads > 0 ? options.IndexingThreads : Math.Max(1, Environment.ProcessorCount / 2),
            Loggers = loggers ?? NullLoggerFactory.Instance,
        };
        return new HeliosDatabase(engine, path);
    }

    /// <summary>Gives the engine, opening the database on the first call; a failed opening is tried again by the next.</summary>
    /// <exception cref="ObjectDisposedException">The database is closed.</exception>
    internal ValueTask<DatabaseEngine> EngineAsync(CancellationToken cancellationToken) =>
        Volatile.Read(ref _engine) is { } engine ? new ValueTask<DatabaseEngine>(engine) : new ValueTask<DatabaseEngine>(OpenEngineAsync(cancellationToken));

    private Task<DatabaseEngine> OpenEngineAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing is not null, this);
            if (_opening is null or { IsFaulted: true } or { IsCanceled: true })
            {
                _opening = StartOpening();
            }

            return _opening.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Opens the engine on a thread of the pool, and gives a task that resumes each of its waiters on a thread of its own.</summary>
    private Task<DatabaseEngine> StartOpening()
    {
        // The opening's own task would resume those who wait with a token one after another on the thread that opened: the
        // first whose later calls never wait, such as a loop of searches, would keep every other from going on.
        TaskCompletionSource<DatabaseEngine> opening = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = Task.Run(OpenAsync, CancellationToken.None).ContinueWith(
            task =>
            {
                opening.SetFromTask(task);

                // Whoever asked may have stopped waiting; the next to ask is told again.
                _ = opening.Task.Exception;
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return opening.Task;
    }

    private async Task<DatabaseEngine> OpenAsync()
    {
        DatabaseEngine engine = await DatabaseEngine.OpenHereAsync(_options, CancellationToken.None).ConfigureAwait(false);
        lock (_gate)
        {
            _engine = _closing is null ? engine : null;
        }

        return engine;
    }

    private static async Task CloseAsync(Task<DatabaseEngine>? opening)
    {
        if (opening is null)
        {
            return;
        }

        DatabaseEngine engine;
        try
        {
            engine = await opening.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Whoever opened it was told; a database that never opened has nothing to close.
            return;
        }

        await engine.DisposeAsync().ConfigureAwait(false);
    }
}
