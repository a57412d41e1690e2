namespace Helios.Typed.TestKit.Files;

/// <summary>Is the state of a simulated disk: files and names, live and durable.</summary>
/// <remarks>Directories are durable as soon as they are made. A file synced without its directory has no durable name.</remarks>
internal sealed class SimulatedDisk
{
    public Dictionary<int, SimulatedInode> Inodes { get; } = [];

    public Dictionary<string, SimulatedInode> LiveNames { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, SimulatedInode> DurableNames { get; } = new(StringComparer.Ordinal);

    public List<NameChange> UnsyncedNames { get; } = [];

    public HashSet<string> Directories { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the number of the last operation, over all the runs that the disk has seen.</summary>
    public long LastOrder { get; private set; }

    /// <summary>Gets the bytes that files with a name take.</summary>
    public long UsedBytes => LiveNames.Values.Sum(static inode => (long)inode.Live.Length);

    /// <summary>Carries out an operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="order">Its number.</param>
    /// <param name="completes">False for one that the power loss interrupts: a sync then gives no promise.</param>
    public void Apply(SimulatedOperation operation, long order, bool completes = true)
    {
        LastOrder = order;
        switch (operation.Kind)
        {
            case OperationKind.Create:
                var created = new SimulatedInode(operation.Inode);
                Inodes.Add(created.Id, created);
                Rename(new NameChange(order, null, operation.Path, created));
                break;
            case OperationKind.Write:
                Inodes[operation.Inode].Apply(new FileChange(order, operation.Offset, operation.Data));
                break;
            case OperationKind.MisdirectedWrite:
                Extend(operation, order);
                Inodes[operation.Landed.Inode].Apply(new FileChange(order, operation.Landed.Offset, operation.Data));
                break;
            case OperationKind.LostWrite:
                Extend(operation, order);
                break;
            case OperationKind.SetLength:
                Inodes[operation.Inode].Apply(new FileChange(order, operation.Offset, null));
                break;
            case OperationKind.Rename:
                Rename(new NameChange(order, operation.Path, operation.Target, Inodes[operation.Inode]));
                break;
            case OperationKind.Link:
                Rename(new NameChange(order, null, operation.Target, Inodes[operation.Inode]));
                break;
            case OperationKind.Delete:
                Rename(new NameChange(order, operation.Path, null, Inodes[operation.Inode]));
                break;
            case OperationKind.Sync when completes:
                Inodes[operation.Inode].Sync();
                break;
            case OperationKind.SyncDirectory when completes:
                SyncNames(operation.Path);
                break;
            case OperationKind.LosePages or OperationKind.RevertPages:
                Inodes[operation.Inode].LosePages(revert: operation.Kind == OperationKind.RevertPages);
                break;
        }
    }

    public SimulatedDisk Clone()
    {
        var clone = new SimulatedDisk { LastOrder = LastOrder };
        clone.Directories.UnionWith(Directories);
        foreach (SimulatedInode inode in Inodes.Values)
        {
            clone.Inodes.Add(inode.Id, inode.Clone());
        }

        foreach ((string name, SimulatedInode inode) in LiveNames)
        {
            clone.LiveNames.Add(name, clone.Inodes[inode.Id]);
        }

        foreach ((string name, SimulatedInode inode) in DurableNames)
        {
            clone.DurableNames.Add(name, clone.Inodes[inode.Id]);
        }

        clone.UnsyncedNames.AddRange(UnsyncedNames.Select(change => change with { Inode = clone.Inodes[change.Inode.Id] }));
        return clone;
    }

    // The file system's own data, the length, is right: it is the device that lied.
    private void Extend(SimulatedOperation operation, long order)
    {
        SimulatedInode inode = Inodes[operation.Inode];
        if (operation.Offset + operation.Data!.Length > inode.Live.Length)
        {
            inode.Apply(new FileChange(order, operation.Offset + operation.Data.Length, null));
        }
    }

    private void Rename(NameChange change)
    {
        change.ApplyTo(LiveNames, static inode => inode);
        UnsyncedNames.Add(change);
    }

    private void SyncNames(string directory)
    {
        for (int i = 0; i < UnsyncedNames.Count; i++)
        {
            NameChange change = UnsyncedNames[i];
            if (Path.GetDirectoryName(change.Added ?? change.Removed) == directory)
            {
                change.ApplyTo(DurableNames, static inode => inode);
                UnsyncedNames.RemoveAt(i--);
            }
        }
    }
}
