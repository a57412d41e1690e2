using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;
using Helios.Typed.Storage.Log;
using Helios.Typed.Storage.Manifest;
using Helios.Typed.Telemetry;

namespace Helios.Typed.Engine;

/// <summary>Opens a database: lock, manifest, segments, logs, leftovers, in that order.</summary>
/// <remarks>
/// It costs the tail of the log, not the data: of a segment only its directory is read. Where it is refused, nothing was changed:
/// manifest and logs are cut and switched when all of them was read. (A log that is too large to be held in memory is flushed meanwhile.)
/// </remarks>
internal sealed class EngineOpening : IDisposable
{
    private readonly EngineOptions _options;
    private readonly MeteredFileSystem _disk;
    private readonly long _started;
    private IDisposable? _lock;
    private ManifestStore? _manifest;
    private LogWriter? _log;
    private readonly List<string> _removed = [];
    private readonly List<TornTail> _tornTails = [];
    private int _logs;
    private long _logBytes;
    private SequenceNumber _durable;

    private bool MayCreate => _options.CreateIfMissing && !_options.ReadOnly;

    private EngineOpening(EngineOptions options)
    {
        _disk = new MeteredFileSystem(options.Files);
        _options = options with { Files = _disk };
        _started = options.Clock.GetTimestamp();
    }

    /// <summary>Gets the engine's state, recovered.</summary>
    public DatabaseState State { get; private set; } = null!;

    /// <summary>Gets what was replayed.</summary>
    public LogReplay Replay { get; private set; } = null!;

    /// <summary>Gets what was found and done.</summary>
    public RecoveryReport Report { get; private set; } = null!;

    /// <summary>Opens the files and recovers; what is open is released with the opening, unless it was taken.</summary>
    /// <exception cref="HeliosException">There is no database, or something else is in its place; nothing was changed.</exception>
    public static EngineOpening Run(EngineOptions options, CancellationToken cancellationToken)
    {
        EngineOpening opening = new(options);
        try
        {
            opening.Recover(cancellationToken);
            return opening;
        }
        catch (Exception error) when (DiskSpace.IsExhausted(error))
        {
            opening.Dispose();
            throw new HeliosDiskFullException(options.Path, "opening the database, which starts a new log", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            opening.Dispose();
            throw new HeliosException($"The database '{options.Path}' could not be opened: {error.Message} Nothing that was committed is lost by it. See to the disk and to who may write there, and open it again.", error);
        }
        catch
        {
            opening.Dispose();
            throw;
        }
    }

    /// <summary>Hands over what is open.</summary>
    public (IDisposable Lock, LogWriter? Log) Take()
    {
        (IDisposable Lock, LogWriter? Log) taken = (_lock!, _log);
        (_lock, _log, _manifest) = (null, null, null);
        return taken;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_manifest is not null && State is not null)
        {
            State.Swap(StoreVersion.CreateEmpty());
            State.ReleaseDropped(isClosing: true);
        }

        Replay?.Dispose();
        _log?.Dispose();
        _manifest?.Dispose();
        _lock?.Dispose();
    }

    private void Recover(CancellationToken cancellationToken)
    {
        RequireDirectory();
        _lock = _options.Files.Lock(_options.Path, _options.ReadOnly);
        RequireDatabase();
        IReadOnlyList<RecoveryLoss> losses = MaySalvage ? Salvager.Run(_options, cancellationToken) : [];
        _manifest = _options.ReadOnly
            ? ManifestStore.OpenToRead(_options.Files, _options.Path)
            : ManifestStore.OpenLater(_options.Files, _options.Path, _options.NewId);
        State = new DatabaseState(_options, _disk, _manifest, new EngineLog(_options.Loggers));
        Note(_manifest.TornTail);
        foreach (RecoveryLoss loss in losses)
        {
            State.Log.Lost(loss.File, loss.Offset, loss.KeptAs, loss.What);
        }

        OpenTables(cancellationToken);
        KnownVersions.Require(_options.Files, _options.Path, _manifest.Current);
        ReplayLogs(cancellationToken);
        State.Swap(State.Current.With(State.Catalog.Names));

        if (!_options.ReadOnly)
        {
            // Only now: where something needed is missing or damaged, what seems left over may be what it can be saved from.
            RemoveLeftovers();
        }

        Report = new RecoveryReport
        {
            Logs = _logs,
            Commits = Replay.Commits,
            Rows = Replay.Rows,
            LogBytes = _logBytes,
            TornTails = _tornTails,
            RemovedFiles = _removed,
            Losses = losses,
            Elapsed = _options.Clock.GetElapsedTime(_started),
        };
    }

