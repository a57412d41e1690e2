using System.Diagnostics;
using Spectre.Console;

namespace Helios.Typed.Benchmarks.Ann;

/// <summary>Measures a vector index through the public store API, end to end.</summary>
/// <remarks>
/// 1. insert every row of the base file, durably, in batches;
/// 2. wait for the index;
/// 3. close and open again;
/// 4. for each beam: one pass over the queries to warm up, then passes until both their number and their time suffice.
/// </remarks>
internal sealed class AnnRun
{
    private const string KeyColumn = "id";
    private const string VectorColumn = "vector";
    private const int RowsPerBatch = 1_000;

    private readonly AnnSettings _settings;
    private readonly AnnProgress _progress;
    private readonly VectorFile<float> _base;
    private readonly float[][] _queries;
    private readonly int[][] _truth;
    private readonly TableDefinition _definition;

    /// <summary>Reads the queries and the truth, and checks that the files fit each other.</summary>
    /// <exception cref="InvalidDataException">They do not.</exception>
    public AnnRun(AnnSettings settings, IAnsiConsole console)
    {
        _settings = settings;
        _progress = new AnnProgress(console);
        _base = VectorFile<float>.Open(settings.Base);
        _queries = [.. VectorFile<float>.Open(settings.Queries).ReadRows()];
        _truth = [.. VectorFile<int>.Open(settings.Truth).ReadRows()];
        if (_queries[0].Length != _base.Dimensions || _truth.Length != _queries.Length || _truth[0].Length < settings.K)
        {
            throw new InvalidDataException($"The files do not fit: base has {_base.Dimensions} dimensions, {_queries.Length} queries have {_queries[0].Length}, and {_truth.Length} rows of truth name {_truth[0].Length} neighbors where k is {settings.K}.");
        }

        _definition = TableDefinition.Create("vectors")
            .Key(KeyColumn, ColumnType.Int32, assigned: false)
            .Vector(VectorColumn, new VectorColumnAttribute(_base.Dimensions, settings.Metric)
            {
                Index = settings.Index,
                M = settings.M,
                EfConstruction = settings.EfConstruction,
                Quantization = settings.Quantization,
            })
            .Build();
    }

    /// <summary>Runs the benchmark, and removes the database unless it is to be kept.</summary>
    public async Task<AnnReport> RunAsync(CancellationToken cancellationToken)
    {
        if (_settings.Path == HeliosDatabaseOptions.InMemory)
        {
            await using HeliosDatabase memory = await OpenAsync(_settings.Path, cancellationToken);
            AnnReport built = await FillAsync(memory, cancellationToken);
            return await MeasureAsync(memory, built, cancellationToken);
        }

        // A folder of its own, so that the same command can be given again.
        string path = Path.Combine(_settings.Path, $"ann-{Guid.CreateVersion7():N}.helios");
        try
        {
            return await RunOnDiskAsync(path, cancellationToken);
        }
        finally
        {
            if (!_settings.Keep && Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
        }
    }

    private async Task<AnnReport> RunOnDiskAsync(string path, CancellationToken cancellationToken)
    {
        HeliosDatabase built = await OpenAsync(path, cancellationToken);
        AnnReport report;
        Stopwatch reopening = new();
        await using (built)
        {
            report = await FillAsync(built, cancellationToken);
            reopening.Start();
        }

        reopening.Stop();
        report = report with { DiskBytes = DatabaseFiles.BytesByKind(path) };

        // The resident size that is reported is the reopened database's: what the build left must not count.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        reopening.Start();
        await using HeliosDatabase reopened = await OpenAsync(path, cancellationToken);
        reopening.Stop();
        report = report with { OpenMs = Math.Round(reopening.Elapsed.TotalMilliseconds, 1) };
        return await MeasureAsync(reopened, report, cancellationToken);
    }

    private Task<HeliosDatabase> OpenAsync(string path, CancellationToken cancellationToken) =>
        HeliosDatabase.OpenAsync(path, options => options.IndexingThreads = _settings.BuildThreads, cancellationToken: cancellationToken);

    private async Task<AnnReport> FillAsync(HeliosDatabase database, CancellationToken cancellationToken)
    {
        HeliosTable table = database.Table(_definition);
        long start = Stopwatch.GetTimestamp();
        await _progress.RunAsync("insert", _base.Rows, report => InsertAsync(table, report, cancellationToken));
        TimeSpan inserting = Stopwatch.GetElapsedTime(start);

        start = Stopwatch.GetTimestamp();
        await _progress.RunAsync("index", _base.Rows, report => table.WaitForIndexingAsync(new IndexingReporter(report), cancellationToken));
        TimeSpan building = Stopwatch.GetElapsedTime(start);

        return new AnnReport
        {
            Rows = _base.Rows,
            Dims = _base.Dimensions,
            Metric = AnnNames.Of(_settings.Metric),
            Index = AnnNames.Of(_settings.Index),
            Quantization = AnnNames.Of(_settings.Quantization),
            InsertRowsPerSecond = Math.Round(_base.Rows / inserting.TotalSeconds),
            BuildSeconds = Math.Round(building.TotalSeconds, 3),
            BuildThreads = _settings.BuildThreads,
        };
    }

    private async Task InsertAsync(HeliosTable table, Action<long> report, CancellationToken cancellationToken)
    {
        HeliosRowBatch batch = new();
        int row = 0;
        foreach (float[] vector in _base.ReadRows())
        {
            batch.Insert(new HeliosRow(_definition) { [KeyColumn] = row++, [VectorColumn] = vector });
            if (batch.Count == RowsPerBatch || row == _base.Rows)
            {
                await table.WriteAsync(batch, cancellationToken);
                batch.Clear();
                report(row);
            }
        }
    }

    private async Task<AnnReport> MeasureAsync(HeliosDatabase database, AnnReport report, CancellationToken cancellationToken)
    {
        HeliosTable table = database.Table(_definition);
        long start = Stopwatch.GetTimestamp();
        await SearchAsync(table, query: 0, ef: 0, cancellationToken);
        TimeSpan firstQuery = Stopwatch.GetElapsedTime(start);

        // An exact scan has no beam: one point says all.
        IReadOnlyList<int> beams = _settings.Index == IndexKind.Flat ? [0] : _settings.Ef;
        List<AnnPoint> points = [];
        await _progress.RunAsync("query", beams.Count, async tell =>
        {
            foreach (int ef in beams)
            {
                AnnPointMeasurement point = new((query, token) => SearchAsync(table, query, ef, token), _truth, _settings.K, _settings.QueryThreads);
                points.Add(await point.RunAsync(ef, cancellationToken));
                tell(points.Count);
            }
        });

        return report with
        {
            FirstQueryMs = Math.Round(firstQuery.TotalMilliseconds, 3),
            RssMb = Math.Round(ProcessMemory.ResidentMb(), 1),
            PeakRssMb = Math.Round(ProcessMemory.PeakResidentMb(), 1),
            Points = points,
        };
    }

    private async ValueTask<IReadOnlyList<int>> SearchAsync(HeliosTable table, int query, int ef, CancellationToken cancellationToken)
    {
        IReadOnlyList<Hit<HeliosKey>> hits = await table.NearestKeysAsync(
            VectorColumn, _queries[query], _settings.K, efSearch: ef > 0 ? ef : null, cancellationToken: cancellationToken);
        int[] rows = new int[hits.Count];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = hits[i].Record.ToInt32();
        }

        return rows;
    }

    private sealed class IndexingReporter(Action<long> report) : IProgress<IndexingProgress>
    {
        public void Report(IndexingProgress value) => report(value.IndexedRows);
    }
}
