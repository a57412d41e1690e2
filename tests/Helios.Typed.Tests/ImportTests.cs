using System.Runtime.CompilerServices;
using Helios.Typed.Storage.Files;
using Helios.Typed.TestKit.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests;

public sealed class ImportTests
{
    private static readonly TableDefinition _points = TableDefinition.Create("points")
        .Key("id", ColumnType.Int64, assigned: false)
        .Column("name", ColumnType.Text)
        .Vector("place", new VectorColumnAttribute(2, Metric.Euclidean))
        .Build();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_record_is_written_and_progress_tells_rate_and_time_left()
    {
        ManualClock clock = new();
        await using HeliosDatabase database = Open(new MemoryFileSystem(), clock: clock);
        HeliosTable points = database.Table(_points);
        List<ImportProgress> told = [];

        ImportResult result = await points.ImportAsync(
            Tick(Rows(25), clock), new Told<ImportProgress>(told.Add), new ImportOptions { BatchRows = 10, TotalRows = 25 }, Token);

        Assert.Equal((25, TimeSpan.FromSeconds(25)), (result.Imported, result.Elapsed));
        Assert.Equal(25, await points.CountAsync(cancellationToken: Token));
        Assert.Equal([10, 20, 25], told.Select(progress => progress.Rows));
        Assert.All(told, progress => Assert.Equal(progress.Rows / progress.Elapsed.TotalSeconds, progress.RowsPerSecond, 1e-9));
        Assert.Equal(15 / told[0].RowsPerSecond, told[0].Remaining!.Value.TotalSeconds, 1e-6);
        Assert.Equal(TimeSpan.Zero, told[2].Remaining);
        Assert.True(result.Sequence >= 3);
    }

    [Fact]
    public async Task Records_beyond_the_bytes_of_a_batch_begin_another()
    {
        await using HeliosDatabase database = Open(new MemoryFileSystem());
        List<ImportProgress> told = [];

        await database.Table(_points).ImportAsync(Rows(10), new Told<ImportProgress>(told.Add), new ImportOptions { BatchBytes = 1 }, Token);

        Assert.Equal(10, told.Count);
    }

    [Fact]
    public async Task A_record_that_cannot_be_stored_is_named_and_those_before_it_are_durable()
    {
        await using HeliosDatabase database = Open(new MemoryFileSystem());
        HeliosTable points = database.Table(_points);
        HeliosRow[] rows = [.. Rows(25)];
        rows[13]["name"] = null;

        HeliosImportException error = await Assert.ThrowsAsync<HeliosImportException>(
            () => points.ImportAsync(rows, options: new ImportOptions { BatchRows = 10 }, cancellationToken: Token));

        Assert.Equal((13, 13L), (error.Imported, error.Position));
        Assert.Contains("record 14 cannot be stored", error.Message, StringComparison.Ordinal);
        Assert.Contains("Column 'name'", error.Message, StringComparison.Ordinal);
        Assert.Equal(13, await points.CountAsync(cancellationToken: Token));
        rows[13]["name"] = "mended";
        ImportResult rest = await points.ImportAsync(rows.Skip((int)error.Imported), options: new ImportOptions { Mode = ImportMode.Insert }, cancellationToken: Token);
        Assert.Equal(12, rest.Imported);
        Assert.Equal(25, await points.CountAsync(cancellationToken: Token));
    }

    [Fact]
    public async Task A_key_that_is_there_stops_an_insert_at_its_batch_and_not_an_upsert()
    {
        await using HeliosDatabase database = Open(new MemoryFileSystem());
        HeliosTable points = database.Table(_points);
        await points.ImportAsync(Rows(30).Skip(14).Take(1), cancellationToken: Token);

        HeliosImportException error = await Assert.ThrowsAsync<HeliosImportException>(
            () => points.ImportAsync(Rows(30), options: new ImportOptions { BatchRows = 10, Mode = ImportMode.Insert }, cancellationToken: Token));

        Assert.IsType<HeliosDuplicateKeyException>(error.InnerException);
        Assert.Equal((10, null), (error.Imported, error.Position));
        Assert.Equal(11, await points.CountAsync(cancellationToken: Token));
        Assert.Equal(30, (await points.ImportAsync(Rows(30), cancellationToken: Token)).Imported);
    }

