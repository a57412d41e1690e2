using System.Diagnostics;
using System.Globalization;

namespace Helios.Typed.Storage.Files;

/// <summary>Holds the writer's lock of a database directory.</summary>
/// <remarks>
/// The lock is the operating system's, on the file <c>LOCK</c>, so that it dies with its process and a file left behind is no
/// obstacle. Who holds it stands in <c>LOCK.holder</c>, because on Windows a locked file cannot be read. The lock file is never
/// deleted: another process could be about to lock the one just removed.
/// </remarks>
internal sealed class DatabaseLock : IDisposable
{
    private const int SharingViolationWindows = unchecked((int)0x80070020);
    private const string ThisProcess = "another opening in this process";

    // A lock over NFS belongs to the process, not to the opening, so openings in one process are told apart here as well.
    private static readonly HashSet<string> _held = new(StringComparer.Ordinal);

    private readonly string _directory;
    private readonly FileStream _stream;
    private bool _disposed;

    private DatabaseLock(string directory, FileStream stream)
    {
        _directory = directory;
        _stream = stream;
    }

    /// <summary>Takes the lock.</summary>
    /// <param name="directory">The database directory, which is there.</param>
    /// <exception cref="HeliosLockedException">Another process, or another opening in this one, has it.</exception>
    public static DatabaseLock Take(string directory)
    {
        directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        lock (_held)
        {
            if (!_held.Add(directory))
            {
                throw new HeliosLockedException(directory, ThisProcess);
            }
        }

        try
        {
            FileStream stream = OpenLocked(directory) ?? throw new HeliosLockedException(directory, ReadHolder(directory));
            WriteHolder(directory);
            return new DatabaseLock(directory, stream);
        }
        catch
        {
            Forget(directory);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        try
        {
            File.Delete(Path.Combine(_directory, FileNames.LockHolder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The text only helps a message; the next holder writes it anew.
        }

        _stream.Dispose();
        Forget(_directory);
    }

    private static void Forget(string directory)
    {
        lock (_held)
        {
            _held.Remove(directory);
        }
    }

    private static FileStream? OpenLocked(string directory)
    {
        string path = Path.Combine(directory, FileNames.Lock);
        FileStream stream;
        try
        {
            stream = PhysicalFileSystem.OpenPrivate(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                BufferSize = 0,
            });
        }
        catch (IOException e) when (e.HResult == (OperatingSystem.IsWindows() ? SharingViolationWindows : UnixCalls.WouldBlock))
        {
            return null;
        }

        // The runtime's own lock can be switched off by a setting, and passes over file systems that have none.
        bool isLocked = false;
        try
        {
            isLocked = OperatingSystem.IsWindows() || UnixCalls.TryLock(stream.SafeFileHandle, path);
        }
        finally
        {
            if (!isLocked)
            {
                stream.Dispose();
            }
        }

        return isLocked ? stream : null;
    }

    // The text only helps a message: a full disk, or a sandbox that hides the process, must not keep the database shut.
    private static void WriteHolder(string directory)
    {
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
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception or InvalidOperationException or NotSupportedException)
        {
        }
    }

    private static string DescribeThisProcess()
    {
        using var process = Process.GetCurrentProcess();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"process {process.Id} ({process.ProcessName}) on host {Environment.MachineName}, running since {process.StartTime.ToUniversalTime():yyyy-MM-dd HH:mm:ss}Z");
    }

    private static string ReadHolder(string directory)
    {
        const int longest = 500;
        try
        {
            string text = File.ReadAllText(Path.Combine(directory, FileNames.LockHolder)).Trim();
            return text.Length is > 0 and <= longest ? text : "a process that does not say its name";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "a process that does not say its name";
        }
    }
}
