namespace Helios.Typed.Engine;

/// <summary>Counts the writers that wait for room in memory, and for how long they did.</summary>
/// <param name="clock">Tells the time.</param>
internal sealed class WriteStalls(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private int _waiting;
    private long _count;
    private long _ended;
    private long _started;

    /// <summary>Notes that a writer begins to wait.</summary>
    /// <returns>When it does, for <see cref="End"/>; and whether it is the only one.</returns>
    public (long Since, bool IsFirst) Begin()
    {
        long now = clock.GetTimestamp();
        lock (_lock)
        {
            _count++;
            _started += now;
            return (now, _waiting++ == 0);
        }
    }

    /// <summary>Notes that a writer waits no more.</summary>
    public void End(long since)
    {
        long now = clock.GetTimestamp();
        lock (_lock)
        {
            _waiting--;
            _started -= since;
            _ended += now - since;
        }
    }

    /// <summary>Reads the figures.</summary>
    public WriteStallStatistics Read()
    {
        long now = clock.GetTimestamp();
        lock (_lock)
        {
            long waited = _ended + (_waiting * now) - _started;
            return new WriteStallStatistics(_waiting, _count, clock.GetElapsedTime(0, waited));
        }
    }
}

/// <summary>Says how writers were held back because memtables were sealed faster than they were flushed.</summary>
/// <param name="WaitingWriters">The writers that wait now.</param>
/// <param name="Stalls">How often a writer had to wait since the opening.</param>
/// <param name="StalledTime">How long they waited, summed over writers, those that still wait included.</param>
internal sealed record WriteStallStatistics(int WaitingWriters, long Stalls, TimeSpan StalledTime);
