using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Microsoft.Extensions.Logging;

namespace Helios.Typed.Engine;

/// <summary>Is what the engine is given: settings, and everything undetermined.</summary>
internal sealed record EngineOptions
{
    /// <summary>The room that a log makes ahead where nothing else is said.</summary>
    public const int StandardLogRoomBytes = 256 << 10;

    /// <summary>The pause in the flushes that merges wait for where nothing else is said.</summary>
    public static readonly TimeSpan StandardMergePause = TimeSpan.FromSeconds(1);

    /// <summary>Gets the database directory, absolute.</summary>
    public required string Path { get; init; }

    /// <summary>Gets what measurements call the database, or null for its path.</summary>
    public string? Name { get; init; }

    /// <summary>Gets the file system.</summary>
    public required IFileSystem Files { get; init; }

    /// <summary>Gets whether a missing database is created.</summary>
    public bool CreateIfMissing { get; init; } = true;

    /// <summary>Gets whether the database is only read: nothing in its directory is changed, and others may read it too.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Gets what is done about damage.</summary>
    public RecoveryMode RecoveryMode { get; init; }

    /// <summary>Gets what a commit has survived once it returns.</summary>
    public Durability Durability { get; init; } = Durability.Full;

    /// <summary>Gets the room that the log makes ahead for small commits at <see cref="Durability.Full"/>, in bytes: a multiple of 4096, or 0.</summary>
    public int LogRoomBytes { get; init; } = StandardLogRoomBytes;

    /// <summary>Gets how often the log is synced at <see cref="Durability.Interval"/>.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets the bytes that memtables may take before they are flushed.</summary>
    public long MemtableBytes { get; init; } = 64L << 20;

    /// <summary>Gets how many sealed sets of memtables may wait to be flushed; writers wait while there are more.</summary>
    public int MaxWaitingFlushes { get; init; } = 3;

    /// <summary>Gets how many segments of about one size become one; tests take few, so that merges come soon.</summary>
    public int SegmentsPerTier { get; init; } = MergePlanner.SegmentsPerTier;

    /// <summary>Gets how long nothing may have been flushed before segments of a size become one; until then only what has to be merged is. None: they do at once.</summary>
    public TimeSpan MergePause { get; init; }

    /// <summary>Gets the bytes that the database takes at most for memtables, pages, graphs and vectors.</summary>
    public long MemoryBudgetBytes { get; init; } = MemoryBudget.DefaultLimit;

    /// <summary>Gets the bytes of vectors up to which the first search loads them itself; more are loaded in the background.</summary>
    public long LoadedAtOnceBytes { get; init; } = 8L << 20;

    /// <summary>Gets the bytes that logs may take which are kept for readers of changes alone.</summary>
    public long ChangeRetentionBytes { get; init; }

    /// <summary>Gets the threads that build indexes.</summary>
    public int IndexingThreads { get; init; } = 1;

    /// <summary>Gets the seed of every random choice.</summary>
    public ulong Seed { get; init; } = 0x48454C494F53;

    /// <summary>Gets the clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Gets what makes the id of a new database, or of a new history of one.</summary>
    public Func<Guid> NewId { get; init; } = Guid.NewGuid;

    /// <summary>Gets where native memory comes from.</summary>
    public NativeAllocator Allocator { get; init; } = new SystemAllocator();

    /// <summary>Gets where background work runs; tests hand in a deterministic one.</summary>
    public TaskScheduler Background { get; init; } = TaskScheduler.Default;

    /// <summary>Gets the log.</summary>
    public required ILoggerFactory Loggers { get; init; }
}
