using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;

namespace Helios.Typed.Engine;

/// <summary>Writes one sealed set to segments and lets go of its log.</summary>
/// <remarks>
/// 1. Write a segment for each sealed memtable. 2. Write a deletion file for each older segment whose rows ended since its
/// last one. 3. Commit the manifest: from here on the log is not needed. 4. Under the commit lock, end in the new segments
/// what ended in the memtables meanwhile, and swap the version. 5. Delete the old logs and deletion files. A crash before 3
/// leaves files that the next opening removes; after it, logs that it removes.
/// </remarks>
internal sealed class FlushJob : IDisposable
{
    private readonly DatabaseState _state;
    private readonly SealedSet _set;
    private readonly List<NewSegment> _built = [];
    private readonly List<Memtable> _held = [];
    private readonly List<string> _written = [];
    private readonly List<string> _obsolete = [];
    private readonly Dictionary<Segment, int> _persistedEnds = [];
    private IReadOnlyList<ManifestLog> _retained = [];
    private bool _isCommitting;
    private bool _isCommitted;

    private FlushJob(DatabaseState state, SealedSet set)
    {
        _state = state;
        _set = set;
    }

    /// <summary>Flushes a set.</summary>
    /// <param name="state">The engine's state.</param>
    /// <param name="set">The set; every earlier one is flushed.</param>
    /// <param name="cancellationToken">Stops the work before it commits.</param>
    /// <returns>Reports the flush; for the caller, once the set cannot be flushed again, whatever a logger does.</returns>
    public static Action Run(DatabaseState state, SealedSet set, CancellationToken cancellationToken)
    {
        state.ThrowIfReadOnly();
        long started = state.Options.Clock.GetTimestamp();
        using FlushJob job = new(state, set);
        try
        {
            job.Build(cancellationToken);
            lock (state.StructureLock)
            {
                state.ThrowIfReadOnly();
                job.Install();
            }
        }
        catch
        {
            job.DeleteUnnamed();
            throw;
        }

        job.DeleteObsolete();
        TimeSpan elapsed = state.Options.Clock.GetElapsedTime(started);
        (long rows, int segments, long bytes) = (job._built.Sum(built => (long)built.Result.Rows), job._built.Count, job._built.Sum(built => built.Result.FileBytes));
        return () =>
        {
            state.Meter.Flushed(elapsed);
            state.Log.Flushed(rows, segments, set.Through.Value, elapsed.TotalMilliseconds, bytes);
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (NewSegment built in _built)
        {
            built.Dispose();
        }

        _held.ForEach(memtable => memtable.ReleaseReference());
    }

    private void Build(CancellationToken cancellationToken)
    {
        foreach (SealedTable table in _set.Tables.Where(table => TryHold(table) && table.Memtables.Any(memtable => memtable.RowCount > 0)))
        {
            TableSchema schema = DatabaseState.SchemaOf(table.Shape);
            _built.Add(NewSegment.Build(_state, table.Table.Id, schema, table.Memtables, _set.Through, cancellationToken));
        }
    }

    // A table that is dropped takes its memtables along, under whoever reads them.
    private bool TryHold(SealedTable table)
    {
        foreach (Memtable memtable in table.Memtables)
        {
            if (!memtable.TryAddReference())
            {
                return false;
            }

            _held.Add(memtable);
        }

        return true;
    }

    private void Install()
    {
        StoreVersion before = _state.Current;
        ManifestState manifest = _state.Manifest.Current;
        Dictionary<SegmentId, ManifestSegment> described = WriteDeletions(before);
        HashSet<TableId> tables = [.. _set.Tables.Select(table => table.Table.Id)];
        List<ManifestSegment> segments = [.. manifest.Segments.Where(segment => tables.Contains(segment.Table)).Select(segment => described.GetValueOrDefault(segment.Id, segment))];
        segments.AddRange(_built.Where(built => built.Segment is not null).Select(built => built.Description));
        _retained = _state.Logs.ChooseRetained(_set.NextLogNumber, _state.Options.ChangeRetentionBytes);
        ManifestState next = manifest with
        {
            FirstLogNumber = _set.NextLogNumber,
            PersistedThrough = _set.Through,
            RetainedLogs = _retained,
            Tables = [.. _set.Tables.Select(table => new ManifestTable(table.Table.Id, ShapeCodec.Encode(table.Shape), table.NextKey, _set.Through))],
            Segments = segments,
            NextTableId = Math.Max(manifest.NextTableId, _state.Catalog.HighestId + 1UL),
        };
        _isCommitting = true;
        _state.CommitManifest(next, () => Follow(before, described));
    }

    private void Follow(StoreVersion before, Dictionary<SegmentId, ManifestSegment> described)
    {
        _isCommitted = true;
        _state.Logs.Install(_retained, _set.NextLogNumber);
        foreach ((Segment segment, int ends) in _persistedEnds)
        {
            segment.PersistedEnds = ends;
        }

        foreach (Segment segment in before.Tables.Values.SelectMany(table => table.Segments))
        {
            if (described.TryGetValue(segment.Description.Id, out ManifestSegment? description))
            {
                segment.Describe(description);
            }
        }

        lock (_state.CommitLock)
        {
            Swap();
        }
    }

    private void Swap()
    {
        Dictionary<TableId, TableVersion> versions = new(_state.Current.Tables);
        foreach (NewSegment built in _built.Where(built => built.Segment is not null && !versions.ContainsKey(built.Table)))
        {
            // The table was dropped meanwhile: the manifest names the segment until the next flush.
            _state.LetGo(built.Segment!);
        }

        foreach (SealedTable table in _set.Tables.Where(table => table.Memtables.Count > 0 && versions.ContainsKey(table.Table.Id)))
        {
            TableVersion version = versions[table.Table.Id];
            Segment? segment = _built.Find(built => built.Table == table.Table.Id)?.CarryEnds();
            versions[table.Table.Id] = new TableVersion(
                version.Active,
                [.. version.Sealed.Except(table.Memtables)],
                segment is null ? version.Segments : [segment, .. version.Segments]);
        }

        _state.Swap(_state.Current.With(versions));
    }

    private Dictionary<SegmentId, ManifestSegment> WriteDeletions(StoreVersion version)
    {
        // Counted now rather than at the seal: a merge may have replaced segments since, and have persisted fewer ends.
        Dictionary<SegmentId, ManifestSegment> described = [];
        foreach (Segment segment in version.Tables.Values.SelectMany(table => table.Segments))
        {
            SegmentId id = segment.Description.Id;
            int persisted = segment.PersistedEnds;
            int ends = segment.EndedCount == persisted ? persisted : segment.EndsThrough(_set.Through).Count();
            if (ends <= persisted)
            {
                continue;
            }

            string fileName = FileNames.Deletions(_state.TakeFileNumber());
            ManifestSidecar sidecar = SegmentSidecars.WriteDeletions(_state.Options.Files, _state.Options.Path, fileName, segment, _set.Through);
            _obsolete.AddRange(segment.Description.Sidecars.Where(old => old.Kind == sidecar.Kind).Select(old => old.FileName));
            described.Add(id, segment.Description with { Sidecars = [.. segment.Description.Sidecars.Where(old => old.Kind != sidecar.Kind), sidecar] });
            _persistedEnds.Add(segment, ends);
            _written.Add(fileName);
        }

        return described;
    }

    private void DeleteUnnamed()
    {
        // A manifest that broke at this commit may name the files on the disk.
        if (_isCommitted || (_isCommitting && _state.Manifest.IsBroken))
        {
            return;
        }

        foreach (NewSegment built in _built)
        {
            built.Delete(_state);
        }

        foreach (string fileName in _written)
        {
            _state.TryDelete(fileName);
        }
    }

    private void DeleteObsolete()
    {
        // The set is flushed already: what fails here must not make it flushed again.
        foreach (string name in _state.TryList())
        {
            if (FileNames.TryParse(name, out FileKind kind, out ulong number) && kind == FileKind.Log && number < _set.NextLogNumber
                && _retained.All(log => log.Number != number))
            {
                _obsolete.Add(name);
            }
        }

        _state.ReleaseDropped(isClosing: false);
        foreach (string name in _obsolete)
        {
            _state.TryDelete(name);
        }
    }
}
