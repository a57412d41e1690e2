using Helios.Typed.Engine;
using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;
using Helios.Typed.Storage.Log;
using Helios.Typed.Storage.Manifest;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Operations;

/// <summary>Reads every file that makes up a database, and lists what is wrong instead of stopping at the first.</summary>
internal sealed class Verification
{
    private const int MaxProblems = 1000;
    private const int ManifestAttempts = 10;

    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly CancellationToken _cancellationToken;
    private readonly List<VerificationProblem> _problems = [];
    private readonly VerificationSteps _steps;
    private string _manifestPath;
    private int _filesRead;
    private long _bytes;

    private Verification(IFileSystem files, string directory, IProgress<VerificationProgress>? progress, CancellationToken cancellationToken)
    {
        _files = files;
        _directory = directory;
        _manifestPath = Path.Combine(directory, FileNames.Current);
        _steps = new VerificationSteps(progress);
        _cancellationToken = cancellationToken;
    }

    /// <summary>Checks an open database, while reading and writing go on.</summary>
    /// <exception cref="ObjectDisposedException">The database was closed meanwhile.</exception>
    public static VerificationReport Run(DatabaseEngine engine, IProgress<VerificationProgress>? progress, CancellationToken cancellationToken)
    {
        long started = engine.Clock.GetTimestamp();
        using FileHold hold = engine.HoldFiles();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, engine.Stopping);
        Verification verification = new(hold.Files, hold.Directory, progress, stopping.Token);
        try
        {
            return ReadAll(hold.Directory, () =>
            {
                // The manifest goes on growing, and may be followed by another meanwhile: what looks torn is looked at again.
                verification.CheckManifest(ManifestAttempts);
                long rows = verification.CheckState(hold.Manifest, hold.Logs, hold.Sequence);
                verification.CheckMemory(hold);
                return verification.ToReport(rows, engine.Clock.GetElapsedTime(started));
            });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException("HeliosDatabase", "The database was closed while it was checked. Check it again when it is open, or its directory now.");
        }
    }

    /// <summary>Checks a database that nobody has open, or a backup, and changes nothing.</summary>
    public static VerificationReport Run(
        IFileSystem files, string directory, TimeProvider clock, IProgress<VerificationProgress>? progress, CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        directory = Directories.Normalize(directory);
        if (!files.DirectoryExists(directory) || !files.FileExists(Path.Combine(directory, FileNames.Current)))
        {
            throw new HeliosException($"There is no database at '{directory}' that could be checked. Check the path; a backup that was not finished holds none.");
        }

        using IDisposable? reading = Directories.LockForReading(files, directory);
        Verification verification = new(files, directory, progress, cancellationToken);
        return ReadAll(directory, () =>
        {
            long rows = 0;
            if (verification.CheckManifest(attempts: 1) is { } state)
            {
                verification.Try(() => BackupMark.Read(files, directory));
                IReadOnlyList<LogPart> logs = [];
                verification.Try(() => logs = LogFiles.Find(directory, files.List(directory), state.FirstLogNumber));
                rows = verification.CheckState(state, logs, through: null);
            }

            return verification.ToReport(rows, clock.GetElapsedTime(started));
        });
    }

    private static VerificationReport ReadAll(string directory, Func<VerificationReport> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new HeliosException($"The database at '{directory}' could not be checked to the end: {error.Message} Nothing was changed. See to the disk, and check it again.", error);
        }
    }

    private ManifestState? CheckManifest(int attempts)
    {
        ManifestState? state = null;
        Try(() =>
        {
            ManifestRead read = ReadManifest(attempts);
            _manifestPath = Path.Combine(_directory, FileNames.Manifest(read.Number));
            state = read.State;
            if (read.End < read.Bytes)
            {
                Report(Corruption.At(_manifestPath, read.End, "what follows is a torn tail of an interrupted write, which the next opening cuts off, or damage to the last edit"));
            }
        });
        _filesRead += 2;
        return state;
    }

    private ManifestRead ReadManifest(int attempts)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                ManifestRead read = ManifestSnapshot.Read(_files, _directory);
                if (read.End == read.Bytes || attempt >= attempts)
                {
                    return read;
                }
            }
            catch (Exception error) when (attempt < attempts && error is HeliosCorruptionException or FileNotFoundException)
            {
            }
        }
    }

    private long CheckState(ManifestState manifest, IReadOnlyList<LogPart> logs, SequenceNumber? through)
    {
        _steps.Begin(FileTransfer.FilesOf(manifest).Concat(logs.Select(log => log.FileName)).Sum(LengthOf), manifest.Segments.Sum(segment => LengthOf(segment.FileName)));
        HashSet<string> damaged = [.. FileTransfer.FilesOf(manifest).Where(name => !CheckFile(name))];
        if (ManifestContradiction.Find(manifest) is { } contradiction)
        {
            Report(Corruption.At(_manifestPath, 0, $"its checksums hold, but {contradiction}"));
        }

        SequenceNumber newest = through ?? new SequenceNumber(ulong.MaxValue);
        CheckManifestContents(manifest, () =>
        {
            LogCheck commits = new(manifest);
            foreach (LogPart log in logs)
            {
                Try(() => CheckLog(log, commits, newest));
                _steps.Add(LengthOf(log.FileName));
            }

            newest = through ?? commits.Last;
        });
        foreach (ManifestLog retained in manifest.RetainedLogs)
        {
            Try(() => CheckRetained(retained));
        }

        SegmentCheck rows = new(_files, _directory, newest, Report, segment => _steps.Add(LengthOf(segment.FileName)), _cancellationToken);
        foreach (ManifestTable table in manifest.Tables)
        {
            // Of a file whose bytes are not what was written nothing more is to be learned.
            ManifestSegment[] segments = [.. manifest.Segments.Where(segment => segment.Table == table.Id
                && !damaged.Contains(segment.FileName) && !segment.Sidecars.Any(sidecar => damaged.Contains(sidecar.FileName)))];
            CheckManifestContents(manifest, () => rows.Check(table, segments));
        }

        _steps.End();
        return rows.Rows;
    }

    // Shapes of tables stand in the manifest.
    private void CheckManifestContents(ManifestState manifest, Action check)
    {
        try
        {
            check();
        }
        catch (InvalidDataException error)
        {
            Report(Corruption.At(_manifestPath, 0, $"its checksums hold, but of one of its {manifest.Tables.Count} tables {error.Message}"));
        }
    }

    private bool CheckFile(string name)
    {
        int before = _problems.Count;
        Try(() =>
        {
            using IFile file = _files.Open(Path.Combine(_directory, name), FileOpenMode.Read);
            long left = file.Length;
            SegmentFileCheck.Run(
                file,
                FileTransfer.NumberOf(name),
                Report,
                bytes =>
                {
                    left -= bytes;
                    _steps.Add(bytes);
                },
                _cancellationToken);
            _steps.Add(left);
            _bytes += file.Length;
        });
        _filesRead++;
        return _problems.Count == before;
    }

    private void CheckLog(LogPart log, LogCheck commits, SequenceNumber through)
    {
        string path = Path.Combine(_directory, log.FileName);
        _filesRead++;
        SequenceNumber last = default;
        GroupEnd end;
        try
        {
            end = LogFiles.Read(_files, _directory, log, Check);
            void Check(long offset, ulong first, ulong lastOfGroup, ReadOnlySpan<byte> payload)
            {
                _cancellationToken.ThrowIfCancellationRequested();
                last = new SequenceNumber(lastOfGroup);
                try
                {
                    commits.Check(new SequenceNumber(first), last, payload);
                }
                catch (InvalidDataException error)
                {
                    if (UnknownVersion.In(error, path) is { } newer)
                    {
                        throw newer;
                    }

                    Report(Corruption.At(path, offset, $"its checksums hold but {error.Message}"));
                }
            }
        }
        catch (HeliosCorruptionException) when (last >= through)
        {
            // A commit that could not be made durable was never published: what is left of it may be anything.
            return;
        }

        if (log.MayBeTorn && end.Offset < end.TailEnd)
        {
            Report(Corruption.At(path, end.Offset, "what follows is a torn tail of an interrupted write, which the next opening cuts off, or damage to the last group"));
        }
    }

    // Kept for readers of changes alone: the shapes that its rows were written with are known no more.
    private void CheckRetained(ManifestLog log)
    {
        string name = FileNames.Log(log.Number);
        string path = Path.Combine(_directory, name);
        _filesRead++;
        SequenceNumber last = default;
        GroupEnd end = LogFiles.Read(_files, _directory, new LogPart(log.Number, name, log.Bytes, MayBeTorn: false), (offset, first, lastOfGroup, payload) =>
        {
            _cancellationToken.ThrowIfCancellationRequested();
            last = new SequenceNumber(lastOfGroup);
            try
            {
                CommitReader.Validate(payload, new SequenceNumber(first), last);
            }
            catch (InvalidDataException error)
            {
                Report(Corruption.At(path, offset, $"its checksums hold but {error.Message}"));
            }
        });
        if (last != log.Last)
        {
            Report(Corruption.At(path, end.Offset, $"it ends with commit {last.Value}, and the manifest says {log.Last.Value}"));
        }
    }

    private void CheckMemory(FileHold hold)
    {
        foreach (TableVersion table in hold.Tables)
        {
            Try(() => LiveKeyCheck.Check(
                table,
                hold.Sequence,
                (segment, problem) => Report(Corruption.At(
                    Path.Combine(_directory, segment?.Description.FileName ?? hold.Logs.Select(log => log.FileName).LastOrDefault(FileNames.Current)), 0, problem)),
                _cancellationToken));
        }
    }

    private long LengthOf(string name)
    {
        string path = Path.Combine(_directory, name);
        if (!_files.FileExists(path))
        {
            return 0;
        }

        using IFile file = _files.Open(path, FileOpenMode.Read);
        return file.Length;
    }

    private void Try(Action check)
    {
        try
        {
            check();
        }
        catch (HeliosCorruptionException error)
        {
            Report(error);
        }
        catch (FileNotFoundException error)
        {
            Report(Corruption.At(error.FileName ?? _directory, 0, "the file is missing"));
        }
    }

    private void Report(HeliosCorruptionException error)
    {
        if (_problems.Count < MaxProblems)
        {
            _problems.Add(new VerificationProblem(error.File, error.Offset, error.Detail));
        }
    }

    private VerificationReport ToReport(long rows, TimeSpan elapsed) => new(_problems, _filesRead, _bytes, rows, elapsed);
}
