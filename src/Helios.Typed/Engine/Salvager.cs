using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;
using Helios.Typed.Storage.Log;
using Helios.Typed.Storage.Manifest;

namespace Helios.Typed.Engine;

/// <summary>Brings a damaged database to a state that opens, and says what that cost.</summary>
/// <remarks>
/// 1. Find the newest state that a manifest tells. 2. Read the logs. 3. Read every segment and sidecar; write the whole rows of
/// a damaged one anew. 4. Put the manifest of what is left in force, with a history of its own: readers of changes have what is
/// lost, where anything is. 5. Keep of the logs what stands before the first damage, so that no commit is there without an earlier one: not before 4,
/// after which their commits would be missing without a trace. Damaged files are copied aside before anything changes, and what
/// no manifest names any more is renamed; nothing is deleted. An interrupted salvage is begun again by the next.
/// </remarks>
internal sealed class Salvager
{
    private const string LostSuffix = ".lost";

    private readonly EngineOptions _options;
    private readonly SegmentMemory _memory;
    private readonly IFileSystem _files;
    private readonly List<RecoveryLoss> _losses = [];
    private readonly List<Segment> _held = [];
    private readonly Dictionary<TableId, TableSchema> _schemas = [];
    private ManifestState _state = ManifestState.Empty;
    private ulong _nextFileNumber;
    private bool _isChanged;
    private bool _hasLost;

    private Salvager(EngineOptions options)
    {
        _options = options;
        _memory = SegmentMemory.Of(options) with { Loader = null };
        _files = options.Files;
    }

    /// <summary>Salvages a database whose lock is held.</summary>
    /// <returns>What was lost; empty where all is whole, and then nothing was changed.</returns>
    /// <exception cref="HeliosCorruptionException">No manifest tells what the tables are; nothing was changed.</exception>
    /// <exception cref="HeliosFormatException">A file is of an unknown format version, which is no damage; nothing was changed.</exception>
    public static IReadOnlyList<RecoveryLoss> Run(EngineOptions options, CancellationToken cancellationToken)
    {
        Salvager salvager = new(options);
        try
        {
            salvager.Salvage(cancellationToken);
            return salvager._losses;
        }
        finally
        {
            salvager._held.ForEach(segment => segment.ReleaseReference());
        }
    }

    private void Salvage(CancellationToken cancellationToken)
    {
        if (!_files.List(_options.Path).Any(name => FileNames.TryParse(name, out FileKind kind, out _) && kind is FileKind.Manifest or FileKind.Current))
        {
            return;
        }

        List<HeliosCorruptionException> damage = [];
        _state = ManifestSalvage.Read(_files, _options.Path, damage)
            ?? throw (damage.Count > 0 ? damage[^1] : new HeliosCorruptionException(PathOf(FileNames.Current), 0, "no manifest tells what the tables are. Restore the database from a backup."));
        if (ManifestContradiction.Find(_state) is { } contradiction)
        {
            throw Corruption.At(StoredTables.ManifestOf(_files, _options.Path), 0, $"its checksums hold, but {contradiction}");
        }

        foreach (ManifestTable table in _state.Tables)
        {
            _schemas.Add(table.Id, DatabaseState.SchemaOf(StoredTables.ShapeOf(table, _files, _options.Path)));
        }

        // Before anything is changed, as a file may be one to refuse.
        KnownVersions.Require(_files, _options.Path, _state);
        _nextFileNumber = Math.Max(_state.NextFileNumber, HighestFileNumber() + 1);
        AdoptStagedLog();
        var logs = LogSalvage.Read(_files, _options.Path, _state);
        (ManifestLog Log, HeliosCorruptionException? Damage)[] retained = [.. _state.RetainedLogs.Select(log => (log, LogSalvage.FindDamage(_files, _options.Path, log)))];
        foreach (HeliosCorruptionException error in damage)
        {
            Lose(error, rows: -1, "the manifest is taken as it was before; files that only later edits name are set aside");
        }

        foreach ((ManifestLog log, HeliosCorruptionException? error) in retained.Where(log => log.Damage is not null))
        {
            Forget(error!, $"it was kept for readers of changes alone, who are not told those up to commit {log.Last.Value} any more");
        }

        List<ManifestSegment> segments = SalvageSegments(logs.Last, cancellationToken);
        CountKeys();
        if (_isChanged || logs.Damage is not null)
        {
            // Also where the manifest seems whole: its last edit may have rotted so that it looks like a torn tail, and what that
            // edit named may be all that is left of what is missing.
            SetUnnamedAside(segments);
            ManifestState left = _state with
            {
                Segments = segments,
                NextFileNumber = _nextFileNumber,
                RetainedLogs = [.. retained.Where(log => log.Damage is null).Select(log => log.Log)],
            };
            ManifestSalvage.Write(_files, _options.Path, _hasLost || logs.Damage is not null ? left.Break(_options.NewId(), logs.Last) : left);
        }

        SalvageLogs(logs);
    }

