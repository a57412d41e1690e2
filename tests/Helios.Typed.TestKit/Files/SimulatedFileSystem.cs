using Helios.Typed.Storage.Files;

namespace Helios.Typed.TestKit.Files;

/// <summary>Is a file system that fails and loses power on command, and does so the same way every time.</summary>
/// <remarks>
/// Every operation that changes something is counted from 1 and kept in a trace, so that <see cref="CrashAt"/> can make the disk as
/// a power loss during any of them leaves it, long after the run. Nothing depends on time, threads or chance but through the seeds
/// handed in. Thread-safe; the order of operations is the caller's.
/// </remarks>
internal sealed partial class SimulatedFileSystem : IFileSystem
{
    private readonly Lock _sync = new();
    private readonly SimulatedDisk _start;
    private readonly SimulatedDisk _disk;
    private readonly List<SimulatedOperation> _trace = [];
    private readonly HeldLocks _locks = new();
    private readonly long _firstOrder;
    private long _powerLossAt = long.MaxValue;
    private int _nextInode;

    /// <summary>Creates an empty file system.</summary>
    public SimulatedFileSystem()
        : this(new SimulatedDisk())
    {
    }

    private SimulatedFileSystem(SimulatedDisk disk)
    {
        _start = disk.Clone();
        _disk = disk;
        _firstOrder = disk.LastOrder;
        _nextInode = disk.Inodes.Count == 0 ? 1 : disk.Inodes.Keys.Max() + 1;
    }

    /// <summary>Gets how many operations there have been.</summary>
    public long OperationCount
    {
        get
        {
            lock (_sync)
            {
                return _trace.Count;
            }
        }
    }

    /// <summary>Gets the operations so far.</summary>
    public IReadOnlyList<SimulatedOperation> Trace
    {
        get
        {
            lock (_sync)
            {
                return [.. _trace];
            }
        }
    }

    /// <summary>Is told of every operation before it is carried out, on the thread that asks for it, which it may hold up.</summary>
    /// <remarks>That is where slow disks and interleavings come from. Called outside of the file system's own lock.</remarks>
    public Action<SimulatedOperation>? Before { get; set; }

    /// <summary>Gets or sets whether files can have a second name.</summary>
    public bool CanLink { get; set; } = true;

    /// <summary>Gets whether the power is gone.</summary>
    public bool HasLostPower { get; private set; }

    /// <summary>Changes a file behind everybody's back, on the device and in the cache: rot.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">The byte.</param>
    /// <param name="mask">The bits to flip.</param>
    public void Flip(string path, long offset, byte mask)
    {
        lock (_sync)
        {
            SimulatedInode inode = _disk.LiveNames[Normalize(path)];
            foreach (SimulatedBytes bytes in (SimulatedBytes[])[inode.Live, inode.Durable])
            {
                if (offset < bytes.Length)
                {
                    bytes.Write([(byte)(bytes.Span[(int)offset] ^ mask)], offset);
                }
            }
        }
    }

    /// <summary>Gives all bytes of a file, as a reader sees them.</summary>
    public byte[] ReadAllBytes(string path)
    {
        lock (_sync)
        {
            return _disk.LiveNames[Normalize(path)].Live.Span.ToArray();
        }
    }

    /// <inheritdoc/>
    public IFile Open(string path, FileOpenMode mode)
    {
        path = Normalize(path);
        Tell(mode == FileOpenMode.Create ? OperationKind.Create : OperationKind.Read, path);
        lock (_sync)
        {
            ThrowIfDark();
            RequireParent(path);
            if (IsDirectory(path))
            {
                throw new IOException($"'{path}' is a directory.");
            }

            bool isThere = _disk.LiveNames.TryGetValue(path, out SimulatedInode? inode);
            if (isThere == (mode == FileOpenMode.Create))
            {
                throw isThere ? new IOException($"The file '{path}' already exists.") : new FileNotFoundException($"Could not find file '{path}'.", path);
            }

            if (mode == FileOpenMode.Create)
            {
                var operation = new SimulatedOperation(OperationKind.Create, path, _nextInode++);
                Run(operation);
                inode = _disk.Inodes[operation.Inode];
            }
            else
            {
                CountRead(path);
            }

            return new SimulatedFile(this, path, inode!, canWrite: mode != FileOpenMode.Read);
        }
    }

    /// <inheritdoc/>
    public bool FileExists(string path)
    {
        lock (_sync)
        {
            ThrowIfDark();
            return _disk.LiveNames.ContainsKey(Normalize(path));
        }
    }

