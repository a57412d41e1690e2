using System.Diagnostics.CodeAnalysis;
using Helios.Typed.Engine;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Helios.Typed.Tests.Engine;

/// <summary>Drives an engine over one table of a key, a name and a vector, and opens it again on the same files.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    public const int Dimensions = 4;

    private readonly EngineOptions _options;

    private TestDatabase(EngineOptions options, TableDefinition definition)
    {
        _options = options;
        Declared = definition.Shape;
    }

    public DatabaseEngine Engine { get; private set; } = null!;

    public TableHandle Table { get; private set; } = null!;

    /// <summary>The table as it is declared when the database is opened again.</summary>
    public TableShape Declared { get; set; }

    public EngineOptions Options => _options;

    public NativeAllocator Allocator => _options.Allocator;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TableDefinition Points(
        ColumnType key = ColumnType.Int64, IndexKind index = IndexKind.Auto, bool assigned = true, string name = "points", int m = 8) =>
        TableDefinition.Create(name)
            .Key("id", key, assigned)
            .Column("name", ColumnType.Text)
            .Vector("place", new VectorColumnAttribute(Dimensions, Metric.Euclidean) { Index = index, M = m, EfConstruction = 40 }, nullable: true)
            .Build();

    public static EngineOptions OptionsOn(IFileSystem files, string path = "/data/db") => new()
    {
        Path = path,
        Files = files,
        Loggers = NullLoggerFactory.Instance,
        SegmentsPerTier = 4,
        LogRoomBytes = 32 << 10,
        NewId = static () => new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    };

    public static Task<TestDatabase> OpenAsync(IFileSystem? files = null, TableDefinition? definition = null) =>
        OpenAsync(OptionsOn(files ?? new MemoryFileSystem()), definition);

    public static async Task<TestDatabase> OpenAsync(EngineOptions options, TableDefinition? definition = null)
    {
        TestDatabase database = new(options, definition ?? Points());
        await database.StartAsync();
        return database;
    }

    public async Task ReopenAsync()
    {
        await Engine.DisposeAsync();
        Assert.Equal(0, Allocator.AllocatedBytes);
        await StartAsync();
    }

    public Task<WriteResult> InsertAsync(params (long Id, string Name)[] rows) => WriteAsync(WriteOperation.Insert, rows);

    public Task<WriteResult> UpsertAsync(params (long Id, string Name)[] rows) => WriteAsync(WriteOperation.Upsert, rows);

    public Task<WriteResult> UpdateAsync(params (long Id, string Name)[] rows) => WriteAsync(WriteOperation.Update, rows);

    public async Task<WriteResult> DeleteAsync(params long[] ids)
    {
        using TestBatch batch = NewBatch();
        foreach (long id in ids)
        {
            batch.Delete(id);
        }

        return await CommitAsync(batch);
    }

    public async Task<WriteResult> WriteAsync(WriteOperation operation, params (long Id, string Name)[] rows)
    {
        using TestBatch batch = NewBatch();
        foreach ((long id, string name) in rows)
        {
            batch.Write(operation, id, name);
        }

        return await CommitAsync(batch);
    }

    public TestBatch NewBatch() => new(Table.Schema);

    public async Task<WriteResult> CommitAsync(TestBatch batch) => await Engine.CommitAsync(Table, batch.Rows, Token);

    public string? Find(long id)
    {
        using TableSnapshot snapshot = Engine.OpenSnapshot(Table);
        return Find(snapshot, id);
    }

    [SuppressMessage("Performance", "CA1822", Justification = "Reads as a question to the database.")]
    public string? Find(TableSnapshot snapshot, long id)
    {
        if (!snapshot.TryFind(KeyCodec.Encode(TestBatch.KeyOf(snapshot.Schema, id)), out RowLocation location))
        {
            return null;
        }

        using RowCursor cursor = snapshot.Sources[location.Source].OpenCursor(snapshot.Schema);
        cursor.MoveTo(location.Ordinal);
        return cursor.Decode().ReadScalar<string>(1);
    }

    public SortedDictionary<long, string> Rows()
    {
        using TableSnapshot snapshot = Engine.OpenSnapshot(Table);
        return Rows(snapshot);
    }

    /// <summary>Reads what a snapshot shows, by scanning every source; a row seen twice is a failure.</summary>
    public static SortedDictionary<long, string> Rows(TableSnapshot snapshot)
    {
        SortedDictionary<long, string> rows = [];
        foreach (RowSource source in snapshot.Sources)
        {
            int count = source.RowCount;
            using RowCursor cursor = source.OpenCursor(snapshot.Schema);
            for (int ordinal = 0; ordinal < count; ordinal++)
            {
                if (source.IsVisible(ordinal, snapshot.Sequence))
                {
                    cursor.MoveTo(ordinal);
                    RowDecoder row = cursor.Decode();
                    string name = row.ReadScalar<string>(1);
                    rows.Add(row.Key.ToInt64(), name);
                    Assert.Equal(TestBatch.PlaceOf(name), row.ReadVector<float>(2));
                }
            }
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        if (Engine is not null)
        {
            await Engine.DisposeAsync();
        }
    }

    private async Task StartAsync()
    {
        Engine = await DatabaseEngine.OpenAsync(_options, Token);
        Table = Engine.Bind(Declared);
    }
}

/// <summary>Collects writes to the table of a <see cref="TestDatabase"/>.</summary>
internal sealed class TestBatch(TableSchema schema) : IDisposable
{
    private readonly RowEncoder _encoder = new(schema);

    public RowBatch Rows { get; } = new(schema);

    public static HeliosKey KeyOf(TableSchema schema, long id) =>
        schema.KeyType == ColumnType.Int32 ? HeliosKey.Create((int)id) : HeliosKey.Create(id);

    /// <summary>The vector of a row, made of its name, so that a reader can check it.</summary>
    public static float[] PlaceOf(string name)
    {
        int sum = name.Sum(c => c);
        return [name.Length, sum, -sum, sum % 7];
    }

    public TestBatch Write(WriteOperation operation, long id, string name)
    {
        _encoder.Begin();
        _encoder.WriteScalar(1, name);
        _encoder.WriteVector<float>(2, PlaceOf(name));
        _encoder.Complete();
        Rows.Write(operation, KeyOf(schema, id), _encoder);
        return this;
    }

    /// <summary>Gives the writes to an owner who disposes them, and disposes the rest.</summary>
    public RowBatch Take()
    {
        _encoder.Dispose();
        return Rows;
    }

    public TestBatch Delete(long id)
    {
        Rows.Delete(KeyOf(schema, id));
        return this;
    }

    public void Dispose()
    {
        _encoder.Dispose();
        Rows.Dispose();
    }
}
