using Helios.Typed.Primitives;

namespace Helios.Typed;

/// <summary>Sets where a database is and how it behaves; checked as a whole when the database opens.</summary>
public sealed class HeliosDatabaseOptions
{
    /// <summary>Names, as a <see cref="Path"/>, a database that lives in memory and goes when it is closed.</summary>
    public const string InMemory = ":memory:";

    /// <summary>Gets or sets the database directory, or <see cref="InMemory"/>.</summary>
    /// <value>There is no default. A relative path starts at the current directory.</value>
    public string Path { get; set; } = "";

    /// <summary>Gets or sets whether a database that is not there is created.</summary>
    /// <value>The default is true.</value>
    public bool CreateIfMissing { get; set; } = true;

    /// <summary>Gets or sets whether the database is only read.</summary>
    /// <value>
    /// The default is false. Any number of processes may have a database open with it at once, and none that writes beside them.
    /// Nothing in the directory is changed, which may be one that cannot be written to; where a copy came without its file
    /// <c>LOCK</c>, that is made if it can be. Writes throw <see cref="HeliosReadOnlyException"/>, and no index is built.
    /// </value>
    public bool ReadOnly { get; set; }

    /// <summary>Gets or sets what opening does about damage.</summary>
    /// <value>The default is <see cref="RecoveryMode.Strict"/>. <see cref="RecoveryMode.Salvage"/> is for one opening: it reads and checks every byte.</value>
    public RecoveryMode RecoveryMode { get; set; }

    /// <summary>Gets or sets what a commit has survived once it returns.</summary>
    /// <value>The default is <see cref="Durability.Full"/>: an fsync, shared by commits that come together.</value>
    public Durability Durability { get; set; } = Durability.Full;

    /// <summary>Gets or sets how often the log is synced at <see cref="Durability.Interval"/>, from 1 ms to 1 hour.</summary>
    /// <value>The default is one second.</value>
    public TimeSpan SyncInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets the bytes of fresh rows kept in memory before they are written to a segment, from 1 MiB to 64 GiB.</summary>
    /// <remarks>
    /// Up to four such portions wait while another fills, so that a load quicker than the disk takes about five times as much; beyond
    /// that writers wait until one is written.
    /// </remarks>
    /// <value>The default is 64 MiB.</value>
    public long MemtableBytes { get; set; } = 64L << 20;

    /// <summary>Gets or sets the bytes of memory that the database takes at most, from 16 MiB: fresh rows, graphs, vectors, and pages of keys and columns.</summary>
    /// <remarks>
    /// Fresh rows have up to a quarter of it; writers wait while that is used up. Of the rest, what searches touch most is kept:
    /// pages, then graphs, then full vectors, which are read from the files one by one where there is no room for them.
    /// </remarks>
    /// <value>The default is half of the memory that the process may use, by its container's limit where it has one.</value>
    public long MemoryBudgetBytes { get; set; } = MemoryBudget.DefaultLimit;

    /// <summary>Gets or sets the bytes of logs that are kept for <see cref="HeliosDatabase.ChangesAsync"/> alone, up to 16 TiB; 0 keeps a log only until its rows are in segments.</summary>
    /// <value>The default is 64 MiB.</value>
    public long ChangeRetentionBytes { get; set; } = 64L << 20;

    /// <summary>Gets or sets how many threads build indexes in the background, up to 256; 0 takes half of the processors.</summary>
    /// <value>The default is 0.</value>
    public int IndexingThreads { get; set; }
}
