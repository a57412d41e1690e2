namespace Helios.Typed.Storage.Files;

/// <summary>Holds the lock of a database directory: the writer's, which is one process's alone, or a reader's, which others share.</summary>
/// <remarks>
/// The lock is the operating system's, on the file <c>LOCK</c>, so that it dies with its process and a file left behind is no
/// obstacle. Which writer holds it stands in <c>LOCK.holder</c>, because on Windows a locked file cannot be read. The lock file is
/// never deleted: another process could be about to lock the one just removed.
/// </remarks>
internal sealed class DatabaseLock : IDisposable
{
    private const int SharingViolationWindows = unchecked((int)0x80070020);
    private const int ReadOnlyFileSystemUnix = 30;

    // A lock over NFS belongs to the process, not to the opening, so openings in one process are told apart here as well.
    private static readonly HeldLocks _held = new();

    private readonly string _directory;
    private readonly FileStream? _stream;
    private readonly bool _isShared;
    private bool _disposed;

    private DatabaseLock(string directory, FileStream? stream, bool isShared)
    {
        _directory = directory;
        _stream = stream;
        _isShared = isShared;
    }

    /// <summary>Takes the lock.</summary>
    /// <param name="directory">The database directory, which is there.</param>
    /// <param name="isShared">Whether only to read: beside any number of others that do, and no writer.</param>
    /// <exception cref="HeliosLockedException">Another process, or another opening in this one, has it.</exception>
    public static DatabaseLock Take(string directory, bool isShared)
    {
        directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        _held.Take(directory, isShared);
        try
        {
            string path = Path.Combine(directory, FileNames.Lock);
            if (!TryOpen(path, isShared, out FileStream? stream))
            {
                throw new HeliosLockedException(directory, Holder(directory, path, isShared));
            }

            if (!isShared)
            {
                LockHolder.Write(directory);
            }

            return new DatabaseLock(directory, stream, isShared);
        }
        catch
        {
            _held.Release(directory);
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
        if (!_isShared)
        {
            LockHolder.Remove(_directory);
        }

        _stream?.Dispose();
        _held.Release(_directory);
    }

    // Whoever keeps a reader out is a writer; a writer is kept out by readers where a reader would not be.
    private static string Holder(string directory, string path, bool isShared)
    {
        if (isShared || !TryOpen(path, isShared: true, out FileStream? stream))
        {
            return LockHolder.ReadWriter(directory);
        }

        stream?.Dispose();
        return LockHolder.FindReader(path);
    }

    /// <summary>Opens the lock's file and locks it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isShared">Whether only to read.</param>
    /// <param name="stream">The file, locked; null for a reader where there is none and none can be made, so that nobody can write either.</param>
    /// <returns>False where another holds it.</returns>
    private static bool TryOpen(string path, bool isShared, out FileStream? stream)
    {
        stream = null;
        FileStream opened;
        try
        {
            opened = isShared ? OpenShared(path) : Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult == (OperatingSystem.IsWindows() ? SharingViolationWindows : UnixCalls.WouldBlock))
        {
            return false;
        }
        catch (Exception e) when (isShared && !File.Exists(path) && e is UnauthorizedAccessException or IOException { HResult: ReadOnlyFileSystemUnix })
        {
            return true;
        }

        // The runtime's own lock can be switched off by a setting, and passes over file systems that have none.
        bool isLocked = false;
        try
        {
            isLocked = OperatingSystem.IsWindows() || UnixCalls.TryLock(opened.SafeFileHandle, path, isShared);
        }
        finally
        {
            if (!isLocked)
            {
                opened.Dispose();
            }
        }

        stream = isLocked ? opened : null;
        return isLocked;
    }

    // A copy may have come without the file. It is made where it can be, which a later writer has to meet.
    private static FileStream OpenShared(string path)
    {
        if (!File.Exists(path))
        {
            Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite).Dispose();
        }

        return Open(path, FileMode.Open, FileAccess.Read, FileShare.Read);
    }

    private static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share) =>
        PhysicalFileSystem.OpenPrivate(path, new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 });
}
