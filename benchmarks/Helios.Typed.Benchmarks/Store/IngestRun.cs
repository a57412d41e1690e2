using System.Diagnostics;
using Spectre.Console;

namespace Helios.Typed.Benchmarks.Store;

/// <summary>Measures how fast vectors are taken in durably, beside what the disk takes.</summary>
internal sealed class IngestRun(StoreSettings settings, IAnsiConsole console)
{
    private const int RowsPerBatch = 1_000;
    private const int SliceBytes = 4 << 20;
    private const int RowBytes = sizeof(long) + (Chunk.Dimensions * sizeof(float));

    /// <summary>Runs the part; the folder is left as it was.</summary>
    public async Task<IngestReport> RunAsync(CancellationToken cancellationToken)
    {
        long bytes = (long)settings.IngestRows * RowBytes;
        double disk = DiskRate.Measure(settings.Path, bytes, SliceBytes, syncEach: false);
        double synced = DiskRate.Measure(settings.Path, bytes, RowsPerBatch * RowBytes, syncEach: true);
        console.WriteLine($"disk: {disk / RowBytes:N0} rows/s");
        double inserting = await WithAsync(InsertAsync, waits: false, cancellationToken);
        console.WriteLine($"insert, {RowsPerBatch} rows a commit: {settings.IngestRows / inserting:N0} rows/s");
        double indexing = 0;
        double importing = await WithAsync(ImportAsync, waits: true, cancellationToken);
        return new IngestReport(
            settings.IngestRows,
            Math.Round(settings.IngestRows / inserting),
            Math.Round(settings.IngestRows / importing),
            Math.Round(indexing, 1),
            Math.Round(settings.IngestRows / (importing + indexing)),
            Math.Round(disk),
            Math.Round(disk / RowBytes),
            Math.Round(synced));

        async Task<double> WithAsync(Func<HeliosStore<Chunk>, CancellationToken, Task> feed, bool waits, CancellationToken token)
        {
            string path = Path.Combine(settings.Path, $"ingest-{Guid.CreateVersion7():N}.helios");
            try
            {
                await using HeliosDatabase database = await HeliosDatabase.OpenAsync(
                    path, options => options.IndexingThreads = Environment.ProcessorCount, cancellationToken: token);
                long start = Stopwatch.GetTimestamp();
                await feed(database.Store<Chunk>(), token);
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                if (waits)
                {
                    console.WriteLine($"import: {settings.IngestRows / seconds:N0} rows/s; indexing…");
                    await database.WaitForIndexingAsync(cancellationToken: token);
                    indexing = Stopwatch.GetElapsedTime(start).TotalSeconds - seconds;
                }

                return seconds;
            }
            finally
            {
                if (Directory.Exists(path))
                {
                    Directory.Delete(path, recursive: true);
                }
            }
        }
    }

    private async Task InsertAsync(HeliosStore<Chunk> store, CancellationToken cancellationToken)
    {
        RandomVectors vectors = new(Chunk.Dimensions);
        for (long first = 1; first <= settings.IngestRows; first += RowsPerBatch)
        {
            await store.InsertAsync(Make(vectors, first), cancellationToken);
        }
    }

    // The same rows, made in the same steps, so that only the way in differs.
    private Task ImportAsync(HeliosStore<Chunk> store, CancellationToken cancellationToken)
    {
        RandomVectors vectors = new(Chunk.Dimensions);
        IEnumerable<Chunk> rows = Enumerable.Range(0, settings.IngestRows / RowsPerBatch).SelectMany(batch => Make(vectors, (batch * (long)RowsPerBatch) + 1));
        return store.ImportAsync(rows, cancellationToken: cancellationToken);
    }

    private static Chunk[] Make(RandomVectors vectors, long first)
    {
        var rows = new Chunk[RowsPerBatch];
        for (int i = 0; i < RowsPerBatch; i++)
        {
            rows[i] = new Chunk { Id = first + i, Embedding = vectors[first + i] };
        }

        return rows;
    }
}
