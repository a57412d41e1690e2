namespace Helios.Typed.Engine;

/// <summary>Lists the sources of one table in one <see cref="StoreVersion"/>.</summary>
/// <param name="Active">The memtable that takes writes, or null where none did since the last seal.</param>
/// <param name="Sealed">The memtables that wait to be written to segments, newest first.</param>
/// <param name="Segments">The segments, newest first.</param>
internal sealed record TableVersion(Memtable? Active, IReadOnlyList<Memtable> Sealed, IReadOnlyList<Segment> Segments)
{
    /// <summary>Gets the version of a table without rows.</summary>
    public static TableVersion Empty { get; } = new(null, [], []);

    /// <summary>Gets all sources, newest first.</summary>
    public IReadOnlyList<RowSource> Sources { get; } = Active is null ? [.. Sealed, .. Segments] : [Active, .. Sealed, .. Segments];

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
