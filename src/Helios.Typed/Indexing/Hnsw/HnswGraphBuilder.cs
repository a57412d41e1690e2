using System.Runtime.ExceptionServices;
using Helios.Typed.Numerics;
using Helios.Typed.Primitives;

namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Builds a graph over a block (Malkov and Yashunin 2018, algorithms 1 to 4).</summary>
/// <remarks>
/// The levels are drawn first, for all nodes, so the graph has its final size and form from the start and is built where
/// it will stay. One thread inserts the first nodes: were they inserted at once, none would find the others.
/// </remarks>
internal static class HnswGraphBuilder
{
    // Nodes that one thread inserts before the others join in.
    private const int AloneNodes = 256;

    private const int NodesPerReport = 512;

    /// <summary>Builds the graph; every node can be reached from the entry when it is done.</summary>
    /// <param name="block">The vectors, one chunk; not changed meanwhile.</param>
    /// <param name="options">How to build.</param>
    /// <param name="allocator">Gives the memory.</param>
    /// <param name="progress">Is told the number of linked nodes now and then, on the calling thread, or null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The block is several chunks.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static HnswGraph Build(VectorBlock block, HnswOptions options, NativeAllocator allocator, Action<int>? progress, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConnections, HnswGraphFormat.MinConnections);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxConnections, HnswGraphFormat.MaxConnections);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ConstructionBeam, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        cancellationToken.ThrowIfCancellationRequested();

        List<List<uint>> upperSlots = HnswLevels.Draw(block.Count, options);
        int[] upperCounts = [.. upperSlots.Select(slots => slots.Count)];
        var graph = HnswGraph.Create(block.Count, options, block.Metric, upperCounts, allocator);
        try
        {
            HnswLevels.Write(graph, upperSlots);
            Construction construction = new(graph, block, options, allocator, progress, cancellationToken);
            DistanceDispatch.Run(block.Metric, block.IsHalf, ref construction);
            return graph;
        }
        catch
        {
            graph.Dispose();
            throw;
        }
    }

    /// <summary>Gives the native memory that a graph takes, and what building it takes beside that.</summary>
    /// <param name="count">The vectors.</param>
    /// <param name="options">How to build.</param>
    public static (long Graph, long Building) BytesFor(int count, HnswOptions options)
    {
        int[] upperCounts = [.. HnswLevels.Draw(count, options).Select(slots => slots.Count)];
        long links = ((long)count * 2 * options.MaxConnections) + (upperCounts.Sum(upper => (long)upper) * options.MaxConnections);
        return (HnswGraphFormat.LevelOffsets(count, options.MaxConnections, upperCounts)[^1], links * sizeof(float));
    }

    private readonly struct Construction(
        HnswGraph graph, VectorBlock block, HnswOptions options, NativeAllocator allocator, Action<int>? progress, CancellationToken cancellationToken)
        : IDistanceOperation
    {
        public void Run<TDistance, TElement>()
            where TDistance : struct, IDistance
            where TElement : unmanaged
        {
            if (block.Count == 0)
            {
                return;
            }

            using GraphInserter<TDistance, TElement> inserter = new(graph, block, options, allocator);
            int alone = options.Threads == 1 ? block.Count : Math.Min(block.Count, AloneNodes);
            InsertScratch scratch = inserter.NewScratch();
            for (int slot = 0; slot < alone; slot++)
            {
                Report(progress, slot);
                inserter.Insert((uint)slot, scratch, cancellationToken);
            }

            if (alone < block.Count)
            {
                InsertTogether(inserter, alone, block.Count, options.Threads, scratch, progress, cancellationToken);
            }

            inserter.ConnectAll(scratch, cancellationToken);
            progress?.Invoke(block.Count);
            GC.KeepAlive(block);
        }
    }

    /// <summary>Inserts the rest of the nodes on several threads, the caller's among them.</summary>
    private static void InsertTogether<TDistance, TElement>(
        GraphInserter<TDistance, TElement> inserter,
        int first,
        int count,
        int threads,
        InsertScratch scratch,
        Action<int>? progress,
        CancellationToken cancellationToken)
        where TDistance : struct, IDistance
        where TElement : unmanaged
    {
        int taken = first - 1;
        ExceptionDispatchInfo? failure = null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        CancellationToken stopped = stop.Token;
        List<Task> others = [];
        try
        {
            while (others.Count < threads - 1)
            {
                others.Add(Task.Factory.StartNew(
                    () => InsertUntilDone(null, null), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            }

            InsertUntilDone(scratch, progress);
        }
        catch
        {
            // A thread could not be started.
            stop.Cancel();
            throw;
        }
        finally
        {
            // All have left the memory before anything is thrown.
            Task.WaitAll(others, CancellationToken.None);
        }

        cancellationToken.ThrowIfCancellationRequested();
        failure?.Throw();

        void InsertUntilDone(InsertScratch? own, Action<int>? told)
        {
            try
            {
                own ??= inserter.NewScratch();
                for (int slot = Interlocked.Increment(ref taken); slot < count; slot = Interlocked.Increment(ref taken))
                {
                    Report(told, slot);
                    inserter.Insert((uint)slot, own, stopped);
                }
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
                stop.Cancel();
            }
        }
    }

    private static void Report(Action<int>? progress, int linked)
    {
        if (linked % NodesPerReport == 0 && linked > 0)
        {
            progress?.Invoke(linked);
        }
    }
}
