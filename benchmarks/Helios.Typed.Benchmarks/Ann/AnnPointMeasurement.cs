using System.Diagnostics;

namespace Helios.Typed.Benchmarks.Ann;

/// <summary>Answers one query.</summary>
/// <param name="query">The query's place in its file.</param>
/// <param name="cancellationToken">Stops the search.</param>
/// <returns>The row numbers of the nearest.</returns>
internal delegate ValueTask<IReadOnlyList<int>> AnnSearch(int query, CancellationToken cancellationToken);

/// <summary>Measures one point: passes over all queries, the first of them to warm up and to count the recall.</summary>
internal sealed class AnnPointMeasurement(AnnSearch search, IReadOnlyList<int[]> truth, int k, int threads)
{
    private const int LeastPasses = 3;
    private static readonly TimeSpan _leastTime = TimeSpan.FromSeconds(1);

    private readonly List<long[]> _passes = [];

    /// <summary>Measures with a beam.</summary>
    public async Task<AnnPoint> RunAsync(int ef, CancellationToken cancellationToken)
    {
        double recall = await CountRecallAsync(cancellationToken);
        TimeSpan fastest = TimeSpan.MaxValue;
        long start = Stopwatch.GetTimestamp();
        while (_passes.Count < LeastPasses || Stopwatch.GetElapsedTime(start) < _leastTime)
        {
            TimeSpan pass = await PassAsync(cancellationToken);
            fastest = pass < fastest ? pass : fastest;
        }

        return new AnnPoint(ef, Math.Round(recall, 4), Math.Round(truth.Count / fastest.TotalSeconds), Within(0.5), Within(0.95), Within(0.99));
    }

    private async Task<double> CountRecallAsync(CancellationToken cancellationToken)
    {
        long found = 0;
        for (int query = 0; query < truth.Count; query++)
        {
            IReadOnlyList<int> rows = await search(query, cancellationToken);
            found += rows.Intersect(truth[query].Take(k)).Count();
        }

        return (double)found / ((long)truth.Count * k);
    }

    private async Task<TimeSpan> PassAsync(CancellationToken cancellationToken)
    {
        long[] ticks = new long[truth.Count];
        _passes.Add(ticks);
        int next = -1;
        long start = Stopwatch.GetTimestamp();
        if (threads == 1)
        {
            await WorkAsync();
        }
        else
        {
            await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(WorkAsync, cancellationToken)));
        }

        return Stopwatch.GetElapsedTime(start);

        async Task WorkAsync()
        {
            for (int query = Interlocked.Increment(ref next); query < ticks.Length; query = Interlocked.Increment(ref next))
            {
                long began = Stopwatch.GetTimestamp();
                await search(query, cancellationToken);
                ticks[query] = Stopwatch.GetTimestamp() - began;
            }
        }
    }

    /// <summary>Gives the microseconds that a share of all queries stays within (nearest rank).</summary>
    private double Within(double share)
    {
        long[] ticks = [.. _passes.SelectMany(pass => pass).Order()];
        int rank = Math.Clamp((int)Math.Ceiling(share * ticks.Length), 1, ticks.Length);
        return Math.Round(ticks[rank - 1] * 1e6 / Stopwatch.Frequency, 1);
    }
}
