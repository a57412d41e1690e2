namespace Helios.Typed.TestKit.Files;

/// <summary>Says what a power loss leaves of writes and names that were not synced.</summary>
internal enum CrashPolicy
{
    /// <summary>Nothing: what was synced, and no more.</summary>
    KeepNone,

    /// <summary>Everything, the operation in flight included.</summary>
    KeepAll,

    /// <summary>The oldest of them, up to a random one, which is cut at a random byte.</summary>
    Prefix,

    /// <summary>A random choice of 4 KiB pages, lengths and names, each for itself.</summary>
    Pages,

    /// <summary>A random choice of 512-byte sectors, lengths and names, each for itself.</summary>
    TornSectors,

    /// <summary>Lengths and names, but no data: what was written reads as zeros.</summary>
    ZeroedLengths,

    /// <summary>As <see cref="TornSectors"/>, and sectors that were being written may hold anything at all.</summary>
    Garbage,

    /// <summary>Names but neither data nor lengths: a rename reaches the disk before what it names.</summary>
    NamesOnly,

    /// <summary>Data and lengths, and a random choice of names.</summary>
    DataOnly,
}
