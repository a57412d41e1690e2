using System.Diagnostics;
using Helios.Typed.Indexing;
using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;
using Helios.Typed.Telemetry;

namespace Helios.Typed.Engine;

/// <summary>Builds the graphs of some tables, once.</summary>
internal sealed class IndexingRun(
    DatabaseState state, Merger merger, IReadOnlyList<CatalogTable> tables, bool isAsked, IProgress<IndexingProgress>? progress, CancellationToken stopping)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _progressLock = new();
    private HeliosException? _refusal;
    private long _total;
    private long _finished;
    private long _reported = -1;

    /// <summary>Gets the task that ends with the run.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Does the work; a failure goes to <see cref="Completion"/>.</summary>
    public void Execute()
    {
        CatalogTable? current = null;
        try
        {
            List<(CatalogTable Table, Segment Segment)> claimed = [];
            try
            {
                foreach (CatalogTable table in tables)
                {
                    current = table;
                    claimed.AddRange(merger.ClaimForGraph(table, rows => IndexRules.WantsGraph(table.Shape, rows, isAsked)).Select(segment => (table, segment)));
                }

                _total = tables.Sum(CountWanted);
                _finished = _total - claimed.Sum(claim => CountMissing(claim.Table, claim.Segment));
                Report(_finished);
                foreach ((CatalogTable table, Segment segment) in claimed)
                {
                    current = table;
                    BuildGraphs(table, segment);
                }
            }
            finally
            {
                claimed.ForEach(claim => merger.Release(claim.Segment));
            }

            if (_refusal is not null)
            {
                throw _refusal;
            }

            Report(_total);
            _completion.TrySetResult();
        }
        catch (OperationCanceledException)
        {
            _completion.TrySetException(DatabaseState.Closed());
        }
        catch (Exception error)
        {
            // Told before it is logged: whoever waits has an end to it, whatever a logger does.
            string name = current?.Shape.Name ?? "";
            _completion.TrySetException(error as HeliosException ?? state.FailedWrite(
                error,
                $"indexing table '{name}', whose rows are found by scanning until it is tried again",
                $"Table '{name}' could not be indexed: {error.Message} Its rows are found by scanning until it is tried again."));
            state.Log.FailedToIndex(name, error);
        }
    }

    private long CountWanted(CatalogTable table)
    {
        using VersionHold hold = new(state);
        IReadOnlyList<ColumnShape> columns = DatabaseState.SchemaOf(table.Shape).VectorColumns;
        return hold.Version[table.Id].Segments.Sum(segment => Enumerable.Range(0, columns.Count)
            .Where(i => IndexRules.WantsGraph(columns[i], segment, isAsked))
            .Sum(i => (long)segment.CountVectors(i)));
    }

    private long CountMissing(CatalogTable table, Segment segment)
    {
        IReadOnlyList<ColumnShape> columns = DatabaseState.SchemaOf(table.Shape).VectorColumns;
        return Enumerable.Range(0, columns.Count).Where(i => Lacks(segment, columns[i], i)).Sum(i => (long)segment.CountVectors(i));
    }

    private bool Lacks(Segment segment, ColumnShape column, int vectorIndex) =>
        IndexRules.WantsGraph(column, segment, isAsked) && !segment.HasGraph(vectorIndex);

    private void BuildGraphs(CatalogTable table, Segment segment)
    {
        IReadOnlyList<ColumnShape> columns = DatabaseState.SchemaOf(table.Shape).VectorColumns;
        for (int i = 0; i < columns.Count; i++)
        {
            if (!Lacks(segment, columns[i], i))
            {
                continue;
            }

            long started = state.Options.Clock.GetTimestamp();
            VectorShape settings = columns[i].Vector!;
            HnswOptions options = new(settings.MaxConnections, settings.ConstructionBeam, state.Options.Seed, state.Options.IndexingThreads);
            long before = _finished;
            using IndexingRoom? room = TryTakeRoom(table, columns[i], segment, i, options);
            if (room is null)
            {
                continue;
            }

            using Activity? span = HeliosActivitySource.Start("helios.index.build", state.Meter.Name, table.Shape.Name);
            VectorBlock block = room.Block;
            HnswGraph graph = HnswGraphBuilder.Build(block, options, state.Options.Allocator, linked => Report(before + linked), stopping);
            Attach(segment, columns[i], i, Encode(graph, block, settings), graph);
            room.GiveGraph();
            _finished = before + block.Count;
            Report(_finished);
            state.Meter.Indexed(table.Shape.Name, block.Count);
            state.Log.BuiltGraph(
                columns[i].Name, table.Shape.Name, block.Count, segment.Description.Id.ToString(), state.Options.Clock.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    // A graph too large for the budget does not keep the others from being built.
    private IndexingRoom? TryTakeRoom(CatalogTable table, ColumnShape column, Segment segment, int vectorIndex, HnswOptions options)
    {
        try
        {
            return IndexingRoom.Take(state.Memory, table, column, segment, vectorIndex, options);
        }
        catch (HeliosException error) when (error is not HeliosCorruptionException)
        {
            _refusal ??= error;
            return null;
        }
    }

    private CodedNodes? Encode(HnswGraph graph, VectorBlock block, VectorShape settings)
    {
        if (IndexRules.CodesOf(settings) == Quantization.None)
        {
            return null;
        }

        try
        {
            return CodedNodes.Encode(block, 2 * graph.MaxConnections, state.Options.Seed, state.Options.Allocator, stopping);
        }
        catch
        {
            graph.Dispose();
            throw;
        }
    }

    private void Attach(Segment segment, ColumnShape column, int vectorIndex, CodedNodes? codes, HnswGraph graph)
    {
        string fileName = FileNames.Graph(state.TakeFileNumber());
        List<ManifestSidecar> replaced = [];
        bool isAttached = false;
        try
        {
            ManifestSidecar sidecar = SegmentSidecars.WriteGraph(state.Options.Files, state.Options.Path, fileName, column, graph, codes);
            if (codes is not null)
            {
                (CodedNodes taken, codes) = (codes, null);
                graph = graph.WithCodes(taken, state.Options.Allocator);
            }

            lock (state.StructureLock)
            {
                // The segment's deletions may have been written meanwhile: its description is read here.
                ManifestSegment description = segment.Description;
                replaced.AddRange(description.Sidecars.Where(old => old.Kind == sidecar.Kind && old.ColumnId == sidecar.ColumnId));
                description = description with { Sidecars = [.. description.Sidecars.Except(replaced), sidecar] };
                ManifestState manifest = state.Manifest.Current;
                ManifestState next = manifest with
                {
                    Segments = [.. manifest.Segments.Select(old => old.Id == description.Id ? description : old)],
                };
                state.CommitManifest(next, () =>
                {
                    isAttached = true;
                    segment.Attach(description, vectorIndex, graph);
                });
            }
        }
        finally
        {
            if (!isAttached)
            {
                graph.Dispose();
                codes?.Dispose();
                if (!state.Manifest.IsBroken)
                {
                    state.TryDelete(fileName);
                }
            }
        }

        replaced.ForEach(old => state.TryDelete(old.FileName));
    }

    private void Report(long indexed)
    {
        if (progress is null)
        {
            return;
        }

        // Threads that build report as they go: a later one may be behind an earlier.
        lock (_progressLock)
        {
            if (indexed > _reported)
            {
                _reported = indexed;
                progress.Report(new IndexingProgress(indexed, _total));
            }
        }
    }
}
