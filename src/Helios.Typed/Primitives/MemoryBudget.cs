namespace Helios.Typed.Primitives;

/// <summary>Bounds the memory of one database: what is loaded asks here first, and what was not used for long goes for it.</summary>
/// <remarks>
/// <code>
///   limit = memtables' share (a quarter, and no more than they can use) + pages' least share (1/16) + the common part
/// </code>
/// Graphs and vectors live in the common part, and so does what pages, and memtables that open snapshots keep alive, take
/// beyond their shares. Nothing is allocated that was not granted here, so that the sum never exceeds the limit. Time is
/// counted in requests that found something missing: while nothing is missing, readers write nothing here. Thread-safe.
/// </remarks>
internal sealed class MemoryBudget
{
    /// <summary>The least limit: below it not even the pages of a small table would stay.</summary>
    public const long LeastLimit = 16L << 20;

    private const int MemtableShare = 4;
    private const int PageShare = 16;

    // Vectors leave this part of the common part to what is touched more often: loaded later, it would push them out.
    private const int Headroom = 16;

    private readonly long[] _used = new long[(int)MemoryKind.Vectors + 1];
    private readonly List<Evictable> _evictable = [];
    private long _promised;
    private long _codeBytes;
    private long _leaving;
    private long _now = 1;

    /// <summary>Sets the limit.</summary>
    /// <param name="limit">The most bytes that are used at once.</param>
    /// <param name="mostMemtables">The most that memtables can make use of.</param>
    public MemoryBudget(long limit, long mostMemtables)
    {
        Limit = limit;
        MemtableLimit = Math.Min(limit / MemtableShare, mostMemtables);
        PageLimit = limit / PageShare;
    }

    /// <summary>Gets the limit where none is set: half of the memory that the process may use, by its container's limit where it has one.</summary>
    public static long DefaultLimit => Math.Max(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2, LeastLimit);

    /// <summary>Gets a budget without bounds.</summary>
    public static MemoryBudget Unbounded => new(long.MaxValue, long.MaxValue);

    /// <summary>Gets the most bytes that are used at once.</summary>
    public long Limit { get; }

    /// <summary>Gets the share of memtables.</summary>
    public long MemtableLimit { get; }

    /// <summary>Gets the share that pages have in any case.</summary>
    public long PageLimit { get; }

    /// <summary>Gets the lock of the budget, for what is kept in step with it.</summary>
    public Lock Lock { get; } = new();

    /// <summary>Gets or sets what lets the coldest page go, and says whether there was one; called under the lock.</summary>
    public Func<bool> DropPage { get; set; } = static () => false;

    /// <summary>Gets the time: the number of requests so far that found something missing.</summary>
    public long Now => Volatile.Read(ref _now);

    /// <summary>Gets the bytes of graphs in use that are codes of vectors.</summary>
    public long CodeBytes => Volatile.Read(ref _codeBytes);

    private long CommonLimit => Limit - MemtableLimit - PageLimit;

    /// <summary>Gets the bytes in use for one purpose.</summary>
    public long UsedBy(MemoryKind kind) => Volatile.Read(ref _used[(int)kind]);

    /// <summary>Gives the smallest limit with which so many bytes of graphs and vectors can be in use at once.</summary>
    public static long LimitFor(long bytes) => checked(bytes + (bytes / (Headroom - 1)) + 1) / (PageShare - (PageShare / MemtableShare) - 1) * PageShare + PageShare;

    /// <summary>Notes a request that found something missing.</summary>
    /// <returns>Its time.</returns>
    public long Tick() => Interlocked.Increment(ref _now);

    /// <summary>Asks for memory, for which colder and less useful things are dropped where there is not enough.</summary>
    /// <param name="kind">What it is for.</param>
    /// <param name="bytes">How much.</param>
    /// <param name="since">Things of the same kind go only where they were not used since then: when this was missed the time before, so that two that do not fit together do not take turns.</param>
    /// <returns>Whether the memory may be taken; if not, there may be room once readers have left what was dropped.</returns>
    public bool TryReserve(MemoryKind kind, long bytes, long since = 0)
    {
        lock (Lock)
        {
            while (!Fits(kind, bytes))
            {
                if (kind is MemoryKind.Graphs && UsedBy(MemoryKind.Pages) > PageLimit && DropPage())
                {
                    continue;
                }

                // What is on its way out is room to come: nothing else has to go for it.
                if (Fits(kind, bytes - _leaving) || FindColdest(kind, since) is not { } coldest)
                {
                    return false;
                }

                Evict(coldest);
            }

            _used[(int)kind] += bytes;
            return true;
        }
    }

