using Helios.Typed.Engine;
using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;
using Helios.Typed.Storage.Log;
using Helios.Typed.Storage.Manifest;

namespace Helios.Typed.Operations;

/// <summary>Brings a directory to the state that the database has at one commit.</summary>
/// <remarks>
/// 1. Mark the directory. 2. Link or copy the immutable files that are not there. 3. Write the commits that are only in logs as
/// one log, under a temporary name: the manifest before would take it for its own. 4. Write the manifest. 5. Switch
/// <c>CURRENT</c>: from here on the new backup is in force, before it the old one. 6. Name the log; who opens the directory
/// in between does that. 7. Remove what only the old one needed.
/// </remarks>
internal sealed class BackupJob
{
    private readonly FileHold _hold;
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly BackupOptions _options;
    private readonly IProgress<BackupProgress>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly FileTransfer _transfer;
    private readonly BackupTarget _target;
    private readonly List<string> _needed;
    private readonly string _stagedLog;
    private readonly ulong _logNumber;
    private readonly ulong _manifestNumber;
    private long _completed;
    private long _total;
    private int _copied;
    private long _copiedBytes;
    private int _linked;
    private int _kept;
    private int _removed;
    private bool _isSwitching;

    private BackupJob(FileHold hold, IFileSystem files, string directory, BackupOptions options, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        _hold = hold;
        _files = files;
        _directory = directory;
        _options = options;
        _progress = progress;
        _cancellationToken = cancellationToken;
        _transfer = new FileTransfer(hold.Files, hold.Directory, files, directory, cancellationToken);
        _target = BackupTarget.Examine(files, directory, hold.Manifest.DatabaseId);
        _needed = [.. FileTransfer.FilesOf(hold.Manifest)];
        _logNumber = Math.Max(hold.Logs.Count > 0 ? hold.Logs[^1].Number : 0, HighestLog(_target)) + 1;
        _stagedLog = FileNames.Temporary(Path.Combine(directory, FileNames.Log(_logNumber)));
        _manifestNumber = (_target.Previous?.Number ?? 0) + 1;
    }

    /// <summary>Backs up an open database.</summary>
    /// <param name="hold">The files of the database.</param>
    /// <param name="files">The file system of the backup.</param>
    /// <param name="directory">The directory of the backup, which is there and locked.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Is told how far it is, or null.</param>
    /// <param name="cancellationToken">Stops it; the backup before stays in force.</param>
    public static BackupResult Run(FileHold hold, IFileSystem files, string directory, BackupOptions options, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        BackupJob job = new(hold, files, directory, options, progress, cancellationToken);
        try
        {
            return job.Run();
        }
        catch
        {
            job.DeleteStaged();
            throw;
        }
    }

    private BackupResult Run()
    {
        Mark();
        _total = _needed.Sum(_transfer.LengthOf);
        _needed.ForEach(Bring);
        WriteLog();

        // Every name before the manifest that relies on it.
        _files.SyncDirectory(_directory);
        ManifestSnapshot.Write(_files, _directory, _manifestNumber, _hold.ManifestOfCopy() with { FirstLogNumber = _logNumber, RetainedLogs = [] });
        CurrentFile.Prepare(_files, _directory, _manifestNumber);
        _cancellationToken.ThrowIfCancellationRequested();
        _isSwitching = true;
        CurrentFile.Switch(_files, _directory);
        _files.Rename(_stagedLog, Path.Combine(_directory, FileNames.Log(_logNumber)));
        _files.SyncDirectory(_directory);
        Clean();
        return new BackupResult
        {
            Sequence = checked((long)_hold.Sequence.Value),
            CopiedFiles = _copied,
            CopiedBytes = _copiedBytes,
            LinkedFiles = _linked,
            KeptFiles = _kept,
            RemovedFiles = _removed,
            TotalBytes = _total,
            Elapsed = TimeSpan.Zero,
        };
    }

