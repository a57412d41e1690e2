using System.Runtime.CompilerServices;

namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Points at one level of a graph.</summary>
/// <remarks>Nodes of a level are numbered 0 to <see cref="Count"/> − 1 in the order of their slots; on level 0 the number is the slot.</remarks>
internal readonly unsafe struct HnswLevel
{
    private readonly uint* _slots;
    private readonly uint* _below;
    private readonly uint* _links;
    private readonly nuint _stride;

    /// <summary>Points at a level that starts at an address.</summary>
    /// <param name="start">The first byte.</param>
    /// <param name="count">The nodes on it.</param>
    /// <param name="degree">The links of a row.</param>
    /// <param name="isUpper">Whether it is above level 0, and so names the slots of its nodes.</param>
    public HnswLevel(byte* start, int count, int degree, bool isUpper)
    {
        Count = count;
        Degree = degree;
        _slots = isUpper ? (uint*)start : null;
        _below = isUpper ? (uint*)start + count : null;
        _links = isUpper ? (uint*)start + (2L * count) : (uint*)start;
        _stride = (nuint)degree;
    }

    /// <summary>Points at level 0 of a graph whose links stand in node records.</summary>
    public HnswLevel(CodedNodes nodes)
    {
        Count = nodes.Count;
        Degree = nodes.Degree;
        _links = (uint*)(nodes.Buffer.Address + nodes.LinksOffset);
        _stride = (nuint)(nodes.RecordBytes / sizeof(uint));
    }

    /// <summary>Gets the number of nodes.</summary>
    public int Count { get; }

    /// <summary>Gets the links that a row has room for.</summary>
    public int Degree { get; }

    /// <summary>Gets whether the level is above level 0.</summary>
    public bool IsUpper => _slots != null;

    /// <summary>Gets the slots of the nodes of an upper level, ascending.</summary>
    public Span<uint> Slots => new(_slots, IsUpper ? Count : 0);

    /// <summary>Gets the indexes of the nodes of an upper level on the level below.</summary>
    public Span<uint> Below => new(_below, IsUpper ? Count : 0);

    /// <summary>Gets where a node's links stand, <see cref="HnswGraphFormat.NoLink"/> behind the last where there is room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint* LinksOf(uint index) => _links + (index * _stride);

    /// <summary>Gets a node's row of links, the room behind the last included.</summary>
    public Span<uint> RowOf(uint index) => new(LinksOf(index), Degree);

    /// <summary>Gets the slot of a node.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint SlotOf(uint index) => _slots == null ? index : _slots[index];

    /// <summary>Gets the index of a node of an upper level on the level below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint BelowOf(uint index) => _below[index];

    /// <summary>Gets the index of a slot's node, which is on this level.</summary>
    public uint IndexOf(uint slot) => IsUpper ? (uint)Slots.BinarySearch(slot) : slot;
}
