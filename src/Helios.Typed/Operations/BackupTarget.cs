using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;

namespace Helios.Typed.Operations;

/// <summary>Is what a backup finds where it is to go.</summary>
/// <param name="Names">The names of the files there.</param>
/// <param name="Mark">The mark of an earlier backup, finished or not, or null.</param>
/// <param name="Previous">The manifest of the earlier backup that is in force, or null.</param>
internal sealed record BackupTarget(IReadOnlyList<string> Names, BackupMark? Mark, ManifestRead? Previous)
{
    /// <summary>Looks at a directory, and changes nothing.</summary>
    /// <param name="files">Its file system.</param>
    /// <param name="directory">The directory, which is there.</param>
    /// <param name="databaseId">The database that is to be backed up.</param>
    /// <exception cref="HeliosException">It holds something that a backup of this database must not touch.</exception>
    public static BackupTarget Examine(IFileSystem files, string directory, Guid databaseId)
    {
        IReadOnlyList<string> names = files.List(directory);
        var mark = BackupMark.Read(files, directory);
        if (mark is null)
        {
            RequireEmpty(directory, names);
            return new BackupTarget(names, null, null);
        }

        if (mark.IsRestore)
        {
            throw new HeliosException($"The directory '{directory}' holds a restored database that was not finished. Finish the restore, or choose another directory; nothing was changed.");
        }

        if (mark.DatabaseId != databaseId)
        {
            throw new HeliosException($"The directory '{directory}' holds a backup of another database ({mark.DatabaseId}; this one is {databaseId}). Choose a directory for each database; nothing was changed.");
        }

        return new BackupTarget(names, mark, names.Contains(FileNames.Current) ? ReadPrevious(files, directory) : null);
    }

    /// <summary>Requires that a directory holds no files but what an interrupted creation leaves.</summary>
    /// <exception cref="HeliosException">It holds others.</exception>
    public static void RequireEmpty(string directory, IReadOnlyList<string> names)
    {
        if (names.Contains(FileNames.Current))
        {
            throw new HeliosException($"The directory '{directory}' holds a database that is no backup, or was opened for writing since it was one. Choose another directory; nothing was changed.");
        }

        string? foreign = names.FirstOrDefault(name =>
            !FileNames.TryParse(name, out FileKind kind, out _) || kind is not (FileKind.Lock or FileKind.LockHolder or FileKind.Temporary));
        if (foreign is not null)
        {
            throw new HeliosException($"The directory '{directory}' is not empty: it holds '{foreign}'. Choose an empty directory, or one that does not exist yet; nothing was changed.");
        }
    }

    private static ManifestRead ReadPrevious(IFileSystem files, string directory)
    {
        try
        {
            return ManifestSnapshot.Read(files, directory);
        }
        catch (HeliosCorruptionException error)
        {
            throw new HeliosException($"The backup in '{directory}' is damaged and cannot be brought up to date: {error.Message} Back up to another directory, and see to the disk; nothing was changed.", error);
        }
    }
}
