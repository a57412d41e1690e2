using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Is what segments load into memory with: one for the database.</summary>
/// <param name="Allocator">Gives native memory.</param>
/// <param name="Budget">Grants it.</param>
/// <param name="Pages">Keeps pages.</param>
/// <param name="Loader">Loads what takes long, or null where everything is loaded by who asks first.</param>
internal sealed record SegmentMemory(NativeAllocator Allocator, MemoryBudget Budget, PageCache Pages, BackgroundLoader? Loader)
{
    // Beside the memtables that wait: one that takes writes, one that is being written, and room to grow.
    private const int OtherMemtables = 3;
    private const long SmallMemtables = 32 << 20;

    /// <summary>Gets the bytes of vectors up to which the first search loads them itself: a few milliseconds' worth.</summary>
    public long LoadedAtOnceBytes { get; init; } = 8 << 20;

    /// <summary>Makes the memory of a database.</summary>
    public static SegmentMemory Of(EngineOptions options)
    {
        MemoryBudget budget = new(options.MemoryBudgetBytes, (options.MemtableBytes * (options.MaxWaitingFlushes + OtherMemtables)) + SmallMemtables);
        return new SegmentMemory(options.Allocator, budget, new PageCache(budget), new BackgroundLoader(options.Background))
        {
            LoadedAtOnceBytes = options.LoadedAtOnceBytes,
        };
    }

    /// <summary>Makes one without bounds.</summary>
    public static SegmentMemory Unbounded(NativeAllocator allocator)
    {
        MemoryBudget budget = MemoryBudget.Unbounded;
        return new SegmentMemory(allocator, budget, new PageCache(budget), Loader: null);
    }
}
