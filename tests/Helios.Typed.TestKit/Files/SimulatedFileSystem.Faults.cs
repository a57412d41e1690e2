using Helios.Typed.Storage.Files;

namespace Helios.Typed.TestKit.Files;

/// <content>Fails, lies, and runs full.</content>
internal sealed partial class SimulatedFileSystem
{
    private const int PageBytes = 4096;

    // EIO, which Windows spells ERROR_IO_DEVICE.
    private static readonly int _ioErrorHResult = OperatingSystem.IsWindows() ? unchecked((int)0x8007045D) : 5;

    private readonly List<Fault> _faults = [];
    private readonly List<(long At, ReadFault Kind, bool Forever)> _readFaults = [];
    private readonly List<(long At, SilentFault Kind)> _lies = [];
    private long _reads;
    private long _failures;
    private long _capacityBytes = long.MaxValue;

    /// <summary>Gets how many reads there have been: of bytes, of a directory, and openings of files that are there.</summary>
    public long ReadCount => Volatile.Read(ref _reads);

    /// <summary>Gets how many operations and reads failed, or lied.</summary>
    public long FailureCount => Volatile.Read(ref _failures);

    /// <summary>Gets how many operations of a kind there have been, those that failed among them.</summary>
    public long CountOf(OperationKind kind) =>
        kind == OperationKind.Read ? ReadCount : Trace.LongCount(operation => (operation.Attempted ?? operation.Kind) == kind);

    /// <summary>Gets or sets how many bytes files may take; what goes beyond is refused (ENOSPC), a write after the part that fits.</summary>
    public long CapacityBytes
    {
        get => Volatile.Read(ref _capacityBytes);
        set => Volatile.Write(ref _capacityBytes, value);
    }

    /// <summary>Gets how many bytes files take.</summary>
    public long UsedBytes
    {
        get
        {
            lock (_sync)
            {
                return _disk.UsedBytes;
            }
        }
    }

    /// <summary>Lists the numbers of the files that are longer than so many bytes.</summary>
    public IReadOnlyCollection<int> InodesLongerThan(int bytes)
    {
        lock (_sync)
        {
            return [.. _disk.Inodes.Values.Where(inode => inode.Live.Length > bytes).Select(inode => inode.Id)];
        }
    }

    /// <summary>Makes an operation fail.</summary>
    /// <param name="operation">The operation's number, from 1; a fault that cannot meet it waits for the next that it can.</param>
    /// <param name="kind">How it fails.</param>
    /// <param name="forever">Whether all later ones that it applies to fail too.</param>
    public void FailAt(long operation, FaultKind kind, bool forever = false)
    {
        lock (_sync)
        {
            _faults.Add(new Fault(operation, kind, forever));
        }
    }

    /// <summary>Makes a read fail, openly or not.</summary>
    /// <param name="read">The read's number, from 1; a fault of bytes waits for the next read of bytes.</param>
    /// <param name="kind">How it fails.</param>
    /// <param name="forever">Whether all later ones fail too.</param>
    public void FailReadAt(long read, ReadFault kind, bool forever = false)
    {
        lock (_sync)
        {
            _readFaults.Add((read, kind, forever));
        }
    }

    /// <summary>Makes the device lie about a write.</summary>
    /// <param name="operation">The operation's number, from 1; it waits for the next write.</param>
    /// <param name="kind">What becomes of the bytes.</param>
    public void LieAt(long operation, SilentFault kind)
    {
        lock (_sync)
        {
            _lies.Add((operation, kind));
        }
    }

    /// <summary>Takes all planned faults back, and gives room without bound.</summary>
    public void Repair()
    {
        lock (_sync)
        {
            _faults.Clear();
            _readFaults.Clear();
            _lies.Clear();
            _capacityBytes = long.MaxValue;
        }
    }

    // A failed operation counts, and does nothing or a part of it; the trace holds what it did.
    private void FailWhereDue(SimulatedOperation operation, long number)
    {
        Fault? fault = _faults.Find(fault => fault.Hits(number, operation, _disk));
        long room = RoomFor(operation);
        if (fault is null && room < 0)
        {
            return;
        }

        if (fault is { Forever: false })
        {
            _faults.Remove(fault);
        }

        _failures++;
        SimulatedOperation done = operation with { Kind = OperationKind.Nothing, Data = null, Attempted = operation.Kind };
        switch (fault?.Kind)
        {
            case null or FaultKind.NoSpace or FaultKind.ShortWrite when operation.Kind == OperationKind.Write:
                int length = operation.Data!.Length;
                int part = fault is null ? (int)room : fault.Kind == FaultKind.NoSpace ? length / 2 : new Random((int)number).Next(1, Math.Max(length, 2));
                done = operation with { Data = operation.Data[..Math.Min(part, length)], Attempted = operation.Kind };
                break;
            case FaultKind.SyncLosesPages:
                done = done with { Kind = OperationKind.LosePages };
                break;
            case FaultKind.SyncRevertsPages:
                done = done with { Kind = OperationKind.RevertPages };
                break;
        }

        _trace.Add(done);
        _disk.Apply(done, _firstOrder + number);
        throw fault?.Kind is null or FaultKind.NoSpace
            ? new IOException($"No space left on device (simulated): {operation}.", DiskSpace.HResult)
            : new IOException($"Input/output error (simulated): {operation}.", _ioErrorHResult);
    }

