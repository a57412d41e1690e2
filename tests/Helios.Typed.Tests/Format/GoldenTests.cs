using System.Globalization;
using System.Text.Json;
using Helios.Typed.Tests.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Format;

/// <summary>Opens the databases that this version and those before it wrote, and reads all that is in them.</summary>
public sealed class GoldenTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string, string> Kept
    {
        get
        {
            TheoryData<string, string> kept = [];
            foreach (GoldenDirectory golden in GoldenDirectory.All)
            {
                kept.Add(golden.Version, golden.Name);
            }

            return kept;
        }
    }

    public static TheoryData<string> Written => [.. GoldenDatabases.Tables.Keys];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Every_golden_database_of_this_version_is_kept() =>
        Assert.Equal(GoldenDatabases.Tables.Keys.Order(), GoldenDirectory.All.Where(golden => golden.Version == GoldenDirectory.CurrentVersion).Select(golden => golden.Name));

    [Theory]
    [MemberData(nameof(Written))]
    public async Task What_is_written_now_is_read_by_the_documents_alone(string name)
    {
        (SortedDictionary<string, byte[]> files, string[] rows) = await GoldenDatabases.WriteAsync(name);
        new GoldenDirectory(GoldenDirectory.CurrentVersion, name).KeepIfAsked(files, rows);

        Assert.Equal(rows, RowsOf(DirectoryReader.Read(files)));
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public void It_is_read_by_the_documents_alone(string version, string name)
    {
        GoldenDirectory golden = new(version, name);

        Assert.Equal(golden.Rows, RowsOf(DirectoryReader.Read(golden.Files)));
    }

    [Fact]
    public void Between_them_the_golden_databases_have_everything_that_the_documents_name()
    {
        DirectoryReader[] read = [.. GoldenDirectory.All.Where(golden => golden.Version == "v1").Select(golden => DirectoryReader.Read(golden.Files))];

        Assert.Equal([1, 2, 3, 4, 6, 7, 8], read.SelectMany(reader => reader.Operations.Keys).Distinct().Order());
        StoredColumn[] columns = [.. read.SelectMany(reader => reader.Tables).SelectMany(table => table.Shape.Columns)];
        Assert.Equal(Enumerable.Range(1, 23), columns.Where(column => !column.IsList).Select(column => (int)column.Type).Distinct().Order());
        Assert.Equal(Enumerable.Range(1, 21), columns.Where(column => column.IsList).Select(column => (int)column.Type).Distinct().Order());
        Assert.Contains(columns, column => column.IsDropped);
        Assert.Contains(columns, column => column.Missing is not null);
        StoredSegment[] segments = [.. read.SelectMany(reader => reader.Manifest.Segments)];
        Assert.Equal([1, 2], segments.SelectMany(segment => segment.Sidecars).Select(sidecar => (int)sidecar.Kind).Distinct().Order());
        Assert.Contains(segments.GroupBy(segment => segment.Table), table => table.Count() > 1);
        Assert.Contains(read, reader => reader.Manifest.RetainedLogs.Count > 1);
        Assert.Contains(read, reader => reader.Manifest.NextTableId > reader.Manifest.Tables.Max(table => table.Id) + 1);
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public void The_logs_that_are_kept_tell_all_that_the_segments_hold(string version, string name)
    {
        GoldenDirectory golden = new(version, name);

        var logs = DirectoryReader.ReadLogsAlone(golden.Files);

        Assert.Equal(golden.Rows, RowsOf(logs));
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public async Task It_is_opened_to_read_and_left_as_it_is(string version, string name)
    {
        GoldenDirectory golden = new(version, name);
        golden.CopyTo(_directory.Path);
        await File.WriteAllBytesAsync(Path.Combine(_directory.Path, "LOCK"), [], Token);
        await using (HeliosDatabase database = await HeliosDatabase.OpenAsync(_directory.Path, options => options.ReadOnly = true, cancellationToken: Token))
        {
            await AssertHoldsAsync(database, name, golden.Rows);
        }

        foreach ((string file, byte[] bytes) in golden.Files)
        {
            Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(_directory.Path, file), Token));
        }
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public async Task It_is_opened_to_write_verified_merged_and_opened_again(string version, string name)
    {
        GoldenDirectory golden = new(version, name);
        golden.CopyTo(_directory.Path);
        string[] rows = golden.Rows;
        await using (HeliosDatabase database = await HeliosDatabase.OpenAsync(_directory.Path, cancellationToken: Token))
        {
            await AssertHoldsAsync(database, name, rows);
            VerificationReport report = await database.VerifyAsync(cancellationToken: Token);
            Assert.Empty(report.Problems);

            // Every row is written once more, so that each goes through this version's own format.
            foreach (TableDefinition table in GoldenDatabases.Tables[name])
            {
                HeliosRowBatch batch = new();
                foreach (HeliosRow row in await database.Table(table).ListAsync(take: 3, cancellationToken: Token))
                {
                    batch.Update(row);
                }

                await database.Table(table).WriteAsync(batch, Token);
            }

            await AssertHoldsAsync(database, name, rows);
        }

        await using HeliosDatabase again = await HeliosDatabase.OpenAsync(_directory.Path, cancellationToken: Token);
        await AssertHoldsAsync(again, name, rows);
        await again.CheckpointAsync(Token);
        await again.WaitForIndexingAsync(cancellationToken: Token);
        await AssertHoldsAsync(again, name, rows);
        Assert.Empty((await again.VerifyAsync(cancellationToken: Token)).Problems);
    }

    [Fact]
    public async Task Changes_are_read_from_the_logs_that_were_kept()
    {
        new GoldenDirectory("v1", "transactions").CopyTo(_directory.Path);
        await using HeliosDatabase database = await HeliosDatabase.OpenAsync(_directory.Path, cancellationToken: Token);

        List<Change<HeliosRow>> changes = await database.Table(GoldenDatabases.Tables["transactions"][1]).ChangesAsync(cancellationToken: Token).ToListAsync(Token);

        Assert.Equal(10, changes.Count(change => change.Record is not null));
        Assert.Equal(3, changes.Count(change => change.Record is null));
    }

    private static string[] RowsOf(DirectoryReader reader) => [.. reader.Tables.SelectMany(table => table.ToText()).Order(StringComparer.Ordinal)];

    private static async Task AssertHoldsAsync(HeliosDatabase database, string name, string[] expected)
    {
        List<string> scanned = [];
        List<string> found = [];
        foreach (TableDefinition definition in GoldenDatabases.Tables[name])
        {
            HeliosTable table = database.Table(definition);
            foreach (HeliosRow row in await table.ListAsync(cancellationToken: Token))
            {
                scanned.Add(TextOf(row));
                found.Add(TextOf((await table.FindAsync(row.Key, Token))!));
            }

            foreach (string column in definition.Shape.Columns.Where(column => column.Vector is not null).Select(column => column.Name))
            {
                await AssertFindsNearestAsync(table, column, expected);
            }
        }

        Assert.Equal(expected, scanned.Order(StringComparer.Ordinal));
        Assert.Equal(expected, found.Order(StringComparer.Ordinal));
    }

    private static string TextOf(HeliosRow row) => RowText.Of(row.Definition.Name, row.Definition.Shape.Columns.Select(column => (column.Name, row[column.Name])));

    private static async Task AssertFindsNearestAsync(HeliosTable table, string column, string[] expected)
    {
        Schema.ColumnShape shape = table.Definition.Shape.Columns[table.Definition.Shape.IndexOf(column)];
        float[] query = [.. Enumerable.Range(1, shape.Vector!.Dimensions).Select(i => 0.25f * i)];
        string[] nearest = [.. VectorsOf(table.Definition, column, expected).OrderBy(row => Distance(shape.Vector.Metric, query, row.Vector)).Take(5).Select(row => row.Key)];
        Assert.NotEmpty(nearest);
        foreach (bool exact in (bool[])[true, false])
        {
            IReadOnlyList<Hit<HeliosRow>> hits = shape.Type == ColumnType.HalfVector
                ? await table.NearestHalfAsync(column, query.Select(element => (Half)element).ToArray(), 5, exact: exact, cancellationToken: Token)
                : await table.NearestAsync(column, query, 5, exact: exact, cancellationToken: Token);
            Assert.Equal(nearest, hits.Select(hit => TextOf(hit.Record)));
        }
    }

    private static IEnumerable<(string Key, double[] Vector)> VectorsOf(TableDefinition table, string column, string[] lines)
    {
        foreach (string line in lines)
        {
            var document = JsonElement.Parse(line);
            JsonElement vector = document.GetProperty("table").GetString() == table.Name ? document.GetProperty("row").GetProperty(column) : default;
            if (vector.ValueKind == JsonValueKind.Array)
            {
                yield return (line, [.. vector.EnumerateArray().Select(element => double.Parse(element.GetString()!, CultureInfo.InvariantCulture))]);
            }
        }
    }

    private static double Distance(Metric metric, float[] query, double[] vector)
    {
        double dot = query.Zip(vector, (a, b) => a * b).Sum();
        return metric switch
        {
            Metric.Cosine => -dot / Math.Sqrt(vector.Sum(element => element * element)),
            Metric.Euclidean => query.Zip(vector, (a, b) => (a - b) * (a - b)).Sum(),
            _ => -dot,
        };
    }
}