    [Fact]
    public async Task A_source_that_fails_leaves_what_it_gave()
    {
        await using HeliosDatabase database = Open(new MemoryFileSystem());
        HeliosTable points = database.Table(_points);

        HeliosImportException error = await Assert.ThrowsAsync<HeliosImportException>(
            () => points.ImportAsync(Failing(Token), options: new ImportOptions { BatchRows = 3 }, cancellationToken: Token));

        Assert.Equal((7, null), (error.Imported, error.Position));
        Assert.Contains("the source of the records failed after 7", error.Message, StringComparison.Ordinal);
        Assert.Equal(7, await points.CountAsync(cancellationToken: Token));

        static async IAsyncEnumerable<HeliosRow> Failing([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (HeliosRow row in Rows(7))
            {
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
                yield return row;
            }

            throw new FormatException("line 8 is no JSON");
        }
    }

    [Fact]
    public async Task A_cancelled_import_says_where_to_go_on()
    {
        await using HeliosDatabase database = Open(new MemoryFileSystem());
        HeliosTable points = database.Table(_points);
        using CancellationTokenSource stop = new();

        HeliosImportCanceledException error = await Assert.ThrowsAsync<HeliosImportCanceledException>(
            () => points.ImportAsync(Rows(100), new Told<ImportProgress>(progress => StopAt(progress.Rows)), new ImportOptions { BatchRows = 10 }, stop.Token));

        Assert.Equal(stop.Token, error.CancellationToken);
        Assert.InRange(error.Imported, 30, 99);
        Assert.Equal(error.Imported, await points.CountAsync(cancellationToken: Token));
        Assert.Equal(100 - error.Imported, (await points.ImportAsync(Rows(100).Skip((int)error.Imported), options: new ImportOptions { Mode = ImportMode.Insert }, cancellationToken: Token)).Imported);

        void StopAt(long rows)
        {
            if (rows >= 30)
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public async Task Options_that_cannot_be_are_named_all_at_once()
    {
        await using HeliosDatabase database = Open(new MemoryFileSystem());

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => database.Table(_points).ImportAsync(
            Rows(1), options: new ImportOptions { BatchRows = 0, BatchBytes = 0, TotalRows = -1, Mode = (ImportMode)9 }, cancellationToken: Token));

        foreach (string option in new[] { "BatchRows is 0", "BatchBytes is 0", "TotalRows is -1", "Mode is 9" })
        {
            Assert.Contains(option, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(Durability.Full)]
    [InlineData(Durability.None)]
    public async Task Power_lost_during_any_operation_leaves_the_beginning_and_at_least_what_was_reported(Durability durability)
    {
        SimulatedFileSystem files = new();
        List<(long Rows, long Operation)> reported = [(0, 0)];
        await using (HeliosDatabase database = Open(files, durability))
        {
            Told<ImportProgress> progress = new(told => reported.Add((told.Rows, files.OperationCount)));
            await database.Table(_points).ImportAsync(Rows(12), progress, new ImportOptions { BatchRows = 3 }, Token);
        }

        CrashPolicy[] policies = Enum.GetValues<CrashPolicy>();
        for (long operation = 1; operation <= files.OperationCount + 1; operation++)
        {
            SimulatedFileSystem survivor = files.CrashAt(operation, policies[operation % policies.Length], (int)operation);
            await using HeliosDatabase database = Open(survivor);
            IReadOnlyList<HeliosRow> rows = await database.Table(_points).ListAsync(cancellationToken: Token);
            Assert.Equal(Enumerable.Range(1, rows.Count).Select(id => (object)(long)id), rows.Select(row => row["id"]));
            Assert.InRange(rows.Count, reported.Last(report => report.Operation < operation).Rows, 12);
        }
    }

    private static IEnumerable<HeliosRow> Rows(int count) => Enumerable.Range(1, count).Select(id =>
        new HeliosRow(_points) { ["id"] = (long)id, ["name"] = $"row {id}", ["place"] = new float[] { id, 0 } });

    private static IEnumerable<HeliosRow> Tick(IEnumerable<HeliosRow> rows, ManualClock clock)
    {
        foreach (HeliosRow row in rows)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            yield return row;
        }
    }

    private static HeliosDatabase Open(IFileSystem files, Durability durability = Durability.Full, TimeProvider? clock = null) =>
        new(TestDatabase.OptionsOn(files) with { Durability = durability, Clock = clock ?? TimeProvider.System }, "/data/db");

    private sealed class Told<T>(Action<T> tell) : IProgress<T>
    {
        public void Report(T value) => tell(value);
    }
}
