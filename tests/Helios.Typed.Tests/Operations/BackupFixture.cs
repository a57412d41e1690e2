using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Helios.Typed.TestKit.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Operations;

/// <summary>Is a database on a simulated disk, with segments, deletions, a graph and commits that are only in the log, and a place for its backup.</summary>
internal sealed class BackupFixture : IAsyncDisposable
{
    public const string Source = "/data/db";
    public const string Target = "/backups/db";

    private readonly DeterministicScheduler _scheduler = new();

    private BackupFixture(SimulatedFileSystem files) => Files = files;

    public SimulatedFileSystem Files { get; }

    public TestDatabase Database { get; private set; } = null!;

    /// <summary>The id of the history that a restored database begins.</summary>
    public static Guid RestoredHistory() => new(7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7);

    public static TableDefinition Table => TestDatabase.Points(index: IndexKind.Hnsw);

    public static async Task<BackupFixture> CreateAsync(SimulatedFileSystem? files = null)
    {
        BackupFixture fixture = new(files ?? new SimulatedFileSystem());
        fixture.Database = await TestDatabase.OpenAsync(OptionsOn(fixture.Files, Source, fixture._scheduler), Table);
        return fixture;
    }

    public static EngineOptions OptionsOn(IFileSystem files, string path, TaskScheduler scheduler) =>
        TestDatabase.OptionsOn(files, path) with { Background = scheduler, Clock = new ManualClock() };

    public Task CheckpointAsync() => _scheduler.RunUntilAsync(Database.Engine.CheckpointAsync(TestDatabase.Token));

    public Task IndexAsync() => _scheduler.RunUntilAsync(Database.Engine.WaitForIndexingAsync(null, null, TestDatabase.Token));

    public Task ReopenAsync() => _scheduler.RunUntilAsync(Database.ReopenAsync());

    public void RunBackground() => _scheduler.RunAll();

    /// <summary>Fills the database: two segments, one with a graph and one with deletions, and rows in the log.</summary>
    public async Task FillAsync()
    {
        // Enough that no merge takes it for what has ended: files are named by these tests.
        await Database.InsertAsync([(1, "one"), (2, "two"), (3, "three"), (4, "four"), .. Enumerable.Range(11, 6).Select(id => ((long)id, $"row {id}"))]);
        await IndexAsync();
        await Database.UpsertAsync((2, "two again"), (5, "five"));
        await Database.DeleteAsync(3);
        await CheckpointAsync();
        await Database.InsertAsync((6, "six"));
        await Database.UpsertAsync((1, "one again"));
    }

    /// <summary>Changes what <see cref="FillAsync"/> wrote: some files stay, some go, some come.</summary>
    public async Task ChangeAsync()
    {
        await CheckpointAsync();
        await Database.DeleteAsync(4);
        await Database.InsertAsync((7, "seven"), (8, "eight"));
        await CheckpointAsync();
        RunBackground();
        await Database.UpsertAsync((8, "eight again"));
        await Database.DeleteAsync(6);
    }

    public BackupResult Backup(string target = Target, bool copyFiles = false, IProgress<BackupProgress>? progress = null, CancellationToken? token = null) =>
        Helios.Typed.Operations.Backup.Run(Database.Engine, Files, target, new BackupOptions { CopyFiles = copyFiles }, progress, token ?? TestDatabase.Token);

    public RestoreResult Restore(string path, string target = Target, CancellationToken? token = null) => Restore(Files, path, target, token);

    public static RestoreResult Restore(IFileSystem files, string path, string target = Target, CancellationToken? token = null, Func<Guid>? newId = null) =>
        Helios.Typed.Operations.Restore.Run(files, target, files, path, newId ?? RestoredHistory, new ManualClock(), null, token ?? TestDatabase.Token);

    /// <summary>Opens a directory and reads its rows, or gives null where it holds no database.</summary>
    public static async Task<SortedDictionary<long, string>?> ReadAsync(IFileSystem files, string path, bool readOnly = false)
    {
        if (!files.DirectoryExists(path))
        {
            return null;
        }

        DeterministicScheduler scheduler = new();
        bool isDatabase = files.FileExists(Path.Combine(path, FileNames.Current));
        TestDatabase database;
        try
        {
            database = await TestDatabase.OpenAsync(OptionsOn(files, path, scheduler) with { CreateIfMissing = false, ReadOnly = readOnly }, Table);
        }
        catch (HeliosException) when (!isDatabase)
        {
            return null;
        }

        Assert.True(isDatabase, "what has no CURRENT opened");
        SortedDictionary<long, string> rows = database.Rows();
        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
        Assert.Equal(0, database.Allocator.AllocatedBytes);
        return rows;
    }

    public async ValueTask DisposeAsync() => await _scheduler.RunUntilAsync(Database.DisposeAsync().AsTask());
}
