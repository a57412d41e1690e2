namespace Helios.Typed.Storage.Files;

/// <summary>Keeps files in memory, for databases that live no longer than their process.</summary>
/// <remarks>It behaves as a disk does (names, modes, locks, files open while their name goes); syncing has nothing to do.</remarks>
internal sealed class MemoryFileSystem : IFileSystem
{
    private readonly Lock _sync = new();
    private readonly Dictionary<string, MemoryFileContent> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    private readonly HeldLocks _locks = new();

    /// <inheritdoc/>
    public IFile Open(string path, FileOpenMode mode)
    {
        path = Normalize(path);
        lock (_sync)
        {
            RequireParent(path);
            if (_directories.Contains(path))
            {
                throw new IOException($"'{path}' is a directory.");
            }

            bool isThere = _files.TryGetValue(path, out MemoryFileContent? content);
            if (mode == FileOpenMode.Create)
            {
                if (isThere)
                {
                    throw new IOException($"The file '{path}' already exists.");
                }

                content = new MemoryFileContent();
                _files.Add(path, content);
            }
            else if (!isThere)
            {
                throw new FileNotFoundException($"Could not find file '{path}'.", path);
            }

            return new MemoryFile(path, content!, canWrite: mode != FileOpenMode.Read);
        }
    }

    /// <inheritdoc/>
    public bool FileExists(string path)
    {
        lock (_sync)
        {
            return _files.ContainsKey(Normalize(path));
        }
    }

    /// <inheritdoc/>
    public bool DirectoryExists(string path)
    {
        lock (_sync)
        {
            return IsDirectory(Normalize(path));
        }
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        lock (_sync)
        {
            for (string? directory = Normalize(path); directory is not null && !IsDirectory(directory); directory = Path.GetDirectoryName(directory))
            {
                if (_files.ContainsKey(directory))
                {
                    throw new IOException($"Could not create the directory '{path}': '{directory}' is a file.");
                }

                _directories.Add(directory);
            }
        }
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        (from, to) = (Normalize(from), Normalize(to));
        lock (_sync)
        {
            RequireParent(to);
            if (_directories.Contains(to))
            {
                throw new IOException($"Could not rename '{from}': '{to}' is a directory.");
            }

            if (!_files.TryGetValue(from, out MemoryFileContent? content))
            {
                throw new FileNotFoundException($"Could not find file '{from}'.", from);
            }

            // Two names of one file stay as they are, as on Unix.
            if (_files.GetValueOrDefault(to) != content)
            {
                _files.Remove(from);
                _files[to] = content;
            }
        }
    }

    /// <inheritdoc/>
    public bool TryLink(string existing, string created)
    {
        (existing, created) = (Normalize(existing), Normalize(created));
        lock (_sync)
        {
            RequireParent(created);
            MemoryFileContent content = _files.GetValueOrDefault(existing) ?? throw new FileNotFoundException($"Could not find file '{existing}'.", existing);
            return IsDirectory(created) || !_files.TryAdd(created, content) ? throw new IOException($"The file '{created}' already exists.") : true;
        }
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        path = Normalize(path);
        lock (_sync)
        {
            RequireParent(path);
            if (_directories.Contains(path))
            {
                throw new IOException($"Could not delete '{path}': it is a directory.");
            }

            _files.Remove(path);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory)
    {
        directory = Normalize(directory);
        lock (_sync)
        {
            RequireDirectory(directory);
            string[] names = [.. _files.Keys.Where(path => Path.GetDirectoryName(path) == directory).Select(path => Path.GetFileName(path))];
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
    }

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        lock (_sync)
        {
            RequireDirectory(Normalize(path));
        }
    }

    /// <inheritdoc/>
    public IDisposable Lock(string directory, bool isShared = false)
    {
        directory = Normalize(directory);
        lock (_sync)
        {
            RequireDirectory(directory);
            return _locks.Hold(directory, isShared);
        }
    }

    private static string Normalize(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    private bool IsDirectory(string path) => _directories.Contains(path) || Path.GetDirectoryName(path) is null;

    private void RequireParent(string path) => RequireDirectory(Path.GetDirectoryName(path) ?? path);

    private void RequireDirectory(string path)
    {
        if (!IsDirectory(path))
        {
            throw new DirectoryNotFoundException($"Could not find the directory '{path}'.");
        }
    }
}
