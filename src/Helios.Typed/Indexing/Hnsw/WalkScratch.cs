using System.Runtime.CompilerServices;

namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Is a node on a walk's list: how near it is, and its index on the level, with a mark once its links were followed.</summary>
internal struct Candidate
{
    /// <summary>The bit of <see cref="Tagged"/> that marks a node whose links were followed.</summary>
    public const uint Followed = 1u << 31;

    /// <summary>How near the node is; smaller is nearer.</summary>
    public float Rank;

    /// <summary>The index on the level, and the mark.</summary>
    public uint Tagged;

    /// <summary>Notes a node whose links are still to be followed.</summary>
    public Candidate(float rank, uint index)
    {
        Rank = rank;
        Tagged = index;
    }

    /// <summary>Gets the node's index on its level.</summary>
    public readonly uint Index => Tagged & ~Followed;
}

/// <summary>Is what one walk writes on: used by one thread at a time, and again by the next walk.</summary>
/// <remarks>The arrays are pinned, so that a walk may point at them; the collector takes them with their owner.</remarks>
internal sealed unsafe class WalkScratch
{
    private const int LineFloats = 16;
    private const int LineBytes = LineFloats * sizeof(float);

    private readonly ulong[] _visited;
    private readonly uint[] _gathered;
    private Candidate[] _pool = [];
    private float[] _query = [];
    private float[] _rotated = [];
    private sbyte[] _weights = [];
    private byte[] _row = [];

    /// <summary>Makes room for walks over a graph.</summary>
    /// <param name="count">The nodes of the graph.</param>
    /// <param name="degree">The most links of a row.</param>
    public WalkScratch(int count, int degree)
    {
        _visited = GC.AllocateArray<ulong>((int)(((long)count + 63) / 64), pinned: true);
        _gathered = GC.AllocateUninitializedArray<uint>(degree, pinned: true);
    }

    /// <summary>Gets the room for the unvisited neighbors of one node.</summary>
    public uint* Gathered => First(_gathered);

    /// <summary>Gets the candidates of a filtered walk that are still to be followed.</summary>
    public FrontierHeap Frontier { get; } = new();

    /// <summary>Gets the room for a prepared query, aligned to a cache line so that no register spans two.</summary>
    public Span<float> QueryOf(int dimensions)
    {
        if (_query.Length < dimensions + LineFloats)
        {
            _query = GC.AllocateUninitializedArray<float>(dimensions + LineFloats, pinned: true);
        }

        nuint address = (nuint)First(_query);
        return new Span<float>((float*)((address + 63) & ~(nuint)63), dimensions);
    }

    /// <summary>Gets the room for a query that is brought into a code's space.</summary>
    public Span<float> RotatedOf(int dimensions)
    {
        if (_rotated.Length < dimensions)
        {
            _rotated = GC.AllocateUninitializedArray<float>(dimensions);
        }

        return _rotated.AsSpan(0, dimensions);
    }

    /// <summary>Gets the room for a coded query, aligned to a cache line.</summary>
    public Span<sbyte> WeightsOf(int bytes)
    {
        if (_weights.Length < bytes + LineBytes)
        {
            _weights = GC.AllocateUninitializedArray<sbyte>(bytes + LineBytes, pinned: true);
        }

        nuint address = (nuint)First(_weights);
        return new Span<sbyte>((sbyte*)((address + LineBytes - 1) & ~(nuint)(LineBytes - 1)), bytes);
    }

    /// <summary>Gets the room for one vector that is read from where it is stored: an array of its very size.</summary>
    public byte[] RowOf(int bytes) => _row.Length == bytes ? _row : _row = GC.AllocateUninitializedArray<byte>(bytes);

    /// <summary>Gets an empty pool for a number of candidates.</summary>
    public CandidatePool PoolOf(int beam)
    {
        if (_pool.Length < beam)
        {
            _pool = GC.AllocateUninitializedArray<Candidate>(beam, pinned: true);
        }

        return new CandidatePool(First(_pool), beam);
    }

    /// <summary>Gets the marks of visited nodes, all unmarked.</summary>
    /// <param name="count">The nodes of the level.</param>
    public VisitedSet VisitedOf(int count)
    {
        Array.Clear(_visited, 0, (int)(((long)count + 63) / 64));
        return new VisitedSet(First(_visited));
    }

    private static T* First<T>(T[] pinned)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(pinned));
}

/// <summary>Marks the nodes of one level that a walk has met, a bit each: small enough to stay in the nearest caches.</summary>
internal readonly unsafe struct VisitedSet(ulong* words)
{
    private readonly ulong* _words = words;

    /// <summary>Marks a node, and says whether it was unmarked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryMark(uint index)
    {
        ulong bit = 1ul << (int)(index & 63);
        ulong word = _words[index >> 6];
        _words[index >> 6] = word | bit;
        return (word & bit) == 0;
    }
}

/// <summary>Keeps scratch for the walks over one graph, one for each thread that walks at once.</summary>
/// <remarks>Thread-safe. What finds no place on return goes to the collector.</remarks>
internal sealed class WalkScratchPool(int count, int degree)
{
    private readonly WalkScratch?[] _kept = new WalkScratch?[2 * Environment.ProcessorCount];

    /// <summary>Takes scratch that nobody else has.</summary>
    public WalkScratch Rent()
    {
        for (int i = 0; i < _kept.Length; i++)
        {
            if (_kept[i] is not null && Interlocked.Exchange(ref _kept[i], null) is { } kept)
            {
                return kept;
            }
        }

        return new WalkScratch(count, degree);
    }

    /// <summary>Gives scratch back.</summary>
    public void Return(WalkScratch scratch)
    {
        for (int i = 0; i < _kept.Length; i++)
        {
            if (_kept[i] is null && Interlocked.CompareExchange(ref _kept[i], scratch, null) is null)
            {
                return;
            }
        }
    }
}
