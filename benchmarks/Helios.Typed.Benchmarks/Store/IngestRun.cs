using System.Diagnostics;

namespace Helios.Typed.Benchmarks.Store;

/// <summary>Measures how fast vectors are taken in durably, beside what the disk takes.</summary>
internal sealed class IngestRun(StoreSettings settings)
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
        string path = Path.Combine(settings.Path, $"ingest-{Guid.CreateVersion7():N}.helios");
        try
        {
            await using HeliosDatabase database = await HeliosDatabase.OpenAsync(
                path, options => options.IndexingThreads = Environment.ProcessorCount, cancellationToken: cancellationToken);
            HeliosStore<Chunk> store = database.Store<Chunk>();
            RandomVectors vectors = new(Chunk.Dimensions);
            long start = Stopwatch.GetTimestamp();
            for (long first = 1; first <= settings.IngestRows; first += RowsPerBatch)
            {
                await store.InsertAsync(Make(vectors, first), cancellationToken);
            }

            double inserting = Stopwatch.GetElapsedTime(start).TotalSeconds;
            await store.WaitForIndexingAsync(cancellationToken: cancellationToken);
            double all = Stopwatch.GetElapsedTime(start).TotalSeconds;
            return new IngestReport(
                settings.IngestRows,
                Math.Round(settings.IngestRows / inserting),
                Math.Round(all - inserting, 1),
                Math.Round(settings.IngestRows / all),
                Math.Round(disk),
                Math.Round(disk / RowBytes),
                Math.Round(synced));
        }
        finally
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
        }
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
