using System.Diagnostics;
using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;
using Helios.Typed.Telemetry;

namespace Helios.Typed.Engine;

/// <summary>Replaces several segments of a table by one, without the rows that have ended.</summary>
/// <remarks>
/// Rows that a durable commit ended are left out: who still reads them reads the old segments, which a snapshot's version
/// holds. An end that is not durable yet is carried along in memory, never written, because a power cut may undo it. So may
/// it undo a change of the table's shape, and what is only declared may never be logged: the manifest's shape is the one.
/// </remarks>
internal static class MergeJob
{
    /// <summary>Merges segments.</summary>
    /// <param name="state">The engine's state.</param>
    /// <param name="table">Their table.</param>
    /// <param name="segments">The segments, which nobody else replaces meanwhile.</param>
    /// <param name="cancellationToken">Stops the work before it commits.</param>
    /// <returns>What was written, or null where the table was dropped meanwhile, and its segments go with it.</returns>
    public static SegmentBuildResult? Run(DatabaseState state, CatalogTable table, IReadOnlyList<Segment> segments, CancellationToken cancellationToken)
    {
        using Activity? span = HeliosActivitySource.Start("helios.merge", state.Meter.Name, table.Shape.Name);
        try
        {
            return Merge(state, table, segments, cancellationToken);
        }
        catch (Exception error) when (HeliosActivitySource.Failed(span, error))
        {
            throw;
        }
    }

    private static SegmentBuildResult? Merge(DatabaseState state, CatalogTable table, IReadOnlyList<Segment> segments, CancellationToken cancellationToken)
    {
        if (state.FindManifestSchema(table.Id) is not { } schema)
        {
            return null;
        }

        long started = state.Options.Clock.GetTimestamp();
        using var built = NewSegment.Build(state, table.Id, schema, segments, state.Durable, cancellationToken);
        if (built.Segment is not null && segments.Any(segment => segment.IsOwedGraph || IndexRules.HasAnyGraph(segment)))
        {
            built.Segment.IsOwedGraph = true;
        }

        string? deletions = null;
        bool isCommitting = false;
        bool isCommitted = false;
        try
        {
            lock (state.StructureLock)
            {
                state.ThrowIfReadOnly();
                deletions = PersistEnds(state, built);
                isCommitting = true;
                state.CommitManifest(NextManifest(state, segments, built), () =>
                {
                    isCommitted = true;
                    Install(state, table, segments, built);
                });
            }
        }
        catch when (!isCommitted && !(isCommitting && state.Manifest.IsBroken))
        {
            built.Delete(state);
            if (deletions is not null)
            {
                state.TryDelete(deletions);
            }

            throw;
        }

        state.ReleaseDropped(isClosing: false);
        TimeSpan elapsed = state.Options.Clock.GetElapsedTime(started);
        state.Meter.Merged(table.Shape.Name, elapsed);
        state.Log.Merged(segments.Count, table.Shape.Name, built.Result.Rows, elapsed.TotalMilliseconds, built.Result.FileBytes);
        return built.Result;
    }

    private static string? PersistEnds(DatabaseState state, NewSegment built)
    {
        // Every end up to here is in memory: a commit is applied before it counts as durable.
        SequenceNumber through = state.Durable;
        Segment? segment = built.CarryEnds();
        int ends = built.CountEnds(through);
        if (segment is null || ends == 0)
        {
            return null;
        }

        string fileName = FileNames.Deletions(state.TakeFileNumber());
        ManifestSidecar sidecar = SegmentSidecars.WriteDeletions(state.Options.Files, state.Options.Path, fileName, segment, through);
        built.Description = built.Description with { Sidecars = [sidecar] };
        segment.Describe(built.Description);
        segment.PersistedEnds = ends;
        return fileName;
    }

    private static ManifestState NextManifest(DatabaseState state, IReadOnlyList<Segment> segments, NewSegment built)
    {
        ManifestState manifest = state.Manifest.Current;
        HashSet<SegmentId> replaced = [.. segments.Select(segment => segment.Description.Id)];
        List<ManifestSegment> next = [.. manifest.Segments.Where(segment => !replaced.Contains(segment.Id))];
        if (built.Segment is not null)
        {
            next.Add(built.Description);
        }

        return manifest with { Segments = next };
    }

    private static void Install(DatabaseState state, CatalogTable table, IReadOnlyList<Segment> segments, NewSegment built)
    {
        lock (state.CommitLock)
        {
            if (table.IsDropped)
            {
                // What was merged was let go with the table; what came of it is, too.
                if (built.Segment is { } orphan)
                {
                    state.LetGo(orphan);
                }

                return;
            }

            TableVersion version = state.Current[table.Id];
            Segment? merged = built.CarryEnds();
            List<Segment> left = [.. version.Segments.Except(segments)];
            if (merged is not null)
            {
                left.Add(merged);
            }

            foreach (Segment segment in segments)
            {
                state.Retire(segment);
            }

            state.Swap(state.Current.With(table.Id, new TableVersion(version.Active, version.Sealed, left)));
        }
    }
}
