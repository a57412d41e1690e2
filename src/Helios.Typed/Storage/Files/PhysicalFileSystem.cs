namespace Helios.Typed.Storage.Files;

/// <summary>Is the operating system's files.</summary>
/// <remarks>
/// On Unix, files are created readable and writable by their owner alone (0600) and directories with 0700. On Windows, where a
/// directory cannot be synced by an ordinary user, <see cref="SyncDirectory"/> does nothing: NTFS journals names by itself.
/// </remarks>
internal sealed class PhysicalFileSystem : IFileSystem
{
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateDirectory = PrivateFile | UnixFileMode.UserExecute;

    /// <summary>Gets the one instance; it has no state.</summary>
    public static PhysicalFileSystem Instance { get; } = new();

    private PhysicalFileSystem()
    {
    }

    /// <inheritdoc/>
    public IFile Open(string path, FileOpenMode mode)
    {
        var options = new FileStreamOptions
        {
            Mode = mode == FileOpenMode.Create ? FileMode.CreateNew : FileMode.Open,
            Access = mode == FileOpenMode.Read ? FileAccess.Read : FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        return Translate(path, () => new PhysicalFile(path, OpenPrivate(path, options)));
    }

    /// <inheritdoc/>
    public bool FileExists(string path) => File.Exists(path);

    /// <inheritdoc/>
    public bool DirectoryExists(string path) => Directory.Exists(path);

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        string? parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path));
        if (!string.IsNullOrEmpty(parent))
        {
            CreateDirectory(parent);
        }

        Translate(path, () => OperatingSystem.IsWindows() ? Directory.CreateDirectory(path) : Directory.CreateDirectory(path, PrivateDirectory));
        if (!string.IsNullOrEmpty(parent))
        {
            SyncDirectory(parent);
        }
    }

    /// <inheritdoc/>
    public void Rename(string from, string to) =>
        Translate(from, () =>
        {
            File.Move(from, to, overwrite: true);
            return true;
        });

    /// <inheritdoc/>
    public bool TryLink(string existing, string created) =>
        OperatingSystem.IsWindows() ? WindowsCalls.TryLink(existing, created) : UnixCalls.TryLink(existing, created);

    /// <inheritdoc/>
    public void Delete(string path) =>
        Translate(path, () =>
        {
            File.Delete(path);
            return true;
        });

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory)
    {
        string[] names = Translate(directory, () => Directory.GetFiles(directory));
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = Path.GetFileName(names[i]);
        }

        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            UnixCalls.SyncDirectory(path);
        }
    }

    /// <inheritdoc/>
    public IDisposable Lock(string directory, bool isShared = false) => Translate(directory, () => DatabaseLock.Take(directory, isShared));

    /// <summary>Opens a stream; where it makes the file, the file is its owner's alone from the first moment.</summary>
    internal static FileStream OpenPrivate(string path, FileStreamOptions options)
    {
        if (!OperatingSystem.IsWindows() && options.Mode is FileMode.CreateNew or FileMode.OpenOrCreate or FileMode.Create)
        {
            options.UnixCreateMode = PrivateFile;
        }

        return new FileStream(path, options);
    }

    // The runtime reports a lack of rights by a type that is no IOException; callers here handle one kind.
    private static T Translate<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"No access to '{path}': {e.Message}", e);
        }
    }
}
