using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Helios.Typed.TestKit.Files;

/// <content>Loses power.</content>
internal sealed partial class SimulatedFileSystem
{
    /// <summary>Makes the power fail during an operation: it throws, and so does everything after it.</summary>
    /// <param name="operation">The operation's number, from 1.</param>
    public void LosePowerAt(long operation) => _powerLossAt = operation;

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
                disk.Apply(_trace[i], _firstOrder + i + 1, completes: i + 1 < operation);
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

    /// <summary>Walks through the run: the disk as it is at each operation, in order, and one more point after the last.</summary>
    /// <remarks>As <see cref="CrashAt"/> for every operation, without making the disk anew for each. A point is free of all later ones.</remarks>
    public IEnumerable<CrashPoint> CrashPoints()
    {
        IReadOnlyList<SimulatedOperation> trace = Trace;
        SimulatedDisk disk = _start.Clone();
        for (int i = 0; i <= trace.Count; i++)
        {
            SimulatedDisk point = disk.Clone();
            if (i < trace.Count)
            {
                point.Apply(trace[i], _firstOrder + i + 1, completes: false);
                disk.Apply(trace[i], _firstOrder + i + 1);
            }

            yield return new CrashPoint(i + 1, i < trace.Count ? trace[i] : null, point);
        }
    }

    /// <summary>Makes the file system that is found when the process ends and the machine goes on: nothing is lost, and nothing is synced.</summary>
    public SimulatedFileSystem Fork()
    {
        lock (_sync)
        {
            return new SimulatedFileSystem(_disk.Clone());
        }
    }

    /// <summary>Makes a number of all that a reader finds, and of what is durable where that differs: equal disks, equal numbers.</summary>
    /// <param name="directory">The directory whose files count, or null for all.</param>
    public UInt128 Fingerprint(string? directory = null)
    {
        XxHash128 hash = new();
        lock (_sync)
        {
            Append(hash, NamesIn(_disk.LiveNames, directory), live: true);
            Append(hash, NamesIn(_disk.DurableNames, directory), live: false);
        }

        return hash.GetCurrentHashAsUInt128();
    }

    /// <summary>Says whether bytes stand in a file of a directory, as a reader sees it.</summary>
    public bool Contains(string directory, ReadOnlySpan<byte> bytes)
    {
        lock (_sync)
        {
            foreach ((_, SimulatedInode inode) in NamesIn(_disk.LiveNames, directory))
            {
                if (inode.Live.Span.IndexOf(bytes) >= 0)
                {
                    return true;
                }
            }

            return false;
        }
    }

    internal static SimulatedFileSystem On(SimulatedDisk disk) => new(disk);

    private static IEnumerable<KeyValuePair<string, SimulatedInode>> NamesIn(Dictionary<string, SimulatedInode> names, string? directory) =>
        directory is null ? names : names.Where(entry => Path.GetDirectoryName(entry.Key) == directory);

    private static void Append(XxHash128 hash, IEnumerable<KeyValuePair<string, SimulatedInode>> names, bool live)
    {
        Span<byte> length = stackalloc byte[sizeof(long)];
        foreach ((string name, SimulatedInode inode) in names.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            ReadOnlySpan<byte> bytes = (live ? inode.Live : inode.Durable).Span;
            hash.Append(Encoding.UTF8.GetBytes(name));
            BinaryPrimitives.WriteInt64LittleEndian(length, live ? bytes.Length : ~(long)bytes.Length);
            hash.Append(length);
            hash.Append(bytes);
        }
    }
}
