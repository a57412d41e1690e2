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
    private int _filesRead;
    private long _bytes;

    private Verification(IFileSystem files, string directory, CancellationToken cancellationToken)
    {
        _files = files;
        _directory = directory;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Checks an open database, while reading and writing go on.</summary>
    public static VerificationReport Run(DatabaseEngine engine, CancellationToken cancellationToken)
    {
        long started = engine.Clock.GetTimestamp();
        using FileHold hold = engine.HoldFiles();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, engine.Stopping);
        Verification verification = new(hold.Files, hold.Directory, stopping.Token);

        // The manifest goes on growing, and may be followed by another meanwhile: what looks torn is looked at again.
        verification.CheckManifest(ManifestAttempts);
        long rows = verification.CheckState(hold.Manifest, hold.Logs, hold.Sequence);
        return verification.ToReport(rows, engine.Clock.GetElapsedTime(started));
    }

    /// <summary>Checks a database that nobody has open, or a backup, and changes nothing.</summary>
    public static VerificationReport Run(IFileSystem files, string directory, TimeProvider clock, CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        directory = Directories.Normalize(directory);
        if (!files.DirectoryExists(directory) || !files.FileExists(Path.Combine(directory, FileNames.Current)))
        {
            throw new HeliosException($"There is no database at '{directory}' that could be checked. Check the path; a backup that was not finished holds none.");
        }

        using IDisposable? reading = Directories.LockForReading(files, directory);
        Verification verification = new(files, directory, cancellationToken);
        long rows = 0;
        if (verification.CheckManifest(attempts: 1) is { } state)
        {
            verification.Try(() => BackupMark.Read(files, directory));
            IReadOnlyList<LogPart> logs = [];
            verification.Try(() => logs = LogFiles.Find(directory, files.List(directory), state.FirstLogNumber));
            rows = verification.CheckState(state, logs, new SequenceNumber(ulong.MaxValue));
        }

        return verification.ToReport(rows, clock.GetElapsedTime(started));
    }

    private ManifestState? CheckManifest(int attempts)
    {
        ManifestState? state = null;
        Try(() =>
        {
            ManifestRead read = ReadManifest(attempts);
            state = read.State;
            if (read.End < read.Bytes)
            {
                Report(Corruption.At(Path.Combine(_directory, FileNames.Manifest(read.Number)), read.End, "what follows is a torn tail of an interrupted write, which the next opening cuts off, or damage to the last edit"));
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

    private long CheckState(ManifestState manifest, IReadOnlyList<LogPart> logs, SequenceNumber through)
    {
        HashSet<string> damaged = [.. FileTransfer.FilesOf(manifest).Where(name => !CheckFile(name))];
        foreach (LogPart log in logs)
        {
            Try(() => CheckLog(log, through));
        }

        SegmentCheck rows = new(_files, _directory, through, Report, _cancellationToken);
        foreach (ManifestTable table in manifest.Tables)
        {
            // Of a file whose bytes are not what was written nothing more is to be learned.
            ManifestSegment[] segments = [.. manifest.Segments.Where(segment => segment.Table == table.Id
                && !damaged.Contains(segment.FileName) && !segment.Sidecars.Any(sidecar => damaged.Contains(sidecar.FileName)))];
            rows.Check(table, segments);
        }

        return rows.Rows;
    }

    private bool CheckFile(string name)
    {
        int before = _problems.Count;
        Try(() =>
        {
            using IFile file = _files.Open(Path.Combine(_directory, name), FileOpenMode.Read);
            SegmentFileCheck.Run(file, FileTransfer.NumberOf(name), Report, static _ => { }, _cancellationToken);
            _bytes += file.Length;
        });
        _filesRead++;
        return _problems.Count == before;
    }

    private void CheckLog(LogPart log, SequenceNumber through)
    {
        string path = Path.Combine(_directory, log.FileName);
        _filesRead++;
        SequenceNumber last = default;
        long end;
        try
        {
            end = LogFiles.Read(_files, _directory, log, (offset, first, lastOfGroup, payload) =>
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
        }
        catch (HeliosCorruptionException) when (last >= through)
        {
            // A commit that could not be made durable was never published: what is left of it may be anything.
            return;
        }

        using IFile file = _files.Open(path, FileOpenMode.Read);
        if (log.MayBeTorn && end < file.Length)
        {
            Report(Corruption.At(path, end, "what follows is a torn tail of an interrupted write, which the next opening cuts off, or damage to the last group"));
        }
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
