using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Log;
using Helios.Typed.Storage.Manifest;

namespace Helios.Typed.Operations;

/// <summary>Copies a database directory; the last step is what makes the copy a database.</summary>
/// <remarks>The mark is there from before the first file to after the last, so that nobody takes half of it for a database, or for an empty directory.</remarks>
internal sealed class RestoreJob
{
    private readonly IFileSystem _source;
    private readonly string _backup;
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly IProgress<BackupProgress>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly Guid _history;
    private readonly FileTransfer _transfer;
    private readonly ManifestState _manifest;
    private long _completed;
    private long _total;

    private RestoreJob(IFileSystem source, string backup, IFileSystem files, string directory, Guid history, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        _source = source;
        _backup = backup;
        _files = files;
        _directory = directory;
        _history = history;
        _progress = progress;
        _cancellationToken = cancellationToken;
        _transfer = new FileTransfer(source, backup, files, directory, cancellationToken);
        _manifest = ManifestSnapshot.Read(source, backup).State;
    }

    /// <summary>Restores; the directory is there and locked.</summary>
    /// <param name="source">The file system of the backup.</param>
    /// <param name="backup">The directory of the backup.</param>
    /// <param name="files">The file system of the new database.</param>
    /// <param name="directory">The directory of the new database.</param>
    /// <param name="history">The id of the new database's history: it gives its next commits the numbers that the old database gives to others.</param>
    /// <param name="progress">Is told how far it is, or null.</param>
    /// <param name="cancellationToken">Stops it; nothing is left behind that opens.</param>
    public static RestoreResult Run(
        IFileSystem source, string backup, IFileSystem files, string directory, Guid history, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        RequireEmptyOrUnfinished(files, directory);
        RestoreJob job = new(source, backup, files, directory, history, progress, cancellationToken);
        try
        {
            return job.Run();
        }
        catch
        {
            job.TryClear();
            throw;
        }
    }

    /// <summary>Requires that a directory is empty, but for what an interrupted restore left.</summary>
    /// <exception cref="HeliosException">It holds something else.</exception>
    public static void RequireEmptyOrUnfinished(IFileSystem files, string directory)
    {
        if (BackupMark.Read(files, directory) is not { IsRestore: true })
        {
            BackupTarget.RequireEmpty(directory, files.List(directory));
        }
    }

    private RestoreResult Run()
    {
        new BackupMark(IsRestore: true, IsLinked: false, _manifest.DatabaseId).Write(_files, _directory);
        Clear();
        IReadOnlyList<string> needed = FileTransfer.FilesOf(_manifest);
        IReadOnlyList<LogPart> logs = LogFiles.Find(_backup, _source.List(_backup), _manifest.FirstLogNumber);
        _total = needed.Sum(_transfer.LengthOf) + logs.Sum(log => _transfer.LengthOf(log.FileName));
        foreach (string name in needed)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            _transfer.Copy(name, Report);
        }

        (ulong logNumber, SequenceNumber sequence, bool isDurable) = WriteLog(logs);
        _files.SyncDirectory(_directory);

        // Of a database that was not closed, the end of the log may be lost there, and its numbers be given to others.
        ManifestState state = _manifest.Fork(_history, isDurable ? sequence : _manifest.LastPersisted);
        ManifestSnapshot.Write(_files, _directory, number: 1, state with { FirstLogNumber = logNumber, RetainedLogs = [] });
        CurrentFile.Prepare(_files, _directory, number: 1);
        _cancellationToken.ThrowIfCancellationRequested();
        CurrentFile.Switch(_files, _directory);
        BackupMark.Remove(_files, _directory);
        return new RestoreResult { Sequence = checked((long)sequence.Value), Files = needed.Count + 1, Bytes = _completed, Elapsed = TimeSpan.Zero };
    }

    private (ulong Number, SequenceNumber Last, bool IsDurable) WriteLog(IReadOnlyList<LogPart> logs)
    {
        ulong number = logs.Count > 0 ? logs[^1].Number : 1;
        string path = Path.Combine(_directory, FileNames.Log(number));
        (SequenceNumber last, bool isSealed) = LogCopy.Write(
            _source, _backup, logs, _manifest.LastPersisted, new SequenceNumber(ulong.MaxValue), _files, path, number, _cancellationToken);
        using IFile log = _files.Open(path, FileOpenMode.Read);
        Report(log.Length);
        return (number, last, isSealed);
    }

    private void TryClear()
    {
        try
        {
            Clear();
            BackupMark.Remove(_files, _directory);
        }
        catch (IOException)
        {
            // The mark is there, and says what the rest is.
        }
    }

    // CURRENT goes first, and durably: without it the rest is no database.
    private void Clear()
    {
        _files.Delete(Path.Combine(_directory, FileNames.Current));
        _files.SyncDirectory(_directory);
        foreach (string name in _files.List(_directory))
        {
            if (FileNames.TryParse(name, out FileKind kind, out _) && kind is not (FileKind.Lock or FileKind.LockHolder or FileKind.BackupMark))
            {
                _files.Delete(Path.Combine(_directory, name));
            }
        }
    }

    private void Report(long bytes)
    {
        _completed += bytes;
        _progress?.Report(new BackupProgress(_completed, Math.Max(_total, _completed)));
    }
}
