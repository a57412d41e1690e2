namespace Helios.Typed.Engine;

/// <summary>Lists the sources of one table in one <see cref="StoreVersion"/>.</summary>
/// <remarks>Immutable.</remarks>
/// <param name="active">The memtable that takes writes, or null where none did since the last seal.</param>
/// <param name="closed">The memtables that wait to be written to segments, newest first.</param>
/// <param name="segments">The segments, newest first.</param>
internal sealed class TableVersion(Memtable? active, IReadOnlyList<Memtable> closed, IReadOnlyList<Segment> segments)
{
    /// <summary>Gets the version of a table without rows.</summary>
    public static TableVersion Empty { get; } = new(null, [], []);

    /// <summary>Gets the memtable that takes writes, or null where none did since the last seal.</summary>
    public Memtable? Active => active;

    /// <summary>Gets the memtables that wait to be written to segments, newest first.</summary>
    public IReadOnlyList<Memtable> Sealed => closed;

    /// <summary>Gets the segments, newest first.</summary>
    public IReadOnlyList<Segment> Segments => segments;

    /// <summary>Gets all sources, newest first.</summary>
    public IReadOnlyList<RowSource> Sources { get; } = active is null ? [.. closed, .. segments] : [active, .. closed, .. segments];

    /// <summary>Makes the version with another memtable for writes.</summary>
    public TableVersion WithActive(Memtable memtable) => new(memtable, Sealed, Segments);

    /// <summary>Makes the version in which the memtable for writes, where there is one, waits with the others.</summary>
    public TableVersion WithoutActive() => Active is null ? this : new(null, [Active, .. Sealed], Segments);

    /// <summary>Finds the newest version of a key that has not ended; at most one source has one.</summary>
    /// <param name="key">The key's ordered bytes.</param>
    /// <param name="source">The source that has it.</param>
    /// <param name="ordinal">Its ordinal there.</param>
    public bool TryFindNewest(ReadOnlySpan<byte> key, out RowSource? source, out int ordinal)
    {
        foreach (RowSource candidate in Sources)
        {
            if (candidate.TryFind(key, new(ulong.MaxValue), out ordinal))
            {
                source = candidate;
                return true;
            }
        }

        source = null;
        ordinal = -1;
        return false;
    }
}
