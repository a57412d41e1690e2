using Helios.Typed.TestKit.Files;

namespace Helios.Typed.Tests.Storage.Crashes;

/// <summary>Runs the same commits every time, and notes which were acknowledged when.</summary>
internal sealed class Workload(SimulatedFileSystem files)
{
    public static readonly string Directory = Path.GetFullPath("/database");

    private const int Steps = 12;

    private readonly List<(long Operations, ulong Sequence)> _acknowledged = [(0, 0)];
    private readonly Dictionary<ulong, byte[]> _acknowledgedPayloads = [];

    /// <summary>Gets the payloads that were ever tried under each sequence; only the last can have been acknowledged.</summary>
    public Dictionary<ulong, byte[]> Tried { get; } = [];

    public ulong Acknowledged => _acknowledged[^1].Sequence;

    /// <summary>Gives the last sequence that was acknowledged before an operation began.</summary>
    public ulong AcknowledgedBefore(long operation) => _acknowledged.FindLast(ack => ack.Operations < operation).Sequence;

    public byte[] AcknowledgedPayload(ulong sequence) => _acknowledgedPayloads[sequence];

    public static SimulatedFileSystem NewFiles()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory(Directory);
        return files;
    }

    /// <summary>Runs commits and flushes, across two openings.</summary>
    /// <param name="survive">Says whether to go on after an error; null lets it through.</param>
    public void Run(Func<Exception, MiniStore, bool>? survive = null)
    {
        int attempt = 0;
        for (int opening = 0, tries = 0; opening < 2 && tries < 4; tries++)
        {
            using MiniStore? store = TryOpen(mayFail: survive is not null);
            if (store is null)
            {
                continue;
            }

            opening++;
            for (int step = 0; step < Steps; step++)
            {
                try
                {
                    Step(store, step, attempt++);
                }
                catch (Exception e) when (survive?.Invoke(e, store) == true)
                {
                }
            }
        }
    }

    private MiniStore? TryOpen(bool mayFail)
    {
        try
        {
            return new MiniStore(files, Directory);
        }
        catch (IOException) when (mayFail)
        {
            return null;
        }
    }

    private void Step(MiniStore store, int step, int attempt)
    {
        if (step == Steps - 1)
        {
            store.Close();
            return;
        }

        if (step % 3 == 2)
        {
            store.Flush();
            return;
        }

        ulong first = store.Last + 1;
        byte[][] payloads = [.. Enumerable.Range(0, 1 + (step % 4)).Select(i => Payload(first + (ulong)i, attempt))];
        for (int i = 0; i < payloads.Length; i++)
        {
            Tried[first + (ulong)i] = payloads[i];
        }

        store.Commit(payloads);
        _acknowledged.Add((files.OperationCount, store.Last));
        for (ulong sequence = store.Last; sequence > 0 && _acknowledgedPayloads.TryAdd(sequence, store.Rows[sequence]); sequence--)
        {
        }
    }

    private static byte[] Payload(ulong sequence, int attempt)
    {
        byte[] payload = new byte[10 + (sequence * 1777 % 9000)];
        new Random(unchecked((int)sequence + (attempt * 1000))).NextBytes(payload);
        return payload;
    }
}
