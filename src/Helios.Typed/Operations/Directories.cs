using Helios.Typed.Storage.Files;

namespace Helios.Typed.Operations;

/// <summary>Holds what backups, restores and checks ask of directories.</summary>
internal static class Directories
{
    /// <summary>Gives a path in full, without a separator at its end.</summary>
    public static string Normalize(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>Says whether a directory is another one or lies in it.</summary>
    public static bool IsWithin(string directory, string other)
    {
        StringComparison comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        (directory, other) = (Normalize(directory), Normalize(other));
        return directory.Equals(other, comparison)
            || directory.StartsWith(Path.EndsInDirectorySeparator(other) ? other : other + Path.DirectorySeparatorChar, comparison);
    }

    /// <summary>Takes the lock of a directory that is only read, which others who read it share; on a read-only disk nobody writes.</summary>
    /// <exception cref="HeliosLockedException">Somebody has it open.</exception>
    public static IDisposable? LockForReading(IFileSystem files, string directory)
    {
        try
        {
            return files.Lock(directory, isShared: true);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Deletes a file that is of no use any more; one that cannot be deleted does no harm.</summary>
    /// <returns>Whether it is gone.</returns>
    public static bool TryDelete(IFileSystem files, string path)
    {
        try
        {
            files.Delete(path);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
