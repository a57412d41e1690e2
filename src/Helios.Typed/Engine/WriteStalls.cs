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
    /// <returns>How long it waited.</returns>
    public TimeSpan End(long since)
    {
        long now = clock.GetTimestamp();
        lock (_lock)
        {
            _waiting--;
            _started -= since;
            _ended += now - since;
        }

        return clock.GetElapsedTime(since, now);
    }

    /// <summary>Reads the figures.</summary>
    public StallStatistics Read()
    {
        long now = clock.GetTimestamp();
        lock (_lock)
        {
            long waited = _ended + (_waiting * now) - _started;
            return new StallStatistics { WaitingWriters = _waiting, Count = _count, Time = clock.GetElapsedTime(0, waited) };
        }
    }
}
