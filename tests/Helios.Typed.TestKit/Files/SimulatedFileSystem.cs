using Helios.Typed.Storage.Files;

namespace Helios.Typed.TestKit.Files;

/// <summary>Is a file system that fails and loses power on command, and does so the same way every time.</summary>
/// <remarks>
/// Every operation that changes something is counted from 1 and kept in a trace, so that <see cref="CrashAt"/> can make the disk as
/// a power loss during any of them leaves it, long after the run. Nothing depends on time, threads or chance but through the seeds
/// handed in. Thread-safe; the order of operations is the caller's.
/// </remarks>
internal sealed class SimulatedFileSystem : IFileSystem
{
    // EIO, which Windows spells ERROR_IO_DEVICE.
    private static readonly int _ioErrorHResult = OperatingSystem.IsWindows() ? unchecked((int)0x8007045D) : 5;

    private readonly Lock _sync = new();
    private readonly SimulatedDisk _start;
    private readonly SimulatedDisk _disk;
    private readonly List<SimulatedOperation> _trace = [];
    private readonly List<Fault> _faults = [];
    private readonly HashSet<string> _locked = new(StringComparer.Ordinal);
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

    /// <summary>Gets whether the power is gone.</summary>
    public bool HasLostPower { get; private set; }

    /// <summary>Makes the power fail during an operation: it throws, and so does everything after it.</summary>
    /// <param name="operation">The operation's number, from 1.</param>
    public void LosePowerAt(long operation) => _powerLossAt = operation;

    /// <summary>Makes an operation fail.</summary>
    /// <param name="operation">The operation's number, from 1; a sync fault waits for the next sync.</param>
    /// <param name="kind">How it fails.</param>
    /// <param name="forever">Whether all later ones that it applies to fail too.</param>
    public void FailAt(long operation, FaultKind kind, bool forever = false)
    {
        lock (_sync)
        {
            _faults.Add(new Fault(operation, kind, forever));
        }
    }

    /// <summary>Takes all planned faults back.</summary>
    public void Repair()
    {
        lock (_sync)
        {
            _faults.Clear();
        }
    }

    /// <summary>Makes the file system that is found when power fails during an operation and comes back.</summary>
    /// <param name="operation">The operation's number, from 1; one more than there were loses power after the last.</param>
    /// <param name="policy">What is left of what was not synced.</param>
    /// <param name="seed">Decides the policy's choices.</param>
    public SimulatedFileSystem CrashAt(long operation, CrashPolicy policy, int seed)
    {
        lock (_sync)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(operation, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(operation, _trace.Count + 1);
            SimulatedDisk disk = _start.Clone();
            for (int i = 0; i < operation && i < _trace.Count; i++)
            {
                disk.Apply(_trace[i], i + 1, completes: i + 1 < operation);
            }

            return new SimulatedFileSystem(new PowerLoss(policy, seed).Survivors(disk));
        }
    }

    /// <summary>Makes the file system that is found when power comes back after it failed, or fails now.</summary>
    public SimulatedFileSystem Restart(CrashPolicy policy, int seed)
    {
        lock (_sync)
        {
            return new SimulatedFileSystem(new PowerLoss(policy, seed).Survivors(_disk.Clone()));
        }
    }

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
        lock (_sync)
        {
            ThrowIfDark();
            RequireParent(to);
            SimulatedInode inode = _disk.LiveNames.GetValueOrDefault(from) ?? throw new FileNotFoundException($"Could not find file '{from}'.", from);
            if (IsDirectory(to))
            {
                throw new IOException($"Could not rename '{from}': '{to}' is a directory.");
            }

            Run(new SimulatedOperation(OperationKind.Rename, from, inode.Id, Target: to));
        }
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        path = Normalize(path);
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
            return [.. _disk.LiveNames.Keys.Where(path => Path.GetDirectoryName(path) == directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        }
    }

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        path = Normalize(path);
        lock (_sync)
        {
            ThrowIfDark();
            RequireDirectory(path);
            Run(new SimulatedOperation(OperationKind.SyncDirectory, path, 0));
        }
    }

    /// <inheritdoc/>
    public IDisposable Lock(string directory)
    {
        directory = Normalize(directory);
        lock (_sync)
        {
            ThrowIfDark();
            RequireDirectory(directory);
            return _locked.Add(directory) ? new HeldLock(this, directory) : throw new HeliosLockedException(directory, "another opening in this process");
        }
    }

    internal int Read(SimulatedInode inode, Span<byte> buffer, long offset)
    {
        lock (_sync)
        {
            ThrowIfDark();
            return inode.Live.Read(buffer, offset);
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
        Fault? fault = _faults.Find(fault => fault.Hits(number, operation, _disk));
        if (fault is not null)
        {
            Fail(operation, number, fault);
        }

        bool losesPower = number >= _powerLossAt;
        _trace.Add(operation);
        _disk.Apply(operation, number, completes: !losesPower);
        if (losesPower)
        {
            HasLostPower = true;
            ThrowIfDark();
        }
    }

    // A failed operation counts, and does nothing or the half of it; the trace holds what it did.
    private void Fail(SimulatedOperation operation, long number, Fault fault)
    {
        if (!fault.Forever)
        {
            _faults.Remove(fault);
        }

        SimulatedOperation done = fault.Kind switch
        {
            FaultKind.NoSpace when operation.Kind == OperationKind.Write => operation with { Data = operation.Data![..(operation.Data.Length / 2)] },
            FaultKind.SyncLosesPages => operation with { Kind = OperationKind.LosePages },
            FaultKind.SyncRevertsPages => operation with { Kind = OperationKind.RevertPages },
            _ => operation with { Kind = OperationKind.Nothing },
        };
        _trace.Add(done);
        _disk.Apply(done, number);
        throw fault.Kind == FaultKind.NoSpace
            ? new IOException($"No space left on device (simulated): {operation}.", DiskSpace.HResult)
            : new IOException($"Input/output error (simulated): {operation}.", _ioErrorHResult);
    }

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

    private sealed record Fault(long At, FaultKind Kind, bool Forever)
    {
        public bool Hits(long number, SimulatedOperation operation, SimulatedDisk disk) => number >= At && Kind switch
        {
            FaultKind.IoError => true,
            FaultKind.NoSpace => operation.Kind is OperationKind.Create or OperationKind.Write
                || (operation.Kind == OperationKind.SetLength && operation.Offset > disk.Inodes[operation.Inode].Live.Length),
            _ => operation.Kind == OperationKind.Sync,
        };
    }

    private sealed class HeldLock(SimulatedFileSystem owner, string directory) : IDisposable
    {
        private bool _disposed;

        public void Dispose()
        {
            lock (owner._sync)
            {
                if (!_disposed)
                {
                    _disposed = true;
                    owner._locked.Remove(directory);
                }
            }
        }
    }
}