    private void Mark()
    {
        bool mayLink = !_options.CopyFiles && ReferenceEquals(_files, _hold.Files);
        if (_target.Mark is not { } mark)
        {
            new BackupMark(IsRestore: false, mayLink, _hold.Manifest.DatabaseId).Write(_files, _directory);
        }
        else if (mayLink && !mark.IsLinked)
        {
            (mark with { IsLinked = true }).Write(_files, _directory);
        }
    }

    private void Bring(string name)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        bool isThere = _target.Names.Contains(name);
        bool isSame = isThere && _transfer.IsSame(name);
        if (isThere && !isSame && _target.Previous is { } previous && FileTransfer.FilesOf(previous.State).Contains(name))
        {
            throw new HeliosException($"The backup in '{_directory}' is of another history of the same database: its '{name}' holds something else. One of them was restored from an older backup. Choose another directory; nothing of the backup was changed.");
        }

        long bytes = _transfer.LengthOf(name);
        if (!_options.CopyFiles && _transfer.TryLink(name))
        {
            // Linked anew where it was there: so it is the database's own, and needs no checking.
            Count(ref isSame ? ref _kept : ref _linked, bytes);
        }
        else if (isSame && !(_options.CopyFiles && _target.Mark!.IsLinked) && _transfer.IsWhole(name))
        {
            Count(ref _kept, bytes);
        }
        else
        {
            _copiedBytes += _transfer.Copy(name, Report);
            _copied++;
        }
    }

    private void WriteLog()
    {
        (SequenceNumber last, _) = LogCopy.Write(
            _hold.Files, _hold.Directory, _hold.Logs, _hold.Manifest.LastPersisted, _hold.Sequence, _files, _stagedLog, _logNumber, _cancellationToken);
        if (last < _hold.Sequence)
        {
            throw Corruption.At(Path.Combine(_hold.Directory, _hold.Logs.Count > 0 ? _hold.Logs[^1].FileName : FileNames.Current), 0, $"the logs end at commit {last.Value}, and commit {_hold.Sequence.Value} was published");
        }

        using IFile log = _files.Open(_stagedLog, FileOpenMode.Read);
        _total += log.Length;
        _copiedBytes += log.Length;
        _copied++;
        Report(log.Length);
    }

    private void Clean()
    {
        HashSet<string> keep = [.. _needed, FileNames.Log(_logNumber), FileNames.Manifest(_manifestNumber)];
        foreach (string name in _files.List(_directory))
        {
            bool isOurs = FileNames.TryParse(name, out FileKind kind, out _)
                && kind is FileKind.Manifest or FileKind.Log or FileKind.Segment or FileKind.Graph or FileKind.Deletions or FileKind.Temporary;
            if (isOurs && !keep.Contains(name) && Directories.TryDelete(_files, Path.Combine(_directory, name)))
            {
                _removed++;
            }
        }

        _files.SyncDirectory(_directory);
    }

    // Named files stay: the next attempt finds them, checks them and goes on. Once CURRENT may be switched, all has to stay.
    private void DeleteStaged()
    {
        if (!_isSwitching)
        {
            Directories.TryDelete(_files, _stagedLog);
            Directories.TryDelete(_files, Path.Combine(_directory, FileNames.Temporary(FileNames.Current)));
            Directories.TryDelete(_files, Path.Combine(_directory, FileNames.Manifest(_manifestNumber)));
        }
    }

    private void Count(ref int files, long bytes)
    {
        files++;
        Report(bytes);
    }

    private void Report(long bytes)
    {
        _completed += bytes;
        _progress?.Report(new BackupProgress(_completed, Math.Max(_total, _completed)));
    }

    private static ulong HighestLog(BackupTarget target)
    {
        ulong highest = target.Previous?.State.FirstLogNumber ?? 0;
        foreach (string name in target.Names)
        {
            if (FileNames.TryParse(name, out FileKind kind, out ulong number) && kind is FileKind.Log)
            {
                highest = Math.Max(highest, number);
            }
        }

        return highest;
    }
}
