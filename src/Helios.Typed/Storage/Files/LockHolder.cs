using System.Globalization;

namespace Helios.Typed.Storage.Files;

/// <summary>Names processes that hold the lock of a database, as far as it can be told.</summary>
/// <remarks>
/// A writer says its name in a file; a reader changes nothing on the disk, so that Linux is asked which process has the lock's
/// file open. The text only helps a message: no failure here is anybody's.
/// </remarks>
internal static class LockHolder
{
    private const string Nameless = "a process that does not say its name";
    private const string NamelessReader = "a process that only reads it";

    /// <summary>Writes that this process is the writer.</summary>
    public static void Write(string directory)
    {
        // A full disk must not keep the database shut.
        try
        {
            // Renamed into place, so that nobody reads half of it.
            string path = Path.Combine(directory, FileNames.LockHolder);
            string temporary = FileNames.Temporary(path);
            File.Delete(temporary);
            using (FileStream file = PhysicalFileSystem.OpenPrivate(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write }))
            {
                file.Write(System.Text.Encoding.UTF8.GetBytes(DescribeThisProcess()));
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Removes what <see cref="Write"/> wrote; the next writer writes it anew in any case.</summary>
    public static void Remove(string directory)
    {
        try
        {
            File.Delete(Path.Combine(directory, FileNames.LockHolder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Names the writer.</summary>
    public static string ReadWriter(string directory)
    {
        const int longest = 500;
        try
        {
            string path = Path.Combine(directory, FileNames.LockHolder);
            string text = File.ReadAllText(path).Trim();
            return text.Length is > 0 and <= longest
                ? string.Create(CultureInfo.InvariantCulture, $"{text}, since {File.GetLastWriteTimeUtc(path):yyyy-MM-dd HH:mm:ss}Z")
                : Nameless;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Nameless;
        }
    }

    /// <summary>Names a process that has the lock's file open, and so reads the database.</summary>
    public static string FindReader(string lockPath)
    {
        if (!OperatingSystem.IsLinux())
        {
            return NamelessReader;
        }

        try
        {
            string? process = Directory.EnumerateDirectories("/proc").FirstOrDefault(path => IsOther(path) && HasOpen(path, lockPath));
            return process is null ? NamelessReader
                : $"process {Path.GetFileName(process)} ({File.ReadAllText(Path.Combine(process, "comm")).Trim()}), which only reads it";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return NamelessReader;
        }
    }

    private static bool IsOther(string processPath) =>
        int.TryParse(Path.GetFileName(processPath), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id != Environment.ProcessId;

    private static bool HasOpen(string processPath, string lockPath)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(processPath, "fd")).Any(file => File.ResolveLinkTarget(file, returnFinalTarget: false)?.FullName == lockPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's, or gone meanwhile.
            return false;
        }
    }

    // Without the runtime's Process, which would cost every opening more than all of its files; since when is the file's own time.
    private static string DescribeThisProcess() => string.Create(
        CultureInfo.InvariantCulture,
        $"process {Environment.ProcessId} ({Path.GetFileNameWithoutExtension(Environment.ProcessPath)}) on host {Environment.MachineName}");
}