    /// <summary>Gives the bytes that a growing operation may still write, or −1 where all of it fits.</summary>
    private long RoomFor(SimulatedOperation operation)
    {
        if (_capacityBytes == long.MaxValue || operation.Kind is not (OperationKind.Create or OperationKind.Write or OperationKind.SetLength))
        {
            return -1;
        }

        long free = Math.Max(0, _capacityBytes - _disk.UsedBytes);
        if (operation.Kind == OperationKind.Create)
        {
            return free > 0 ? -1 : 0;
        }

        long length = _disk.Inodes[operation.Inode].Live.Length;
        long end = operation.Offset + (operation.Data?.Length ?? 0);
        long growth = end - length;
        return growth <= free ? -1 : Math.Max(0, (operation.Data?.Length ?? 0) - (growth - free));
    }

    private SimulatedOperation LieWhereDue(SimulatedOperation operation, long number)
    {
        int at = operation.Kind == OperationKind.Write ? _lies.FindIndex(lie => number >= lie.At) : -1;
        if (at < 0)
        {
            return operation;
        }

        _failures++;
        SilentFault kind = _lies[at].Kind;
        _lies.RemoveAt(at);
        return kind == SilentFault.LostWrite
            ? operation with { Kind = OperationKind.LostWrite }
            : operation with { Kind = OperationKind.MisdirectedWrite, Landed = ElsewhereOf(operation.Inode, operation.Offset) };
    }

    private ReadFault? CountRead(string path)
    {
        long number = ++_reads;
        int at = _readFaults.FindIndex(fault => number >= fault.At);
        if (at < 0)
        {
            return null;
        }

        (_, ReadFault kind, bool forever) = _readFaults[at];
        if (kind == ReadFault.IoError)
        {
            Forget();
            _failures++;
            throw new IOException($"Input/output error (simulated): read of {Path.GetFileName(path)}.", _ioErrorHResult);
        }

        return kind;

        void Forget()
        {
            if (!forever)
            {
                _readFaults.RemoveAt(at);
            }
        }
    }

    private void Spoil(ReadFault fault, SimulatedInode inode, Span<byte> bytes, long offset)
    {
        _failures++;
        int at = _readFaults.FindIndex(planned => planned.Kind == fault);
        if (at >= 0 && !_readFaults[at].Forever)
        {
            _readFaults.RemoveAt(at);
        }

        if (fault == ReadFault.FlippedBit)
        {
            if (!bytes.IsEmpty)
            {
                bytes[(int)(_reads % bytes.Length)] ^= (byte)(1 << (int)(_reads % 8));
            }

            return;
        }

        (SimulatedInode? source, long from) = fault == ReadFault.Stale ? (TenantBefore(inode, offset), offset) : Elsewhere(inode.Id, offset);
        int count = source?.Live.Read(bytes, from) ?? 0;
        bytes[count..].Clear();
    }

    /// <summary>Finds a file that is gone, whose sectors these may have been.</summary>
    private SimulatedInode? TenantBefore(SimulatedInode inode, long offset)
    {
        HashSet<int> named = [.. _disk.LiveNames.Values.Select(live => live.Id)];
        return _disk.Inodes.Values
            .Where(gone => gone.Id != inode.Id && !named.Contains(gone.Id) && gone.Live.Length > offset)
            .MaxBy(gone => gone.Id);
    }

    private (int Inode, long Offset) ElsewhereOf(int inode, long offset)
    {
        (SimulatedInode? other, long at) = Elsewhere(inode, offset);
        return (other?.Id ?? inode, at);
    }

    private (SimulatedInode? Inode, long Offset) Elsewhere(int inode, long offset) =>
        offset >= 2 * PageBytes
            ? (_disk.Inodes[inode], offset - PageBytes)
            : (_disk.LiveNames.Values.Where(other => other.Id != inode).OrderByDescending(other => other.Live.Length).ThenBy(other => other.Id).FirstOrDefault(), 0);

    private sealed record Fault(long At, FaultKind Kind, bool Forever)
    {
        public bool Hits(long number, SimulatedOperation operation, SimulatedDisk disk) => number >= At && Kind switch
        {
            FaultKind.IoError => true,
            FaultKind.NoSpace => operation.Kind is OperationKind.Create or OperationKind.Link or OperationKind.Write
                || (operation.Kind == OperationKind.SetLength && operation.Offset > disk.Inodes[operation.Inode].Live.Length),
            FaultKind.ShortWrite => operation.Kind == OperationKind.Write,
            _ => operation.Kind == OperationKind.Sync,
        };
    }
}
