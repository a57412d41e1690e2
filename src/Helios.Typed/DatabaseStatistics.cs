namespace Helios.Typed;

/// <summary>Says what a database holds, takes and did, at one moment.</summary>
/// <remarks>Immutable. Writers do not stop for it: figures of a commit under way may be counted in part. "Since the opening" is since this process opened the database.</remarks>
public sealed record DatabaseStatistics
{
    /// <summary>Gets the stored tables, in the order in which they were created.</summary>
    public required IReadOnlyList<TableStatistics> Tables { get; init; }

    /// <summary>Gets what the database's files take.</summary>
    public required DiskStatistics Disk { get; init; }

    /// <summary>Gets what the database takes of memory.</summary>
    public required MemoryStatistics Memory { get; init; }

    /// <summary>Gets what was committed and written since the opening.</summary>
    public required WriteStatistics Written { get; init; }

    /// <summary>Gets how writers were held back since the opening.</summary>
    public required StallStatistics Stalls { get; init; }

    /// <summary>Gets how many sealed sets of fresh rows wait in memory until they are written to segments.</summary>
    public required int WaitingFlushes { get; init; }

    /// <summary>Gets the sequence of the newest commit that readers see; 0 before the first.</summary>
    public required long PublishedSequence { get; init; }

    /// <summary>Gets the sequence of the newest commit that a power cut cannot take; at most <see cref="PublishedSequence"/>, and the same under <see cref="Durability.Full"/>.</summary>
    public required long DurableSequence { get; init; }

    /// <summary>Gets why the database takes no writes, or null while it does.</summary>
    public required string? ReadOnlyCause { get; init; }

    /// <summary>Gets the width, in bits, of the registers that compare vectors: 512, 256 or 128; or 32, one number at a time.</summary>
    public required int VectorBits { get; init; }
}
