using System.Globalization;
using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine;

namespace Helios.Typed.Tests.Transactions;

/// <summary>Runs the steps of histories on a database with two small tables.</summary>
internal sealed class HistoryDatabase : IAsyncDisposable
{
    private static readonly TableDefinition[] _definitions = [.. Enumerable.Range(0, HistoryState.Tables).Select(Define)];

    private HistoryDatabase(EngineOptions options) => Database = new HeliosDatabase(options, options.Path);

    public HeliosDatabase Database { get; private set; }

    public static async Task<HistoryDatabase> OpenAsync(EngineOptions? options = null)
    {
        HistoryDatabase database = new(options ?? (TestDatabase.OptionsOn(new MemoryFileSystem()) with { MemtableBytes = 64 << 10 }));
        await database.Database.EngineAsync(TestDatabase.Token);
        return database;
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    /// <summary>Does a step within a transaction, and gives the answer.</summary>
    public static async Task<string> RunAsync(HeliosTransaction transaction, HistoryStep step)
    {
        CancellationToken token = TestDatabase.Token;
        HeliosTable table = transaction.Table(_definitions[step.Table]);
        switch (step.Kind)
        {
            case StepKind.Read:
                HeliosRow? row = await table.FindAsync(HeliosKey.Create(step.Argument), token);
                return row is null ? "none" : row.Get<long>("value").ToString(CultureInfo.InvariantCulture);
            case StepKind.Scan:
                return Describe(await table.ListAsync(new Column<long>("value") >= step.Argument, cancellationToken: token));
            case StepKind.Count:
                return (await table.CountAsync(cancellationToken: token)).ToString(CultureInfo.InvariantCulture);
            case StepKind.Nearest:
                IReadOnlyList<Hit<HeliosRow>> hits = await table.NearestAsync("place", new float[] { step.Argument, 0 }, HistoryState.NearestCount, cancellationToken: token);
                return Describe(hits.Select(hit => hit.Record));
            case StepKind.DeleteWhere:
                return (await table.DeleteAsync(new Column<long>("value") >= step.Argument, token)).ToString(CultureInfo.InvariantCulture);
            default:
                return await WriteAsync(table, step, token);
        }
    }

    private static async Task<string> WriteAsync(HeliosTable table, HistoryStep step, CancellationToken token)
    {
        HeliosRowBatch batch = new();
        HeliosRow row = new(table.Definition);
        row["id"] = step.Argument;
        row["value"] = step.Value;
        row["place"] = new float[] { HistoryState.PlaceOf(step.Value), 0 };
        _ = step.Kind switch
        {
            StepKind.Insert => batch.Insert(row),
            StepKind.Update => batch.Update(row),
            StepKind.Upsert => batch.Upsert(row),
            _ => batch.Delete(HeliosKey.Create(step.Argument)),
        };
        try
        {
            WriteResult result = await table.WriteAsync(batch, token);
            return step.Kind == StepKind.Delete ? result.Deleted.ToString(CultureInfo.InvariantCulture) : "written";
        }
        catch (HeliosDuplicateKeyException)
        {
            return "duplicate";
        }
        catch (HeliosKeyNotFoundException)
        {
            return "missing";
        }
    }

    private static string Describe(IEnumerable<HeliosRow> rows) => HistoryState.Describe(rows.Select(row => (row.Get<long>("id"), row.Get<long>("value"))));

    private static TableDefinition Define(int table) =>
        TableDefinition.Create($"table{table}")
            .Key("id", ColumnType.Int64)
            .Column("value", ColumnType.Int64)
            .Vector("place", new VectorColumnAttribute(2, Metric.Euclidean))
            .Build();
}