    private void RequireDirectory()
    {
        for (string? path = _options.Path; !string.IsNullOrEmpty(path); path = Path.GetDirectoryName(path))
        {
            if (_options.Files.FileExists(path))
            {
                throw new HeliosException(path == _options.Path
                    ? $"'{path}' is a file. A database is a directory: give the path of one, or of one to create."
                    : $"'{_options.Path}' cannot be a database, which is a directory: '{path}' above it is a file.");
            }
        }

        if (!_options.Files.DirectoryExists(_options.Path))
        {
            if (!MayCreate)
            {
                throw Missing();
            }

            _options.Files.CreateDirectory(_options.Path);
        }
        else
        {
            // Before the lock, whose file would be a change.
            RequireDatabase();
        }
    }

    private bool MaySalvage => _options is { RecoveryMode: RecoveryMode.Salvage, ReadOnly: false };

    private void RequireDatabase()
    {
        if (MaySalvage && _options.Files.List(_options.Path).Any(name => FileNames.TryParse(name, out FileKind kind, out _) && kind == FileKind.Manifest))
        {
            return;
        }

        ManifestStore.RequireDatabaseOrNothing(_options.Files, _options.Path);
        if (!MayCreate && !_options.Files.FileExists(Path.Combine(_options.Path, FileNames.Current)))
        {
            throw Missing();
        }
    }

    private HeliosException Missing() =>
        new(_options.ReadOnly
            ? $"There is no database at '{_options.Path}' that could be read. Check the path, or open it without ReadOnly to create one."
            : $"There is no database at '{_options.Path}', and CreateIfMissing is false. Check the path, or set CreateIfMissing.");

    private void OpenTables(CancellationToken cancellationToken)
    {
        ManifestState manifest = State.Manifest.Current;
        if (ManifestContradiction.Find(manifest) is { } contradiction)
        {
            throw ContradictingManifest(contradiction);
        }

        Dictionary<TableId, CatalogTable> tables = [];
        foreach (ManifestTable table in manifest.Tables)
        {
            CatalogTable restored = Restore(table);
            restored.NextKey = table.NextKey;
            tables.Add(table.Id, restored);
        }

        State.Catalog.HighestId = (uint)(Math.Max(manifest.NextTableId, 1) - 1);
        Dictionary<TableId, List<Segment>> segments = [];
        try
        {
            foreach (ManifestSegment description in manifest.Segments)
            {
                cancellationToken.ThrowIfCancellationRequested();
                CatalogTable table = tables[description.Table];
                var segment = Segment.Open(_options.Files, _options.Path, description, DatabaseState.SchemaOf(table.Shape), State.Memory, State.Log.FoundDamagedGraph);
                segments.TryAdd(table.Id, []);
                segments[table.Id].Insert(0, segment);
                segment.PersistedEnds = segment.EndedCount;
            }

            Dictionary<TableId, TableVersion> versions = [];
            foreach ((TableId table, List<Segment> list) in segments)
            {
                versions.Add(table, new TableVersion(null, [], list));
            }

            State.Swap(State.Current.With(versions));
        }
        finally
        {
            // The version holds them from here on; where there is none, they go.
            foreach (Segment segment in segments.Values.SelectMany(list => list))
            {
                segment.ReleaseReference();
            }
        }
    }

    private CatalogTable Restore(ManifestTable table)
    {
        try
        {
            return State.Catalog.Restore(table.Id, StoredTables.ShapeOf(table, _options.Files, _options.Path));
        }
        catch (InvalidDataException error)
        {
            throw ContradictingManifest(error.Message);
        }
    }

    private HeliosCorruptionException ContradictingManifest(string problem) =>
        Corruption.At(StoredTables.ManifestOf(_options.Files, _options.Path), 0, $"its checksums hold, but {problem}");

    private void Note(TornTail? tail)
    {
        if (tail is not null)
        {
            State.Log.CutTornTail(tail.File, tail.Offset, tail.Bytes);
            _tornTails.Add(tail);
        }
    }

