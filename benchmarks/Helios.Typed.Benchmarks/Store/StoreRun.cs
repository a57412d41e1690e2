using System.Diagnostics;
using Spectre.Console;

namespace Helios.Typed.Benchmarks.Store;

/// <summary>Measures the store beside SQLite, on one disk, in turns.</summary>
internal sealed class StoreRun(StoreSettings settings, IAnsiConsole console)
{
    private const int LoadRowsPerCommit = 500;

    private readonly RandomVectors _vectors = new(Passage.Dimensions);

    /// <summary>Runs all parts; the folder is left as it was.</summary>
    public async Task<StoreReport> RunAsync(CancellationToken cancellationToken)
    {
        List<Comparison> comparisons = [];
        if (!settings.IngestOnly)
        {
            await CompareAllAsync(comparisons, cancellationToken);
        }

        if (settings.InsertsOnly)
        {
            return new StoreReport(comparisons, Ingest: null);
        }

        console.WriteLine("ingest…");
        return new StoreReport(comparisons, await new IngestRun(settings, console).RunAsync(cancellationToken));
    }

    private async Task CompareAllAsync(List<Comparison> comparisons, CancellationToken cancellationToken)
    {
        foreach (int committers in settings.Committers)
        {
            foreach (int rows in settings.RowsPerCommit)
            {
                string name = $"insert, {rows} rows a commit, {committers} committers";
                comparisons.Add(Show(await CompareAsync(name, "rows/s", contender => InsertAsync(contender, rows, committers, cancellationToken))));
            }
        }

        if (settings.InsertsOnly)
        {
            return;
        }

        comparisons.Add(Show(await CompareAsync($"read by key, {settings.Rows} rows", "reads/s", contender => ReadAsync(contender, cancellationToken))));
        comparisons.Add(Show(await CompareAsync($"write amplification, {settings.Rows} rows in commits of 100", "bytes/byte", AmplifyAsync)));
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return Math.Round(values[values.Count / 2], 2);
    }

    private Comparison Show(Comparison comparison)
    {
        console.WriteLine($"{comparison.Name}: {comparison.Helios:N1} against {comparison.Sqlite:N1} {comparison.Unit}, ratio {comparison.Ratio}");
        return comparison;
    }

    private async Task<Comparison> CompareAsync(string name, string unit, Func<IContender, Task<double>> measure)
    {
        List<double> ours = [];
        List<double> theirs = [];
        for (int round = 0; round < settings.Rounds; round++)
        {
            ours.Add(await WithAsync(HeliosContender.CreateAsync, measure));
            theirs.Add(await WithAsync(SqliteContender.CreateAsync, measure));
        }

        return new Comparison(name, unit, Median(ours), Median(theirs));
    }

    private async Task<double> WithAsync(Func<string, Task<IContender>> create, Func<IContender, Task<double>> measure)
    {
        string folder = Path.Combine(settings.Path, $"store-{Guid.CreateVersion7():N}");
        Directory.CreateDirectory(folder);
        try
        {
            await using IContender contender = await create(folder);
            return await measure(contender);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<double> InsertAsync(IContender contender, int rowsPerCommit, int committers, CancellationToken cancellationToken)
    {
        long nextId = 0;
        long inserted = 0;
        using (ICommitter warm = contender.OpenCommitter())
        {
            await warm.CommitAsync(Make(Interlocked.Add(ref nextId, rowsPerCommit), rowsPerCommit));
        }

        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, committers).Select(_ => Task.Run(
            async () =>
            {
                using ICommitter committer = contender.OpenCommitter();
                while (Stopwatch.GetElapsedTime(start) < settings.Time)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await committer.CommitAsync(Make(Interlocked.Add(ref nextId, rowsPerCommit), rowsPerCommit));
                    Interlocked.Add(ref inserted, rowsPerCommit);
                }
            },
            cancellationToken)));
        return inserted / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private async Task<double> ReadAsync(IContender contender, CancellationToken cancellationToken)
    {
        await LoadAsync(contender, LoadRowsPerCommit);
        await contender.CheckpointAsync();
        Random random = new(Seed: 2);
        double sum = 0;
        long reads = 0;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < settings.Time)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int i = 0; i < 100; i++)
            {
                sum += await contender.ReadAsync(random.NextInt64(1, settings.Rows + 1));
                reads++;
            }
        }

        return double.IsFinite(sum) ? reads / Stopwatch.GetElapsedTime(start).TotalSeconds : throw new InvalidDataException("A row that was read is not what was written.");
    }

    private async Task<double> AmplifyAsync(IContender contender)
    {
        long before = WrittenBytes.Read() ?? throw new PlatformNotSupportedException("Write amplification is read from /proc/self/io, which this system does not have.");
        long bytes = await LoadAsync(contender, rowsPerCommit: 100);
        await contender.CheckpointAsync();
        return (WrittenBytes.Read()!.Value - before) / (double)bytes;
    }

    private async Task<long> LoadAsync(IContender contender, int rowsPerCommit)
    {
        using ICommitter committer = contender.OpenCommitter();
        long bytes = 0;
        for (long last = rowsPerCommit; last <= settings.Rows; last += rowsPerCommit)
        {
            Passage[] rows = Make(last, rowsPerCommit);
            bytes += rows.Sum(row => row.Bytes);
            await committer.CommitAsync(rows);
        }

        return bytes;
    }

    private Passage[] Make(long last, int count)
    {
        var rows = new Passage[count];
        for (int i = 0; i < count; i++)
        {
            long id = last - count + 1 + i;
            rows[i] = new Passage { Id = id, Title = $"Passage number {id} of the store", Year = (int)(1900 + (id % 125)), Price = id * 0.25, Embedding = _vectors[id] };
        }

        return rows;
    }
}
