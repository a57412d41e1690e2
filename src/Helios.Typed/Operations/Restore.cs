using Helios.Typed.Storage.Files;

namespace Helios.Typed.Operations;

/// <summary>Makes databases of backups.</summary>
internal static class Restore
{
    /// <summary>Copies a backup, or any database that nobody has open, to a new directory; every byte is verified.</summary>
    /// <param name="source">The file system of the backup.</param>
    /// <param name="backup">The directory of the backup, which is only read.</param>
    /// <param name="files">The file system of the new database.</param>
    /// <param name="directory">The directory of the new database, which is empty or not there.</param>
    /// <param name="newId">Makes the id of the new database's history.</param>
    /// <param name="clock">Tells the time it takes.</param>
    /// <param name="progress">Is told how far it is, or null.</param>
    /// <param name="cancellationToken">Stops it; nothing is left behind that opens.</param>
    public static RestoreResult Run(
        IFileSystem source,
        string backup,
        IFileSystem files,
        string directory,
        Func<Guid> newId,
        TimeProvider clock,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        (backup, directory) = (Directories.Normalize(backup), Directories.Normalize(directory));
        try
        {
            RequireBackup(source, backup);
            if (files.FileExists(directory))
            {
                throw new HeliosException($"'{directory}' is a file. A database is a directory: give the path of one, or of one to create.");
            }

            if (ReferenceEquals(source, files) && (Directories.IsWithin(directory, backup) || Directories.IsWithin(backup, directory)))
            {
                throw new HeliosException($"The directory '{directory}' is, holds or lies in that of the backup, '{backup}'. Restore to a directory apart from it.");
            }

            if (files.DirectoryExists(directory))
            {
                RestoreJob.RequireEmptyOrUnfinished(files, directory);
            }

            using IDisposable? reading = Directories.LockForReading(source, backup);
            files.CreateDirectory(directory);
            using IDisposable held = files.Lock(directory);
            return RestoreJob.Run(source, backup, files, directory, newId(), progress, cancellationToken) with { Elapsed = clock.GetElapsedTime(started) };
        }
        catch (IOException error) when (DiskSpace.IsExhausted(error))
        {
            throw new HeliosDiskFullException(directory, "restoring a backup", error);
        }
        catch (IOException error)
        {
            throw new HeliosException($"The backup '{backup}' could not be restored to '{directory}': {error.Message} Nothing was left there that opens. See to the disk, and try again.", error);
        }
    }

    private static void RequireBackup(IFileSystem source, string backup)
    {
        if (!source.DirectoryExists(backup) || !source.FileExists(Path.Combine(backup, FileNames.Current)))
        {
            throw new HeliosException(source.DirectoryExists(backup) && source.FileExists(Path.Combine(backup, FileNames.BackupMark))
                ? $"The backup in '{backup}' was not finished, and holds no database yet. Repeat it, or restore another one."
                : $"There is no backup at '{backup}'. Check the path; it is that of the directory which BackupAsync filled.");
        }
    }
}