    private void RemoveLeftovers()
    {
        ManifestState manifest = State.Manifest.Current;
        HashSet<string> named = [.. manifest.ListFiles()];
        foreach (string name in _options.Files.List(_options.Path))
        {
            bool isLeftover = FileNames.TryParse(name, out FileKind kind, out ulong number) && kind switch
            {
                FileKind.Temporary => true,
                FileKind.Log => number < manifest.FirstLogNumber && manifest.RetainedLogs.All(log => log.Number != number),
                FileKind.Segment or FileKind.Graph or FileKind.Deletions => !named.Contains(name),
                _ => false,
            };
            if (isLeftover)
            {
                State.TryDelete(name);
                _removed.Add(name);
            }
        }
    }

    private void ReplayLogs(CancellationToken cancellationToken)
    {
        Replay = new LogReplay(State);
        ReplayFlush flush = new(State, Replay);
        if (!_options.ReadOnly && LogFiles.IsStaged(_options.Files.List(_options.Path), State.Manifest.Current.FirstLogNumber))
        {
            // Gives the log of a backup its name.
            State.Manifest.Begin();
        }

        _durable = State.Manifest.Current.LastPersisted;
        ulong[] numbers = [.. LogFiles.Find(_options.Path, _options.Files.List(_options.Path), State.Manifest.Current.FirstLogNumber).Select(log => log.Number)];
        foreach (ulong number in numbers)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Replay.Applied = _options.ReadOnly ? null : sequence => flush.Consider(sequence, number, cancellationToken);
            LogReadReport read = ReplayLog(number, isNewest: number == numbers[^1]);
            _logs++;
            _logBytes += read.Bytes;
            Note(read.TornTail);
        }

        State.Publish(Replay.Last);
        if (_options.ReadOnly)
        {
            // All that was read is shown, and no more of it is durable than is known to be: it may come from the cache of a system
            // whose process was killed, and only who may write can make it so.
            State.MarkDurable(_durable);
            return;
        }

        // Only now: everything was met that may be a reason to refuse the database, and to leave it as it was.
        State.Manifest.Begin();
        ulong next = Math.Max(State.Manifest.Current.FirstLogNumber, 1);
        if (numbers.Length > 0)
        {
            // It may have come from a process that died before a sync. Once a later log is there, this one has to be whole.
            SyncLog(numbers[^1]);
            next = numbers[^1] + 1;
        }

        State.MarkDurable();
        _log = LogWriter.Create(_options.Files, _options.Path, next, _options.Durability == Durability.Full ? _options.LogRoomBytes : 0);
        if (Replay.Commits == 0 && numbers.Length > 0)
        {
            ForgetLogs(numbers, next);
        }
    }

    private LogReadReport ReplayLog(ulong number, bool isNewest)
    {
        SequenceNumber? begin = null;
        SequenceNumber end = Replay.Last;
        List<(long Offset, SequenceNumber Last)> groups = [];
        void Apply(long offset, SequenceNumber first, SequenceNumber last, ReadOnlySpan<byte> payload)
        {
            try
            {
                Replay.Apply(first, last, payload);
            }
            catch (InvalidDataException error)
            {
                string path = State.PathOf(FileNames.Log(number));
                throw (HeliosException?)UnknownVersion.In(error, path)
                    ?? new HeliosCorruptionException(path, offset, $"its checksums hold but {error.Message}. Restore the file, or open the database with the library version that wrote it.");
            }

            begin ??= first;
            end = last;
            if (_options.ReadOnly)
            {
                groups.Add((offset, last));
            }
        }

        LogReadReport read = LogReader.Read(_options.Files, _options.Path, number, isNewest, Apply, mayChange: !_options.ReadOnly);
        State.Logs.Add(new ManifestLog(number, begin ?? new SequenceNumber(end.Value + 1), end, read.Bytes));

        // A log that another follows was durable before that was begun.
        SequenceNumber durable = groups.LastOrDefault(group => !isNewest || group.Offset < read.DurableEnd).Last;
        _durable = durable > _durable ? durable : _durable;
        return read;
    }

    private void SyncLog(ulong number)
    {
        using IFile file = _options.Files.Open(State.PathOf(FileNames.Log(number)), FileOpenMode.ReadWrite);
        file.Sync();
    }

    private void ForgetLogs(ulong[] numbers, ulong next)
    {
        IReadOnlyList<ManifestLog> retained = State.Logs.ChooseRetained(next, _options.ChangeRetentionBytes);
        State.CommitManifest(State.Manifest.Current with { FirstLogNumber = next, RetainedLogs = retained });
        State.Logs.Install(retained, next);
        foreach (ulong number in numbers)
        {
            if (retained.All(log => log.Number != number))
            {
                State.TryDelete(FileNames.Log(number));
            }
        }
    }
}
