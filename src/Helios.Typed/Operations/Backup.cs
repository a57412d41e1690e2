using System.Diagnostics;
using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Helios.Typed.Telemetry;

namespace Helios.Typed.Operations;

/// <summary>Makes backups of an open database.</summary>
internal static class Backup
{
    /// <summary>Brings a directory to the newest committed state, while reading and writing go on.</summary>
    /// <param name="engine">The database.</param>
    /// <param name="files">The file system of the backup.</param>
    /// <param name="directory">The directory of the backup.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Is told how far it is, or null.</param>
    /// <param name="cancellationToken">Stops it; the backup before stays in force.</param>
    public static Task<BackupResult> RunAsync(
        DatabaseEngine engine, IFileSystem files, string directory, BackupOptions options, IProgress<BackupProgress>? progress, CancellationToken cancellationToken) =>
        Task.Run(() => Run(engine, files, directory, options, progress, cancellationToken), cancellationToken);

    /// <summary>Does as <see cref="RunAsync"/>, on the caller's thread.</summary>
    public static BackupResult Run(
        DatabaseEngine engine, IFileSystem files, string directory, BackupOptions options, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        using Activity? span = HeliosActivitySource.Start("helios.backup", engine.Meter.Name);
        try
        {
            return BackUp(engine, files, directory, options, progress, cancellationToken);
        }
        catch (Exception error) when (HeliosActivitySource.Failed(span, error))
        {
            throw;
        }
    }

    private static BackupResult BackUp(
        DatabaseEngine engine, IFileSystem files, string directory, BackupOptions options, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        OperationsLog log = new(engine.Loggers);
        long started = engine.Clock.GetTimestamp();
        directory = Directories.Normalize(directory);
        using FileHold hold = engine.HoldFiles(mustBeDurable: true);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, engine.Stopping);
        try
        {
            RequirePlace(hold, files, directory);

            // Before the lock, whose file would be a change.
            if (files.DirectoryExists(directory))
            {
                BackupTarget.Examine(files, directory, hold.Manifest.DatabaseId);
            }

            files.CreateDirectory(directory);
            using IDisposable held = files.Lock(directory);
            BackupResult result = BackupJob.Run(hold, files, directory, options, progress, stopping.Token) with
            {
                Elapsed = engine.Clock.GetElapsedTime(started),
            };
            log.BackedUp(hold.Directory, directory, result.Sequence, result.Elapsed.TotalMilliseconds, result.LinkedFiles, result.CopiedFiles, result.CopiedBytes, result.KeptFiles, result.RemovedFiles);
            return result;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException("HeliosDatabase", "The database was closed during its backup; what was in the directory before is as it was.");
        }
        catch (IOException error) when (DiskSpace.IsExhausted(error))
        {
            throw new HeliosDiskFullException(directory, "making a backup", error);
        }
        catch (IOException error)
        {
            throw new HeliosException($"The database could not be backed up to '{directory}': {error.Message} A backup that was there before is as it was, or has become the new one. Make room on the disk, or see to it, and try again.", error);
        }
    }

    private static void RequirePlace(FileHold hold, IFileSystem files, string directory)
    {
        if (files.FileExists(directory))
        {
            throw new HeliosException($"'{directory}' is a file. A backup is a directory: give the path of one, or of one to create.");
        }

        if (ReferenceEquals(files, hold.Files) && (Directories.IsWithin(directory, hold.Directory) || Directories.IsWithin(hold.Directory, directory)))
        {
            throw new HeliosException($"The directory '{directory}' is, holds or lies in that of the database, '{hold.Directory}'. Back up to a directory apart from it.");
        }
    }
}
