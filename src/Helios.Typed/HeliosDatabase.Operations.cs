using Helios.Typed.Engine;
using Helios.Typed.Operations;
using Helios.Typed.Storage.Files;

namespace Helios.Typed;

/// <content>Backs up, restores and checks.</content>
public sealed partial class HeliosDatabase
{
    /// <summary>Makes a backup of the newest committed state, or brings one up to date, while reading and writing go on.</summary>
    /// <remarks>
    /// The backup is a database directory of its own. Files that never change are given a second name (a hard link) where the
    /// file system can, and copied otherwise; a second backup to the same directory brings only what is new. Until it is
    /// complete, through a crash too, the backup before stays as it was. A backup that is opened for writing is a database
    /// of its own from then on, and no more a place to back up to: use <see cref="RestoreAsync"/>. Deleting rows does not reach backups.
    /// </remarks>
    /// <param name="path">The directory: one that is not there, an empty one, or an earlier backup of this database.</param>
    /// <param name="options">How it is made, or null for the defaults.</param>
    /// <param name="progress">Is told how far it is, or null.</param>
    /// <param name="cancellationToken">Stops the backup; what was in the directory before stays in force.</param>
    /// <returns>What it holds and what it took.</returns>
    /// <exception cref="HeliosLockedException">The directory is open as a database.</exception>
    /// <exception cref="HeliosCorruptionException">A file of the database is damaged.</exception>
    /// <exception cref="HeliosDiskFullException">The disk of the backup is full.</exception>
    /// <exception cref="HeliosException">The directory holds something else, a backup of another database, or this database itself; or it could not be written.</exception>
    public async Task<BackupResult> BackupAsync(
        string path, BackupOptions? options = null, IProgress<BackupProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        string directory = RequireDirectory(path, nameof(path), "A backup is a directory on disk");
        DatabaseEngine engine = await EngineAsync(cancellationToken).ConfigureAwait(false);
        IFileSystem files = Path == HeliosDatabaseOptions.InMemory ? PhysicalFileSystem.Instance : _options.Files;
        return await Backup.RunAsync(engine, files, directory, options ?? new BackupOptions(), progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a database of a backup, or of any database that nobody has open; every byte is verified on the way.</summary>
    /// <remarks>
    /// It has the id of the old database and a history of its own: a reader of changes that had come further than the backup is told
    /// so, by <see cref="HeliosChangesDivergedException"/>, and one that had not goes on from its position.
    /// </remarks>
    /// <param name="backupPath">The backup's directory, which is only read; it may be on a read-only disk.</param>
    /// <param name="path">The directory of the new database: one that is not there, or an empty one.</param>
    /// <param name="progress">Is told how far it is, or null.</param>
    /// <param name="cancellationToken">Stops it. Interrupted in whatever way, it leaves nothing that opens as a database.</param>
    /// <exception cref="HeliosLockedException">One of the two is open as a database.</exception>
    /// <exception cref="HeliosCorruptionException">A file of the backup is damaged.</exception>
    /// <exception cref="HeliosFormatException">A file of it was written by a newer version of the library.</exception>
    /// <exception cref="HeliosDiskFullException">The disk of the new database is full.</exception>
    /// <exception cref="HeliosException">There is no backup, the new directory holds something, or it could not be written.</exception>
    public static Task<RestoreResult> RestoreAsync(
        string backupPath, string path, IProgress<BackupProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        string backup = RequireDirectory(backupPath, nameof(backupPath), "A backup is a directory on disk");
        string directory = RequireDirectory(path, nameof(path), "A backup is restored to a directory on disk");
        return Task.Run(
            () => Restore.Run(PhysicalFileSystem.Instance, backup, PhysicalFileSystem.Instance, directory, Guid.NewGuid, TimeProvider.System, progress, cancellationToken),
            cancellationToken);
    }

    /// <summary>Tells what the database holds, takes and did: rows, segments, bytes on disk and in memory, bytes written, stalls.</summary>
    /// <remarks>Cheap enough for every few seconds: it opens each file for its length, reads no data, and stops nobody.</remarks>
    /// <param name="cancellationToken">Stops the wait, not the look.</param>
    /// <exception cref="HeliosException">The files could not be looked at.</exception>
    public async Task<DatabaseStatistics> GetStatisticsAsync(CancellationToken cancellationToken = default)
    {
        DatabaseEngine engine = await EngineAsync(cancellationToken).ConfigureAwait(false);
        DiskStatistics disk = await Task.Run(engine.ReadDiskStatistics, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        return engine.ReadStatistics() with { Disk = disk };
    }

    /// <summary>Checks every byte of the database's files, and every index against its rows, while reading and writing go on.</summary>
    /// <remarks>
    /// Checksums of all units, logs and the manifest; keys in order and no key with two newest versions, in memory neither; rows that
    /// decode, those in logs too, and columns beside them that say the same; vectors and their norms; graphs in which every node is reached. Problems are listed,
    /// up to a thousand, and nothing is changed. It reads files of its own, and takes memory for the keys of a table,
    /// the columns of one segment and one graph at a time.
    /// </remarks>
    /// <param name="progress">Is told how far it is, or null.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <exception cref="HeliosException">The files could not be read.</exception>
    /// <exception cref="ObjectDisposedException">The database was closed, before or meanwhile.</exception>
    public async Task<VerificationReport> VerifyAsync(IProgress<VerificationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        DatabaseEngine engine = await EngineAsync(cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Verification.Run(engine, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Does as <see cref="VerifyAsync"/> for a backup, or a database that nobody has open; nothing is changed.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="progress">Is told how far it is, or null.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <exception cref="HeliosLockedException">It is open for writing.</exception>
    /// <exception cref="HeliosException">There is no database, or the files could not be read.</exception>
    public static Task<VerificationReport> VerifyDirectoryAsync(
        string path, IProgress<VerificationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        string directory = RequireDirectory(path, nameof(path), "What is checked is a directory on disk");
        return Task.Run(() => Verification.Run(PhysicalFileSystem.Instance, directory, TimeProvider.System, progress, cancellationToken), cancellationToken);
    }

    private static string RequireDirectory(string path, string name, string what)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path, name);
        return path == HeliosDatabaseOptions.InMemory
            ? throw new ArgumentException($"{what}, and '{path}' is none.", name)
            : System.IO.Path.GetFullPath(path);
    }
}
