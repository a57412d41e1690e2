using Helios.Typed.Engine;
using Helios.Typed.Records;
using Helios.Typed.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Helios.Typed.Tests.Engine.Rot;

/// <summary>Writes a small database that has some of everything, and knows what it holds after each of its last commits.</summary>
/// <remarks>
/// Two tables. <c>places</c> has a segment with a graph, deletions beside it, a second segment and rows that are only in the log;
/// its texts, numbers, lists and vectors are null now and then. <c>notes</c> has text keys and half vectors under cosine. The
/// manifest has several edits.
/// </remarks>
internal sealed class RotDatabase
{
    public const int LastKey = 90;

    private readonly SortedDictionary<long, int> _places = [];
    private readonly SortedDictionary<string, int> _notes = new(StringComparer.Ordinal);

    private RotDatabase()
    {
    }

    public static TableDefinition Places { get; } = TableDefinition.Create("places")
        .Key("id", ColumnType.Int64)
        .Column("name", ColumnType.Text, indexed: true, nullable: true)
        .Column("number", ColumnType.Int32, nullable: true)
        .Column("tags", ColumnType.Text, list: true, nullable: true)
        .Vector("place", new VectorColumnAttribute(4, Metric.Euclidean) { Index = IndexKind.Hnsw, M = 2, EfConstruction = 40, EfSearch = 3 }, nullable: true)
        .Build();

    public static TableDefinition Notes { get; } = TableDefinition.Create("notes")
        .Key("title", ColumnType.Text)
        .Column("body", ColumnType.Text)
        .Column("done", ColumnType.Boolean)
        .Vector("meaning", new VectorColumnAttribute(3, Metric.Cosine) { Index = IndexKind.Flat }, half: true)
        .Build();

    /// <summary>The files after a clean closing.</summary>
    public SortedDictionary<string, byte[]> Closed { get; private set; } = null!;

    /// <summary>The files as a process that died left them, everything synced.</summary>
    public SortedDictionary<string, byte[]> Crashed { get; private set; } = null!;

    /// <summary>What the tables hold after each commit that is only in the log, oldest first; the first is what segments hold.</summary>
    public List<RotState> States { get; } = [];

    public static EngineOptions OptionsOn(IFileSystem files, TaskScheduler background) => new()
    {
        Path = ImageFiles.Directory,
        Files = files,
        Loggers = NullLoggerFactory.Instance,
        Background = background,
        LogRoomBytes = 32 << 10,
        Clock = new ManualClock(),
        NewId = static () => new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    };

    public static async Task<RotDatabase> WriteAsync()
    {
        RotDatabase database = new();
        ImageFiles files = new([]);
        DeterministicScheduler scheduler = new();
        DatabaseEngine engine = await DatabaseEngine.OpenAsync(OptionsOn(files, scheduler), TestDatabase.Token);
        await database.RunAsync(engine, scheduler);
        database.Crashed = ImageFiles.Take(files);
        await scheduler.RunUntilAsync(engine.DisposeAsync().AsTask());
        database.Closed = ImageFiles.Take(files);
        foreach (SortedDictionary<string, byte[]> image in (SortedDictionary<string, byte[]>[])[database.Crashed, database.Closed])
        {
            // They hold nothing, and the holder's name is this machine's.
            image.Remove(FileNames.Lock);
            image.Remove(FileNames.LockHolder);
        }

        return database;
    }

    public static string NameOf(long key, int version) => $"name {(key + version) % 7}";

    private async Task RunAsync(DatabaseEngine engine, DeterministicScheduler scheduler)
    {
        TableHandle places = engine.Bind(Places.Shape);
        TableHandle notes = engine.Bind(Notes.Shape);
        await WritePlacesAsync(engine, places, [.. Enumerable.Range(1, 60)], []);
        await scheduler.RunUntilAsync(engine.WaitForIndexingAsync(null, null, TestDatabase.Token));
        await WriteNotesAsync(engine, notes, ["a", "b\0c", "déjà", "z"], []);
        await WritePlacesAsync(engine, places, [3, 4, 61, 62, 63, 64, 65, 66], [10, 11, 50]);
        await scheduler.RunUntilAsync(engine.CheckpointAsync(TestDatabase.Token));
        States.Add(Now());
        await WritePlacesAsync(engine, places, [70, 5, 61], [12]);
        await WriteNotesAsync(engine, notes, ["a", "new"], ["z"]);
        await WritePlacesAsync(engine, places, [71], [70, 62]);
        await WritePlacesAsync(engine, places, [72], []);
    }

    private async Task WritePlacesAsync(DatabaseEngine engine, TableHandle table, long[] written, long[] deleted)
    {
        using RowBatch batch = new(table.Schema);
        using RowEncoder row = new(table.Schema);
        foreach (long key in written)
        {
            int version = _places.GetValueOrDefault(key) + 1;
            _places[key] = version;
            row.Begin();
            if (key % 6 != 0)
            {
                row.WriteScalar(1, NameOf(key, version));
            }

            if (key % 5 != 0)
            {
                row.WriteScalar(2, (int)key * version);
            }

            row.WriteList(3, key % 4 == 0 ? [] : (string[])[$"tag {key}", "ü"]);
            if (key % 9 != 0)
            {
                row.WriteVector<float>(4, [key, key * key % 17, version, -key]);
            }

            row.Complete();
            batch.Write(WriteOperation.Upsert, HeliosKey.Create(key), row);
        }

        foreach (long key in deleted)
        {
            Assert.True(_places.Remove(key));
            batch.Delete(HeliosKey.Create(key));
        }

        await CommitAsync(engine, table, batch);
    }

    private async Task WriteNotesAsync(DatabaseEngine engine, TableHandle table, string[] written, string[] deleted)
    {
        using RowBatch batch = new(table.Schema);
        using RowEncoder row = new(table.Schema);
        foreach (string title in written)
        {
            int version = _notes.GetValueOrDefault(title) + 1;
            _notes[title] = version;
            row.Begin();
            row.WriteScalar(1, $"the body of {title}, version {version}");
            row.WriteScalar(2, version % 2 == 0);
            row.WriteVector<Half>(3, [(Half)title.Length, (Half)version, (Half)(-1)]);
            row.Complete();
            batch.Write(WriteOperation.Upsert, HeliosKey.Create(title), row);
        }

        foreach (string title in deleted)
        {
            Assert.True(_notes.Remove(title));
            batch.Delete(HeliosKey.Create(title));
        }

        await CommitAsync(engine, table, batch);
    }

    private async Task CommitAsync(DatabaseEngine engine, TableHandle table, RowBatch batch)
    {
        await engine.CommitAsync(table, batch, TestDatabase.Token);
        if (States.Count > 0)
        {
            States.Add(Now());
        }
    }

    private RotState Now() => new(new SortedDictionary<long, int>(_places), new SortedDictionary<string, int>(_notes, StringComparer.Ordinal));
}

/// <summary>Is what the tables hold: the version of each key.</summary>
internal sealed record RotState(SortedDictionary<long, int> Places, SortedDictionary<string, int> Notes);
