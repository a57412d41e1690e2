using System.Diagnostics;
using Helios.Typed.Benchmarks.Ann;
using Helios.Typed.Engine;

namespace Helios.Typed.Benchmarks.Opening;

/// <summary>Measures one opening, in a process that has done nothing before.</summary>
internal static class OpenMeasurement
{
    private static readonly TimeSpan _longestLoad = TimeSpan.FromMinutes(1);

    public static async Task<OpenReport> RunAsync(OpenSettings settings, long budget, CancellationToken cancellationToken)
    {
        TableDefinition definition = OpenTable.Define(settings);
        SyntheticVectors vectors = new(settings.Dimensions);
        float[][] queries = [.. Enumerable.Range(0, OpenTable.Queries).Select(query => OpenTable.QueryOf(vectors, query))];
        long start = Stopwatch.GetTimestamp();
        await using HeliosDatabase database = await OpenAsync(settings, budget, cancellationToken);
        double openMs = Lap(ref start);
        DatabaseEngine engine = await database.EngineAsync(cancellationToken);
        HeliosTable table = database.Table(definition);
        if (settings.LogBytes > 0)
        {
            return Fill(new OpenReport { BudgetBytes = budget, OpenMs = openMs, Replayed = engine.Recovery.Rows }, engine);
        }

        start = Stopwatch.GetTimestamp();
        await RequireRowAsync(table, settings, cancellationToken);
        double keyMs = Lap(ref start);
        await SearchAsync(table, queries[0], settings.Ef, cancellationToken);
        double searchMs = Lap(ref start);
        if (settings.Openings > 0)
        {
            await database.DisposeAsync();
            return new OpenReport { BudgetBytes = budget, OpenMs = openMs, FirstKeyMs = keyMs, FirstSearchMs = searchMs, ReopenedMs = await ReopenAsync(settings, budget, cancellationToken) };
        }

        (double earlyP50, double earlyP95, _) = await SearchAllAsync(table, queries, settings.Ef, cancellationToken);

        // Until nothing is loaded any more: memory does not grow from one pass to the next.
        start = Stopwatch.GetTimestamp();
        long before;
        do
        {
            before = engine.ReadStatistics().Memory.NativeBytes;
            await Task.Delay(500, cancellationToken);
        }
        while (engine.ReadStatistics().Memory.NativeBytes != before && Stopwatch.GetElapsedTime(start) < _longestLoad);

        (double steadyP50, double steadyP95, long[][] found) = await SearchAllAsync(table, queries, settings.Ef, cancellationToken);
        OpenReport report = new()
        {
            BudgetBytes = budget,
            OpenMs = openMs,
            FirstKeyMs = keyMs,
            FirstSearchMs = searchMs,
            EarlyP50Ms = earlyP50,
            EarlyP95Ms = earlyP95,
            SteadyP50Ms = steadyP50,
            SteadyP95Ms = steadyP95,
            Recall = await RecallAsync(settings, table, vectors, found, cancellationToken),
        };
        return Fill(report, engine);
    }

    // What is the engine's own of an opening: the first one of a process also compiles the code and loads the runtime's libraries.
    private static async Task<double> ReopenAsync(OpenSettings settings, long budget, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        await using HeliosDatabase database = await OpenAsync(settings, budget, cancellationToken);
        await RequireRowAsync(database.Table(OpenTable.Define(settings)), settings, cancellationToken);
        return Lap(ref start);
    }

    private static Task<HeliosDatabase> OpenAsync(OpenSettings settings, long budget, CancellationToken cancellationToken) => HeliosDatabase.OpenAsync(
        settings.Path, options => options.MemoryBudgetBytes = budget > 0 ? budget : options.MemoryBudgetBytes, cancellationToken: cancellationToken);

    private static async Task RequireRowAsync(HeliosTable table, OpenSettings settings, CancellationToken cancellationToken) =>
        _ = await table.FindAsync(HeliosKey.Create((long)(settings.Rows * 2L / 3)), cancellationToken)
            ?? throw new InvalidDataException("A row that was written is not found.");

    private static OpenReport Fill(OpenReport report, DatabaseEngine engine)
    {
        double resident = ProcessMemory.ResidentMb();
        double managed = GC.GetTotalMemory(forceFullCollection: false) / 1e6;
        return report with
        {
            ResidentMb = resident,
            PeakResidentMb = ProcessMemory.PeakResidentMb(),
            ManagedMb = managed,
            PeakNativeMb = engine.ReadStatistics().Memory.PeakNativeBytes / 1e6,
        };
    }

    private static double Lap(ref long start)
    {
        long now = Stopwatch.GetTimestamp();
        double elapsed = Stopwatch.GetElapsedTime(start, now).TotalMilliseconds;
        start = now;
        return elapsed;
    }

    private static async Task<long[]> SearchAsync(HeliosTable table, float[] query, int ef, CancellationToken cancellationToken)
    {
        IReadOnlyList<Hit<HeliosKey>> hits = await table.NearestKeysAsync(OpenTable.Vector, query, OpenTable.K, efSearch: ef, cancellationToken: cancellationToken);
        return [.. hits.Select(hit => hit.Record.ToInt64())];
    }

    private static async Task<(double P50, double P95, long[][] Found)> SearchAllAsync(HeliosTable table, float[][] queries, int ef, CancellationToken cancellationToken)
    {
        double[] times = new double[queries.Length];
        long[][] found = new long[queries.Length][];
        for (int i = 0; i < queries.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            found[i] = await SearchAsync(table, queries[i], ef, cancellationToken);
            times[i] = Lap(ref start);
        }

        Array.Sort(times);
        return (times[times.Length / 2], times[times.Length * 95 / 100], found);
    }

    private static async Task<double> RecallAsync(OpenSettings settings, HeliosTable table, SyntheticVectors vectors, long[][] found, CancellationToken cancellationToken)
    {
        string file = Path.Combine(Path.GetDirectoryName(settings.Path)!, Path.GetFileName(settings.Path) + ".truth");
        if (!File.Exists(file))
        {
            long[][] truth = await OpenTable.FindTruthAsync(table, vectors, cancellationToken);
            await File.WriteAllLinesAsync(file, truth.Select(keys => string.Join(' ', keys)), cancellationToken);
        }

        string[] lines = await File.ReadAllLinesAsync(file, cancellationToken);
        int hits = 0;
        for (int i = 0; i < found.Length; i++)
        {
            hits += found[i].Intersect(lines[i].Split(' ').Select(key => long.Parse(key, System.Globalization.CultureInfo.InvariantCulture))).Count();
        }

        return (double)hits / (found.Length * OpenTable.K);
    }
}