    // All are opened before one is written anew: which of two versions of a key is the newer is told by neither's place in the manifest.
    private List<ManifestSegment> SalvageSegments(SequenceNumber newest, CancellationToken cancellationToken)
    {
        List<SalvagedSegment> readable = [];
        foreach (ManifestSegment description in _state.Segments)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (SalvageSegment(description, newest, cancellationToken) is { } segment)
            {
                readable.Add(segment);
            }
        }

        readable = CheckTogether(readable, newest, cancellationToken);
        List<ManifestSegment> kept = [];
        foreach (SalvagedSegment segment in readable)
        {
            if (segment.Damage is null)
            {
                kept.Add(segment.Segment.Description);
            }
            else if (Rebuild(segment, [.. readable.Where(other => other != segment && other.Table == segment.Table)], cancellationToken) is { } saved)
            {
                kept.Add(saved);
            }
        }

        return kept;
    }

    // What each says may be sound and not go together: of two live rows of a key the older has ended.
    private List<SalvagedSegment> CheckTogether(List<SalvagedSegment> readable, SequenceNumber newest, CancellationToken cancellationToken)
    {
        List<HeliosCorruptionException> found = [];
        SegmentCheck check = new(_files, _options.Path, newest, found.Add, static _ => { }, cancellationToken);
        foreach (IGrouping<TableId, SalvagedSegment> table in readable.Where(segment => segment.Damage is null).GroupBy(segment => segment.Table))
        {
            check.CheckTogether([.. table.Select(segment => segment.Segment)]);
        }

        return [.. readable.Select(segment => segment with { Damage = segment.Damage ?? found.Find(error => IsOf(segment.Segment.Description, error)) })];
    }

    private static bool IsOf(ManifestSegment segment, HeliosCorruptionException error) =>
        segment.Sidecars.Select(sidecar => sidecar.FileName).Append(segment.FileName).Contains(Path.GetFileName(error.File));

    // A key above the counter is taken for one that was never there.
    private void CountKeys()
    {
        List<ManifestTable> tables = [];
        foreach (ManifestTable table in _state.Tables)
        {
            ColumnType type = _schemas[table.Id].KeyType;
            long[] uncounted = [.. _held.Where(segment => segment.Description.Table == table.Id).Select(segment => KeyCounter.FindUncounted(segment, type, table.NextKey)).OfType<long>()];
            tables.Add(uncounted.Length == 0 ? table : table with { NextKey = KeyCounter.After(table.NextKey, uncounted.Max()) });
            if (uncounted.Length > 0)
            {
                string manifest = StoredTables.ManifestOf(_files, _options.Path);
                Forget(Corruption.At(manifest, 0, $"the next key of table '{_schemas[table.Id].Stored.Name}' is {table.NextKey}, and key {uncounted.Max()} is there"), "keys are counted on from the highest");
            }
        }

        _state = _state with { Tables = tables };
    }

    private SalvagedSegment? SalvageSegment(ManifestSegment description, SequenceNumber newest, CancellationToken cancellationToken)
    {
        ManifestSegment whole = description with { Sidecars = [.. description.Sidecars.Where(sidecar => IsGraphWhole(sidecar, cancellationToken))] };
        bool hasDeletions = true;
        Segment? segment = Open(whole, out HeliosCorruptionException? damage);
        if (segment is null && whole.Sidecars.Any(IsDeletions))
        {
            segment = Open(WithoutDeletions(whole), out HeliosCorruptionException? mainDamage);
            hasDeletions = mainDamage is not null;
            damage = mainDamage ?? damage;
        }

        if (segment is null)
        {
            Lose(damage!, description.Rows, "the segment cannot be read, and its rows are lost");
            return null;
        }

        List<HeliosCorruptionException> found = Check(segment, newest, cancellationToken);
        foreach (HeliosCorruptionException graph in found.Where(error => IsNamed(whole, SegmentSections.GraphSidecar, error)))
        {
            Forget(graph, "the graph is built anew from the vectors");
            segment.Describe(segment.Description with { Sidecars = [.. segment.Description.Sidecars.Where(sidecar => sidecar.FileName != Path.GetFileName(graph.File))] });
        }

        found.RemoveAll(error => IsNamed(whole, SegmentSections.GraphSidecar, error));
        if (damage is null && found.Find(error => IsNamed(whole, SegmentSections.DeletionsSidecar, error)) is { } ends && Open(WithoutDeletions(segment.Description), out _) is { } without)
        {
            // It tells of ends that cannot be: none of it is believed.
            return new SalvagedSegment(without, ends, HasDeletions: false);
        }

        // What stands between the sections of a file that names deletions puts none of them in doubt, and does not stay.
        damage ??= found.FirstOrDefault() ?? segment.Description.Sidecars.Where(IsDeletions).Select(sidecar => FindDamage(sidecar.FileName, cancellationToken)).FirstOrDefault();
        return new SalvagedSegment(segment, damage, hasDeletions);
    }

    private List<HeliosCorruptionException> Check(Segment segment, SequenceNumber newest, CancellationToken cancellationToken)
    {
        List<HeliosCorruptionException> found = [];
        try
        {
            SegmentSalvage.RequireWhole(_files, PathOf(segment.Description.FileName), cancellationToken);
            SegmentCheck check = new(_files, _options.Path, newest, found.Add, static _ => { }, cancellationToken);
            check.Check(segment, _schemas[segment.Description.Table]);
        }
        catch (HeliosCorruptionException error)
        {
            found.Add(error);
        }

        return found;
    }

    private HeliosCorruptionException? FindDamage(string fileName, CancellationToken cancellationToken)
    {
        try
        {
            SegmentSalvage.RequireWhole(_files, PathOf(fileName), cancellationToken);
            return null;
        }
        catch (HeliosCorruptionException error)
        {
            return error;
        }
    }

    private static bool IsDeletions(ManifestSidecar sidecar) => sidecar.Kind == SegmentSections.DeletionsSidecar;

    private static ManifestSegment WithoutDeletions(ManifestSegment segment) => segment with { Sidecars = [.. segment.Sidecars.Where(sidecar => !IsDeletions(sidecar))] };

    private static bool IsNamed(ManifestSegment segment, ushort kind, HeliosCorruptionException error) =>
        segment.Sidecars.Any(sidecar => sidecar.Kind == kind && sidecar.FileName == Path.GetFileName(error.File));

    private ManifestSegment? Rebuild(SalvagedSegment damaged, List<SalvagedSegment> others, CancellationToken cancellationToken)
    {
        (Segment segment, HeliosCorruptionException? damage, bool hasDeletions) = damaged;
        ManifestSegment description = segment.Description;
        TableSchema schema = _schemas[description.Table];
        Memtable rows = new(schema, _options.Allocator);
        try
        {
            int lost = SegmentSalvage.Copy(segment, schema, rows, (key, begin) => others.Exists(other => other.Supersedes(key, begin, description.Id)));
            Lose(damage!, lost, hasDeletions
                ? $"{rows.RowCount} rows of table '{schema.Stored.Name}' were saved, {lost} are lost"
                : $"{rows.RowCount} rows of table '{schema.Stored.Name}' were saved, {lost} are lost, and rows that were deleted may be back, as the file that named them is damaged");
            SegmentId id = new(_nextFileNumber++);
            string fileName = FileNames.Segment(id.Value);
            SegmentBuildResult built = SegmentBuilder.Build(_files, PathOf(fileName), schema, [rows], keepFrom: default, cancellationToken);
            if (built.Rows == 0)
            {
                _files.Delete(PathOf(fileName));
                return null;
            }

            ManifestSegment saved = new(id, description.Table, fileName, (uint)built.Rows, built.First, built.Last, []);
            _ = Open(saved, out HeliosCorruptionException? problem) ?? throw problem!;
            return saved;
        }
        finally
        {
            rows.ReleaseReference();
        }
    }

    private Segment? Open(ManifestSegment description, out HeliosCorruptionException? damage)
    {
        damage = description.ListFiles()
            .Where(name => !_files.FileExists(PathOf(name)))
            .Select(name => new HeliosCorruptionException(PathOf(name), 0, "the file is missing"))
            .FirstOrDefault();
        if (damage is not null)
        {
            return null;
        }

        try
        {
            var segment = Segment.Open(_files, _options.Path, description, _schemas[description.Table], _memory);
            _held.Add(segment);
            return segment;
        }
        catch (HeliosCorruptionException error)
        {
            damage = error;
            return null;
        }
    }

    private bool IsGraphWhole(ManifestSidecar sidecar, CancellationToken cancellationToken)
    {
        if (sidecar.Kind != SegmentSections.GraphSidecar)
        {
            return true;
        }

        try
        {
            if (!_files.FileExists(PathOf(sidecar.FileName)))
            {
                throw new HeliosCorruptionException(PathOf(sidecar.FileName), 0, "the file is missing");
            }

            SegmentSalvage.RequireWhole(_files, PathOf(sidecar.FileName), cancellationToken);
            return true;
        }
        catch (HeliosCorruptionException error)
        {
            Forget(error, "the graph is built anew from the vectors");
            return false;
        }
    }

    // Later logs go first, the newest of them before the others: wherever power is lost, what is left follows on without a gap.
    private void SalvageLogs(LogSalvage logs)
    {
        if (logs.Damage is not { } damage)
        {
            return;
        }

        Lose(damage, rows: -1, logs.Damaged is null
            ? "its commits are lost, and later ones are not applied without them"
            : "the commits before it were saved; this and later ones are lost");
        foreach (ulong number in logs.Later.Reverse())
        {
            SetAside(FileNames.Log(number), "it follows commits that are lost, and is not applied without them");
        }

        if (logs.Damaged is { } damaged)
        {
            Cut(damaged, damage.Offset);
        }

        ulong first = Math.Max(_state.FirstLogNumber, 1);
        if (!_files.FileExists(PathOf(FileNames.Log(first))))
        {
            LogWriter.Create(_files, _options.Path, first).Dispose();
        }
    }

    // Of a backup whose last step, the naming of its log, was interrupted: nothing of it is damaged.
    private void AdoptStagedLog()
    {
        if (LogFiles.IsStaged(_files.List(_options.Path), _state.FirstLogNumber))
        {
            string path = PathOf(FileNames.Log(_state.FirstLogNumber));
            _files.Rename(FileNames.Temporary(path), path);
            _files.SyncDirectory(_options.Path);
        }
    }

    // Under another name, and renamed when it is whole: the damaged one was copied before.
    private void Cut(ulong number, long bytes)
    {
        string path = PathOf(FileNames.Log(number));
        if (bytes < FileHeader.PageBytes)
        {
            _files.Delete(FileNames.Temporary(path));
            _files.Delete(path);
            _files.SyncDirectory(_options.Path);
            return;
        }

        Copy(path, FileNames.Temporary(path), bytes);
        _files.Rename(FileNames.Temporary(path), path);
        _files.SyncDirectory(_options.Path);
    }

    private void SetUnnamedAside(List<ManifestSegment> segments)
    {
        HashSet<string> named = [.. segments.SelectMany(segment => segment.ListFiles())];
        named.UnionWith(_state.ListFiles());
        foreach (string name in _files.List(_options.Path))
        {
            if (FileNames.TryParse(name, out FileKind kind, out _) && kind is FileKind.Segment or FileKind.Deletions or FileKind.Graph && !named.Contains(name))
            {
                SetAside(name, "no whole edit of the manifest names it");
            }
        }
    }

    private void SetAside(string name, string why)
    {
        string kept = LostPathOf(PathOf(name));
        _files.Rename(PathOf(name), kept);
        _files.SyncDirectory(_options.Path);
        _losses.Add(new RecoveryLoss(PathOf(name), 0, -1, kept, why));
        _isChanged = true;
        _hasLost = true;
    }

    private void Lose(HeliosCorruptionException damage, long rows, string meaning)
    {
        Report(damage, rows, meaning);
        _hasLost = true;
    }

    // What is made anew, or was only told of what is there: who followed the database up to here has what it has.
    private void Forget(HeliosCorruptionException damage, string meaning) => Report(damage, rows: 0, meaning);

    private void Report(HeliosCorruptionException damage, long rows, string meaning)
    {
        string? kept = null;
        if (_files.FileExists(damage.File))
        {
            kept = LostPathOf(damage.File);
            Copy(damage.File, kept, long.MaxValue);
            _files.SyncDirectory(_options.Path);
        }

        _losses.Add(new RecoveryLoss(damage.File, damage.Offset, rows, kept, $"{meaning} ({damage.Message})"));
        _isChanged = true;
    }

    private void Copy(string from, string to, long limit)
    {
        _files.Delete(to);
        using IFile source = _files.Open(from, FileOpenMode.Read);
        using IFile target = _files.Open(to, FileOpenMode.Create);
        byte[] slice = new byte[64 << 10];
        long bytes = Math.Min(source.Length, limit);
        for (long done = 0; done < bytes;)
        {
            int read = source.ReadAt(slice.AsSpan(0, (int)Math.Min(slice.Length, bytes - done)), done);
            if (read == 0)
            {
                break;
            }

            target.WriteAt(slice.AsSpan(0, read), done);
            done += read;
        }

        target.Sync();
    }

    private ulong HighestFileNumber() => _files.List(_options.Path)
        .Select(name => FileNames.TryParse(name, out FileKind kind, out ulong number) && kind is FileKind.Segment or FileKind.Graph or FileKind.Deletions ? number : 0)
        .DefaultIfEmpty().Max();

    private string LostPathOf(string path)
    {
        string kept = path + LostSuffix;
        for (int i = 2; _files.FileExists(kept); i++)
        {
            kept = $"{path}{LostSuffix}{i}";
        }

        return kept;
    }

    private string PathOf(string name) => Path.Combine(_options.Path, name);
}
