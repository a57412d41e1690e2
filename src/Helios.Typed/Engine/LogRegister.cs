using Helios.Typed.Primitives;
using Helios.Typed.Storage.Manifest;

namespace Helios.Typed.Engine;

/// <summary>Knows which logs are there and which commits each holds: those kept for readers of changes, those whose rows are not yet in segments, and the one being written.</summary>
/// <remarks>Thread-safe. The commits of all of them are one run without a gap, up to the newest.</remarks>
internal sealed class LogRegister(IReadOnlyList<ManifestLog> retained)
{
    private readonly Lock _lock = new();
    private readonly List<ManifestLog> _needed = [];
    private IReadOnlyList<ManifestLog> _retained = retained;
    private ulong _current;
    private SequenceNumber _currentFirst;

    /// <summary>Gets the bytes of the logs that are kept for readers of changes alone.</summary>
    public long RetainedBytes
    {
        get
        {
            lock (_lock)
            {
                return BytesOf(_retained);
            }
        }
    }

    /// <summary>Takes a log that was replayed; oldest first.</summary>
    public void Add(ManifestLog log)
    {
        lock (_lock)
        {
            _needed.Add(log);
        }
    }

    /// <summary>Notes the log that commits go to from a sequence on.</summary>
    public void Begin(ulong number, SequenceNumber first)
    {
        lock (_lock)
        {
            (_current, _currentFirst) = (number, first);
        }
    }

    /// <summary>Notes that the log being written is whole, and which follows it.</summary>
    public void End(SequenceNumber last, long bytes, ulong next)
    {
        lock (_lock)
        {
            _needed.Add(new ManifestLog(_current, _currentFirst, last, bytes));
            (_current, _currentFirst) = (next, new SequenceNumber(last.Value + 1));
        }
    }

    /// <summary>Gives what is to be kept once the logs before one are not needed any more: the newest that fit the bytes.</summary>
    /// <param name="firstNeeded">The first log that is still needed.</param>
    /// <param name="mostBytes">What the kept ones may take together.</param>
    public IReadOnlyList<ManifestLog> ChooseRetained(ulong firstNeeded, long mostBytes)
    {
        lock (_lock)
        {
            // A log without a commit tells nobody anything.
            List<ManifestLog> kept = [.. _retained, .. _needed.Where(log => log.Number < firstNeeded && log.First <= log.Last)];
            long bytes = BytesOf(kept);
            int dropped = 0;
            while (dropped < kept.Count && bytes > mostBytes)
            {
                bytes -= kept[dropped++].Bytes;
            }

            kept.RemoveRange(0, dropped);
            return kept;
        }
    }

    /// <summary>Notes what the manifest now keeps.</summary>
    public void Install(IReadOnlyList<ManifestLog> retained, ulong firstNeeded)
    {
        lock (_lock)
        {
            _retained = retained;
            _needed.RemoveAll(log => log.Number < firstNeeded);
        }
    }

    /// <summary>Finds the log that holds a commit, or will.</summary>
    /// <param name="sequence">The commit.</param>
    /// <param name="number">The log's number.</param>
    /// <param name="oldest">The oldest commit that is in a log.</param>
    /// <returns>False where its log has gone.</returns>
    public bool TryFind(SequenceNumber sequence, out ulong number, out SequenceNumber oldest)
    {
        lock (_lock)
        {
            // From the newest on, as a gap that a missing file would leave ends what can be read without one.
            number = _current;
            oldest = _currentFirst;
            foreach (ManifestLog log in _needed.AsEnumerable().Reverse().Concat(_retained.Reverse()))
            {
                if (sequence >= oldest || (log.First <= log.Last && log.Last.Value + 1 != oldest.Value))
                {
                    break;
                }

                if (log.First <= log.Last)
                {
                    (number, oldest) = (log.Number, log.First);
                }
            }

            return sequence >= oldest;
        }
    }

    /// <summary>Forgets a kept log whose file is missing, and the ones before it: what comes after a gap is no whole feed.</summary>
    public void Forget(ulong number)
    {
        lock (_lock)
        {
            _retained = [.. _retained.Where(log => log.Number > number)];
        }
    }

    private static long BytesOf(IReadOnlyList<ManifestLog> logs)
    {
        long bytes = 0;
        foreach (ManifestLog log in logs)
        {
            bytes += log.Bytes;
        }

        return bytes;
    }
}
