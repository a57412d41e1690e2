using Helios.Typed.Tests.Engine;
using Helios.Typed.Tests.Engine.Rot;

namespace Helios.Typed.Tests.Format;

/// <summary>Writes a database in which nothing is left to chance, and knows what it should hold.</summary>
internal sealed class GoldenWriter : IAsyncDisposable
{
    private readonly ImageFiles _files = new([]);
    private readonly DeterministicScheduler _scheduler = new();
    private readonly ManualClock _clock = new();
    private readonly Dictionary<string, Dictionary<object, Dictionary<string, object?>>> _tables = [];
    private HeliosDatabase _database;

    public GoldenWriter() => _database = Open();

    /// <summary>The rows that the tables should hold, by table and key.</summary>
    public Dictionary<object, Dictionary<string, object?>> RowsOf(string table)
    {
        if (!_tables.TryGetValue(table, out Dictionary<object, Dictionary<string, object?>>? rows))
        {
            _tables.Add(table, rows = []);
        }

        return rows;
    }

    /// <summary>Says that a table is gone, or has another name.</summary>
    public void Rename(string table, string? to)
    {
        _tables.Remove(table, out Dictionary<object, Dictionary<string, object?>>? rows);
        if (to is not null)
        {
            _tables.Add(to, rows!);
        }
    }

    public Task UpsertAsync(TableDefinition table, params object?[][] rows)
    {
        HeliosRowBatch batch = Batch(table, rows);
        return RunAsync(database => database.Table(table).WriteAsync(batch, TestDatabase.Token).AsTask());
    }

    public Task DeleteAsync(TableDefinition table, params object[] keys)
    {
        HeliosRowBatch batch = new();
        foreach (object key in keys)
        {
            RowsOf(table.Name).Remove(key);
            batch.Delete(KeyOf(key));
        }

        return RunAsync(database => database.Table(table).WriteAsync(batch, TestDatabase.Token).AsTask());
    }

    /// <summary>Writes to two tables in one commit.</summary>
    public Task UpsertTogetherAsync(TableDefinition one, object?[][] rowsOfOne, TableDefinition two, object?[][] rowsOfTwo)
    {
        HeliosRowBatch first = Batch(one, rowsOfOne);
        HeliosRowBatch second = Batch(two, rowsOfTwo);
        return RunAsync(database => database.RunInTransactionAsync(
            async (transaction, token) =>
            {
                await transaction.Table(one).WriteAsync(first, token);
                await transaction.Table(two).WriteAsync(second, token);
            },
            cancellationToken: TestDatabase.Token));
    }

    public Task CheckpointAsync() => RunAsync(database => database.CheckpointAsync(TestDatabase.Token));

    public async Task RunAsync(Func<HeliosDatabase, Task> work)
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        await _scheduler.RunUntilAsync(work(_database));
    }

    public async Task ReopenAsync()
    {
        await DisposeAsync();
        _database = Open();
    }

    /// <summary>Gives the files as they now are, without the lock's, and the rows as text.</summary>
    public (SortedDictionary<string, byte[]> Files, string[] Rows) Take()
    {
        SortedDictionary<string, byte[]> files = ImageFiles.Take(_files);
        files.Remove("LOCK");
        files.Remove("LOCK.holder");
        IEnumerable<string> rows = _tables.SelectMany(table => table.Value.Values.Select(row => RowText.Of(table.Key, row.Select(cell => (cell.Key, cell.Value)))));
        return (files, [.. rows.Order(StringComparer.Ordinal)]);
    }

    public async ValueTask DisposeAsync() => await _scheduler.RunUntilAsync(_database.DisposeAsync().AsTask());

    private static HeliosKey KeyOf(object key) => key switch
    {
        int number => HeliosKey.Create(number),
        long number => HeliosKey.Create(number),
        Guid id => HeliosKey.Create(id),
        _ => HeliosKey.Create((string)key),
    };

    // A row is its values in the order of the columns; what is left out at the end is null.
    private HeliosRowBatch Batch(TableDefinition table, object?[][] rows)
    {
        HeliosRowBatch batch = new();
        foreach (object?[] values in rows)
        {
            HeliosRow row = new(table);
            Dictionary<string, object?> expected = [];
            for (int i = 0; i < table.Shape.Columns.Count; i++)
            {
                string column = table.Shape.Columns[i].Name;
                row[column] = expected[column] = values.ElementAtOrDefault(i);
            }

            RowsOf(table.Name)[values[0]!] = expected;
            batch.Upsert(row);
        }

        return batch;
    }

    private HeliosDatabase Open() => new(
        TestDatabase.OptionsOn(_files, ImageFiles.Directory) with { Background = _scheduler, Clock = _clock, Seed = 42, ChangeRetentionBytes = 1 << 20 },
        ImageFiles.Directory);
}