    /// <summary>Gives memory back.</summary>
    public void Release(MemoryKind kind, long bytes)
    {
        lock (Lock)
        {
            _used[(int)kind] -= bytes;
        }
    }

    /// <summary>Takes memory that has to be taken; what asks has seen to it that there is room.</summary>
    public void Count(MemoryKind kind, long bytes)
    {
        lock (Lock)
        {
            _used[(int)kind] += bytes;
        }
    }

    /// <summary>Notes that codes of vectors came with a graph, or went with it; they are counted with it.</summary>
    public void CountCodes(long bytes) => Interlocked.Add(ref _codeBytes, bytes);

    /// <summary>Promises memory to a write that will grow memtables.</summary>
    /// <param name="bytes">The most that they will grow by.</param>
    /// <param name="mayBorrow">Whether other things may be dropped where the memtables' share is used up: nothing waits to be flushed.</param>
    public bool TryPromise(long bytes, bool mayBorrow)
    {
        lock (Lock)
        {
            if (UsedBy(MemoryKind.Memtables) + _promised + bytes > MemtableLimit)
            {
                if (!mayBorrow || !TryReserve(MemoryKind.Memtables, bytes))
                {
                    return false;
                }

                _used[(int)MemoryKind.Memtables] -= bytes;
            }

            _promised += bytes;
            return true;
        }
    }

    /// <summary>Takes a promise back, once the memtables have grown.</summary>
    public void EndPromise(long bytes)
    {
        lock (Lock)
        {
            _promised -= bytes;
        }
    }

    /// <summary>Lets a thing be dropped from here on; its memory was reserved.</summary>
    public void Add(Evictable evictable)
    {
        lock (Lock)
        {
            _evictable.Add(evictable);
        }
    }

    internal void Remove(Evictable evictable)
    {
        lock (Lock)
        {
            if (!_evictable.Remove(evictable))
            {
                _leaving -= evictable.Bytes;
            }

            _used[(int)evictable.Kind] -= evictable.Bytes;
        }
    }

    private bool Fits(MemoryKind kind, long bytes)
    {
        long used = UsedBy(MemoryKind.Graphs) + UsedBy(MemoryKind.Vectors);
        used += Math.Max(UsedBy(MemoryKind.Pages) + (kind == MemoryKind.Pages ? bytes : 0) - PageLimit, 0);
        used += Math.Max(UsedBy(MemoryKind.Memtables) + _promised + (kind == MemoryKind.Memtables ? bytes : 0) - MemtableLimit, 0);
        long limit = kind == MemoryKind.Vectors ? CommonLimit - (CommonLimit / Headroom) : CommonLimit;
        return used <= limit - (kind is MemoryKind.Graphs or MemoryKind.Vectors ? bytes : 0);
    }

    private Evictable? FindColdest(MemoryKind kind, long since)
    {
        Evictable? coldest = null;
        foreach (Evictable candidate in _evictable)
        {
            if (MayGo(candidate, kind, since)
                && (coldest is null || candidate.Kind > coldest.Kind || (candidate.Kind == coldest.Kind && candidate.LastUsed < coldest.LastUsed)))
            {
                coldest = candidate;
            }
        }

        return coldest;
    }

    private static bool MayGo(Evictable candidate, MemoryKind kind, long since) =>
        candidate.Kind == kind ? candidate.LastUsed < since
            : candidate.Kind > kind && (kind != MemoryKind.Pages || candidate.Kind == MemoryKind.Vectors);

    private void Evict(Evictable coldest)
    {
        _evictable.Remove(coldest);
        _leaving += coldest.Bytes;
        coldest.Drop();
    }
}