    /// <inheritdoc/>
    public bool DirectoryExists(string path)
    {
        lock (_sync)
        {
            ThrowIfDark();
            return IsDirectory(Normalize(path));
        }
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        lock (_sync)
        {
            ThrowIfDark();
            for (string? directory = Normalize(path); directory is not null && !IsDirectory(directory); directory = Path.GetDirectoryName(directory))
            {
                if (_disk.LiveNames.ContainsKey(directory))
                {
                    throw new IOException($"Could not create the directory '{path}': '{directory}' is a file.");
                }

                _disk.Directories.Add(directory);
                _start.Directories.Add(directory);
            }
        }
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        (from, to) = (Normalize(from), Normalize(to));
        Tell(OperationKind.Rename, from);
        lock (_sync)
        {
            ThrowIfDark();
            RequireParent(to);
            SimulatedInode inode = _disk.LiveNames.GetValueOrDefault(from) ?? throw new FileNotFoundException($"Could not find file '{from}'.", from);
            if (IsDirectory(to))
            {
                throw new IOException($"Could not rename '{from}': '{to}' is a directory.");
            }

            // Two names of one file stay as they are, as on Unix.
            if (_disk.LiveNames.GetValueOrDefault(to)?.Id != inode.Id)
            {
                Run(new SimulatedOperation(OperationKind.Rename, from, inode.Id, Target: to));
            }
        }
    }

    /// <inheritdoc/>
    public bool TryLink(string existing, string created)
    {
        (existing, created) = (Normalize(existing), Normalize(created));
        Tell(OperationKind.Link, existing);
        lock (_sync)
        {
            ThrowIfDark();
            RequireParent(created);
            SimulatedInode inode = _disk.LiveNames.GetValueOrDefault(existing) ?? throw new FileNotFoundException($"Could not find file '{existing}'.", existing);
            if (IsDirectory(created) || _disk.LiveNames.ContainsKey(created))
            {
                throw new IOException($"The file '{created}' already exists.");
            }

            if (!CanLink)
            {
                return false;
            }

            Run(new SimulatedOperation(OperationKind.Link, existing, inode.Id, Target: created));
            return true;
        }
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        path = Normalize(path);
        Tell(OperationKind.Delete, path);
        lock (_sync)
        {
            ThrowIfDark();
            RequireParent(path);
            if (IsDirectory(path))
            {
                throw new IOException($"Could not delete '{path}': it is a directory.");
            }

            if (_disk.LiveNames.TryGetValue(path, out SimulatedInode? inode))
            {
                Run(new SimulatedOperation(OperationKind.Delete, path, inode.Id));
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory)
    {
        directory = Normalize(directory);
        lock (_sync)
        {
            ThrowIfDark();
            RequireDirectory(directory);
            CountRead(directory);
            return [.. _disk.LiveNames.Keys.Where(path => Path.GetDirectoryName(path) == directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        }
    }

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        path = Normalize(path);
        Tell(OperationKind.SyncDirectory, path);
        lock (_sync)
        {
            ThrowIfDark();
            RequireDirectory(path);
            Run(new SimulatedOperation(OperationKind.SyncDirectory, path, 0));
        }
    }

    /// <inheritdoc/>
    public IDisposable Lock(string directory, bool isShared = false)
    {
        directory = Normalize(directory);
        lock (_sync)
        {
            ThrowIfDark();
            RequireDirectory(directory);
            return _locks.Hold(directory, isShared);
        }
    }

    internal int Read(string path, SimulatedInode inode, Span<byte> buffer, long offset)
    {
        Tell(OperationKind.Read, path);
        lock (_sync)
        {
            ThrowIfDark();
            int count = inode.Live.Read(buffer, offset);
            if (CountRead(path) is { } fault)
            {
                Spoil(fault, inode, buffer[..count], offset);
            }

            return count;
        }
    }

    internal long LengthOf(SimulatedInode inode)
    {
        lock (_sync)
        {
            ThrowIfDark();
            return inode.Live.Length;
        }
    }

    internal void Change(OperationKind kind, string path, SimulatedInode inode, long offset = 0, byte[]? data = null)
    {
        Tell(kind, path);
        lock (_sync)
        {
            ThrowIfDark();
            Run(new SimulatedOperation(kind, path, inode.Id, offset, data));
        }
    }

    private static string Normalize(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    private void Run(SimulatedOperation operation)
    {
        long number = _trace.Count + 1;
        FailWhereDue(operation, number);
        operation = LieWhereDue(operation, number);
        bool losesPower = number >= _powerLossAt;
        _trace.Add(operation);
        _disk.Apply(operation, _firstOrder + number, completes: !losesPower);
        if (losesPower)
        {
            HasLostPower = true;
            ThrowIfDark();
        }
    }

    private void Tell(OperationKind kind, string path) => Before?.Invoke(new SimulatedOperation(kind, path, 0));

    private void ThrowIfDark()
    {
        if (HasLostPower)
        {
            throw new SimulatedPowerLossException($"The power failed during operation {_trace.Count} ({_trace[^1]}).");
        }
    }

    private bool IsDirectory(string path) => _disk.Directories.Contains(path) || Path.GetDirectoryName(path) is null;

    private void RequireParent(string path) => RequireDirectory(Path.GetDirectoryName(path) ?? path);

    private void RequireDirectory(string path)
    {
        if (!IsDirectory(path))
        {
            throw new DirectoryNotFoundException($"Could not find the directory '{path}'.");
        }
    }
}
