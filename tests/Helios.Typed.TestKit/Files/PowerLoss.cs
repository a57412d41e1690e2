namespace Helios.Typed.TestKit.Files;

/// <summary>Makes the disk that a power loss leaves behind.</summary>
internal sealed class PowerLoss(CrashPolicy policy, int seed)
{
    private const int PageBytes = 4096;
    private const int SectorBytes = 512;

    private readonly Random _random = new(seed);

    public SimulatedDisk Survivors(SimulatedDisk disk)
    {
        // The changes in one order, so that a prefix is one of the disk and not of each file.
        long[] orders = [.. disk.Inodes.Values.SelectMany(inode => inode.Unsynced, (_, change) => change.Order).Concat(disk.UnsyncedNames.Select(change => change.Order)).Order()];
        int kept = policy == CrashPolicy.Prefix ? _random.Next(orders.Length + 1) : 0;
        long lastWhole = kept > 0 ? orders[kept - 1] : -1;
        long cut = policy == CrashPolicy.Prefix && kept < orders.Length ? orders[kept] : long.MaxValue;

        var survivors = new SimulatedDisk();
        survivors.Directories.UnionWith(disk.Directories);
        foreach (SimulatedInode inode in disk.Inodes.Values.OrderBy(inode => inode.Id))
        {
            survivors.Inodes.Add(inode.Id, SimulatedInode.Survivor(inode.Id, Bytes(inode, lastWhole, cut)));
        }

        var names = disk.DurableNames.ToDictionary(entry => entry.Key, entry => survivors.Inodes[entry.Value.Id]);
        foreach (NameChange change in disk.UnsyncedNames)
        {
            if (KeepsName(change, lastWhole))
            {
                change.ApplyTo(names, inode => survivors.Inodes[inode.Id]);
            }
        }

        foreach ((string name, SimulatedInode inode) in names)
        {
            survivors.LiveNames.Add(name, inode);
            survivors.DurableNames.Add(name, inode);
        }

        // Nobody has a file open after a power loss: one without a name is gone.
        HashSet<int> named = [.. names.Values.Select(inode => inode.Id)];
        foreach (int id in survivors.Inodes.Keys.Where(id => !named.Contains(id)).ToArray())
        {
            survivors.Inodes.Remove(id);
        }

        return survivors;
    }

    private bool KeepsName(NameChange change, long lastWhole) => policy switch
    {
        CrashPolicy.KeepNone => false,
        CrashPolicy.KeepAll or CrashPolicy.ZeroedLengths or CrashPolicy.NamesOnly => true,
        CrashPolicy.Prefix => change.Order <= lastWhole,
        _ => Flip(),
    };

    private SimulatedBytes Bytes(SimulatedInode inode, long lastWhole, long cut)
    {
        SimulatedBytes bytes = inode.Durable.Clone();
        foreach (FileChange change in inode.Unsynced)
        {
            switch (policy)
            {
                case CrashPolicy.KeepNone or CrashPolicy.NamesOnly:
                    break;
                case CrashPolicy.Prefix when change.Order > cut:
                    break;
                case CrashPolicy.Prefix when change.Order == cut:
                    bytes.Write(change.Data.AsSpan(0, _random.Next((change.Data?.Length ?? 0) + 1)), change.Offset);
                    break;
                case CrashPolicy.KeepAll or CrashPolicy.DataOnly or CrashPolicy.Prefix:
                    change.ApplyTo(bytes);
                    break;
                case CrashPolicy.ZeroedLengths:
                    bytes.SetLength(change.Data is null ? change.Offset : Math.Max(bytes.Length, change.Offset + change.Data.Length));
                    break;
                case CrashPolicy.Pages:
                    ApplyParts(bytes, change, PageBytes);
                    break;
                default:
                    ApplyParts(bytes, change, SectorBytes);
                    break;
            }
        }

        return bytes;
    }

    private void ApplyParts(SimulatedBytes bytes, FileChange change, int partBytes)
    {
        if (change.Data is null)
        {
            if (Flip())
            {
                change.ApplyTo(bytes);
            }

            return;
        }

        for (int done = 0; done < change.Data.Length;)
        {
            long offset = change.Offset + done;
            int count = (int)Math.Min(change.Data.Length - done, partBytes - (offset % partBytes));
            if (policy == CrashPolicy.Garbage && _random.Next(3) == 0)
            {
                byte[] garbage = new byte[count];
                _random.NextBytes(garbage);
                bytes.Write(garbage, offset);
            }
            else if (Flip())
            {
                bytes.Write(change.Data.AsSpan(done, count), offset);
            }

            done += count;
        }
    }

    private bool Flip() => _random.Next(2) == 0;
}
