using System.Globalization;
using Helios.Typed.Primitives;
using Format = Helios.Typed.Indexing.Hnsw.HnswGraphFormat;

namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Is a finished graph over the slots of one block: read-only, in one native buffer.</summary>
/// <remarks>
/// The buffer's layout is the stored format of docs/format/graph.md, so that opening is reading. Any number of threads
/// may search it at once; it is disposed when the last has gone.
/// </remarks>
internal sealed unsafe class HnswGraph : IDisposable
{
    private readonly HnswLevel[] _levels;

    private HnswGraph(NativeBuffer buffer, HnswLevel[] levels, CodedNodes? coded = null)
    {
        Coded = coded;
        ReadOnlySpan<byte> header = buffer.AsSpan<byte>(0, Format.HeaderBytes);
        Buffer = buffer;
        _levels = levels;
        Count = levels[0].Count;
        MaxConnections = (int)Format.Read(header, Format.ConnectionsOffset);
        ConstructionBeam = (int)Format.Read(header, Format.BeamOffset);
        Metric = (Metric)Format.Read(header, Format.MetricOffset);
        Scratch = new WalkScratchPool(Count, 2 * MaxConnections);
    }

    /// <summary>Gets the number of nodes: the block's count.</summary>
    public int Count { get; }

    /// <summary>Gets the links kept per node and level (the paper's M); level 0 keeps twice as many.</summary>
    public int MaxConnections { get; }

    /// <summary>Gets the candidates that were considered while a node was linked (the paper's efConstruction).</summary>
    public int ConstructionBeam { get; }

    /// <summary>Gets how the vectors are compared.</summary>
    public Metric Metric { get; }

    /// <summary>Gets the bytes as they are stored; without level 0 where the nodes are coded.</summary>
    public NativeBuffer Buffer { get; }

    /// <summary>Gets the records of the nodes on level 0, or null where the graph is walked on full vectors.</summary>
    public CodedNodes? Coded { get; }

    /// <summary>Gets the bytes of native memory.</summary>
    public long Bytes => Buffer.Bytes + (Coded?.Buffer.Bytes ?? 0);

    /// <summary>Gets the bytes of them that are codes and their factors rather than links.</summary>
    public long CodeBytes => Coded is null ? 0 : Coded.Buffer.Bytes - ((long)Count * Coded.Degree * sizeof(uint));

    /// <summary>Gets the levels, level 0 first.</summary>
    internal ReadOnlySpan<HnswLevel> Levels => _levels;

    /// <summary>Gets or sets the index on the highest level of the node where every walk starts.</summary>
    internal uint Entry
    {
        get => Format.Read(Buffer.AsSpan<byte>(0, Format.HeaderBytes), Format.EntryOffset);
        set => Format.Write(Format.EntryOffset, value, Buffer.AsSpan<byte>(0, Format.HeaderBytes));
    }

    /// <summary>Gets what walks write on.</summary>
    internal WalkScratchPool Scratch { get; }

    /// <summary>Takes over stored bytes, after checking every count, level and link in them against the block.</summary>
    /// <param name="buffer">The bytes; owned by the graph from here on, also where this throws.</param>
    /// <param name="count">The vectors of the block.</param>
    /// <exception cref="InvalidDataException">They are no graph over that many vectors.</exception>
    public static HnswGraph Open(NativeBuffer buffer, int count)
    {
        try
        {
            int[] upperCounts = ReadHeader(buffer, count);
            HnswGraph graph = Over(buffer, count, (int)Read(buffer, Format.ConnectionsOffset), upperCounts);
            graph.CheckEntry();
            for (int level = 0; level < graph._levels.Length; level++)
            {
                graph.CheckLevel(level);
            }

            return graph;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>Makes a graph whose levels have their nodes and no links yet.</summary>
    /// <param name="count">The nodes on level 0.</param>
    /// <param name="options">How it is built.</param>
    /// <param name="metric">How the vectors are compared.</param>
    /// <param name="upperCounts">The nodes of level 1 and up, none empty.</param>
    /// <param name="allocator">Gives the memory.</param>
    internal static HnswGraph Create(int count, HnswOptions options, Metric metric, ReadOnlySpan<int> upperCounts, NativeAllocator allocator)
    {
        long totalBytes = Format.LevelOffsets(count, options.MaxConnections, upperCounts)[^1];
        NativeBuffer buffer = allocator.Allocate(totalBytes);
        Format.WriteHeader(buffer.AsSpan<byte>(0, Format.HeaderBytes), count, options, metric, upperCounts, totalBytes);
        HnswGraph graph = Over(buffer, count, options.MaxConnections, upperCounts);
        foreach (HnswLevel level in graph._levels)
        {
            for (uint index = 0; index < level.Count; index++)
            {
                level.RowOf(index).Fill(Format.NoLink);
            }
        }

        return graph;
    }

    /// <summary>Gives the native memory of a graph of coded nodes.</summary>
    /// <param name="graphBytes">What the graph takes without codes.</param>
    /// <param name="count">The nodes on level 0.</param>
    /// <param name="maxConnections">The links of an upper row.</param>
    /// <param name="dimensions">The elements of a vector.</param>
    internal static long CodedBytesFor(long graphBytes, int count, int maxConnections, int dimensions) =>
        graphBytes - (Format.LevelOffsets(count, maxConnections, [])[1] - Format.HeaderBytes) + CodedNodes.BytesFor(count, dimensions, 2 * maxConnections);

    /// <summary>Puts the links of level 0 into node records, which are walked from then on.</summary>
    /// <param name="coded">The nodes with their codes; owned by the new graph from here on, also where this throws.</param>
    /// <param name="allocator">Gives the memory for the upper levels.</param>
    /// <returns>The new graph; this one is gone.</returns>
    internal HnswGraph WithCodes(CodedNodes coded, NativeAllocator allocator)
    {
        try
        {
            if (coded.Count != Count || coded.Degree != 2 * MaxConnections || coded.Metric != Metric || Coded is not null)
            {
                throw new ArgumentException($"The graph has {Count} nodes with {2 * MaxConnections} links under {Metric}, and the codes are of {coded.Count} with {coded.Degree} under {coded.Metric}.", nameof(coded));
            }

            int[] upperCounts = [.. _levels[1..].Select(level => level.Count)];
            long[] offsets = Format.LevelOffsets(Count, MaxConnections, upperCounts);
            NativeBuffer upper = allocator.AllocateUninitialized(Format.HeaderBytes + offsets[^1] - offsets[1]);
            new Span<byte>(Buffer.Address, Format.HeaderBytes).CopyTo(upper.AsSpan<byte>(0, Format.HeaderBytes));
            System.Buffer.MemoryCopy(Buffer.Address + offsets[1], upper.Address + Format.HeaderBytes, upper.Bytes - Format.HeaderBytes, offsets[^1] - offsets[1]);
            for (uint slot = 0; slot < Count; slot++)
            {
                _levels[0].RowOf(slot).CopyTo(coded.LinksOf(slot));
            }

            var levels = new HnswLevel[_levels.Length];
            levels[0] = new HnswLevel(coded);
            for (int i = 0; i < upperCounts.Length; i++)
            {
                levels[i + 1] = new HnswLevel(upper.Address + Format.HeaderBytes + offsets[i + 1] - offsets[1], upperCounts[i], MaxConnections, isUpper: true);
            }

            return new HnswGraph(upper, levels, coded);
        }
        catch
        {
            coded.Dispose();
            throw;
        }
        finally
        {
            Buffer.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Buffer.Dispose();
        Coded?.Dispose();
    }

    private static HnswGraph Over(NativeBuffer buffer, int count, int maxConnections, ReadOnlySpan<int> upperCounts)
    {
        long[] offsets = Format.LevelOffsets(count, maxConnections, upperCounts);
        var levels = new HnswLevel[upperCounts.Length + 1];
        levels[0] = new HnswLevel(buffer.Address + offsets[0], count, 2 * maxConnections, isUpper: false);
        for (int i = 0; i < upperCounts.Length; i++)
        {
            levels[i + 1] = new HnswLevel(buffer.Address + offsets[i + 1], upperCounts[i], maxConnections, isUpper: true);
        }

        return new HnswGraph(buffer, levels);
    }

    private static uint Read(NativeBuffer buffer, int offset) => Format.Read(buffer.AsSpan<byte>(0, Format.HeaderBytes), offset);

    /// <summary>Proves that the header is ours and the sizes it implies are the buffer's; gives the nodes of the upper levels.</summary>
    private static int[] ReadHeader(NativeBuffer buffer, int count)
    {
        if (buffer.Bytes < Format.HeaderBytes)
        {
            throw Damaged($"it has {buffer.Bytes} bytes and a header alone has {Format.HeaderBytes}");
        }

        Span<byte> header = buffer.AsSpan<byte>(0, Format.HeaderBytes);
        ulong magic = BitConverter.ToUInt64(header);
        uint version = Format.Read(header, Format.VersionOffset);
        uint headerBytes = Format.Read(header, Format.HeaderBytesOffset);
        uint nodes = Format.Read(header, Format.CountOffset);
        uint connections = Format.Read(header, Format.ConnectionsOffset);
        uint upperLevels = Format.Read(header, Format.UpperLevelsOffset);
        if (magic == Format.Magic && version != Format.Version)
        {
            throw UnknownVersion.Of("the graph", (int)version, (int)Format.Version);
        }

        if (magic != Format.Magic || headerBytes != Format.HeaderBytes)
        {
            throw Damaged($"its magic number {magic:X16} and header of {headerBytes} bytes are not those of a graph of version {Format.Version}");
        }

        if (nodes != count)
        {
            throw Damaged($"it has {nodes} nodes over {count} vectors");
        }

        if (connections is < Format.MinConnections or > Format.MaxConnections || upperLevels > (count == 0 ? 0 : Format.MaxUpperLevels))
        {
            throw Damaged($"it says {connections} connections and {upperLevels} upper levels for {nodes} nodes");
        }

        int[] upperCounts = new int[upperLevels];
        uint below = nodes;
        for (int i = 0; i < upperCounts.Length; i++)
        {
            uint onLevel = Format.Read(header, Format.LevelCountsOffset + (i * sizeof(uint)));
            if (onLevel == 0 || onLevel > below)
            {
                throw Damaged($"level {i + 1} has {onLevel} nodes above {below}");
            }

            upperCounts[i] = (int)onLevel;
            below = onLevel;
        }

        long totalBytes = Format.LevelOffsets(count, (int)connections, upperCounts)[^1];
        long storedBytes = BitConverter.ToInt64(header[Format.TotalBytesOffset..]);
        if (totalBytes != storedBytes || totalBytes != buffer.Bytes)
        {
            throw Damaged($"it takes {totalBytes} bytes, says {storedBytes} and has {buffer.Bytes}");
        }

        return upperCounts;
    }

    private static InvalidDataException Damaged(FormattableString what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The stored graph is damaged: {what.ToString(CultureInfo.InvariantCulture)}. Build it anew."));

    private void CheckEntry()
    {
        uint entry = Entry;
        if (Count == 0 ? entry != Format.NoLink : entry >= _levels[^1].Count)
        {
            throw Damaged($"its entry is node {entry} of {_levels[^1].Count} on level {_levels.Length - 1}");
        }
    }

    private void CheckLevel(int number)
    {
        HnswLevel level = _levels[number];
        for (int i = 0; level.IsUpper && i < level.Count; i++)
        {
            HnswLevel lower = _levels[number - 1];
            uint slot = level.Slots[i];
            uint below = level.Below[i];
            bool isAscending = i == 0 || slot > level.Slots[i - 1];
            if (slot >= Count || !isAscending || below >= lower.Count || lower.SlotOf(below) != slot)
            {
                throw Damaged($"node {i} of level {number} has slot {slot} and index {below} below");
            }
        }

        for (uint index = 0; index < level.Count; index++)
        {
            ReadOnlySpan<uint> row = level.RowOf(index);
            int used = row.IndexOf(Format.NoLink);
            used = used < 0 ? row.Length : used;
            if (row[used..].ContainsAnyExcept(Format.NoLink) || !AreAllBelow(row[..used], (uint)level.Count))
            {
                throw Damaged($"node {index} of level {number} has links [{string.Join(' ', row.ToArray())}] among {level.Count} nodes");
            }
        }
    }

    private static bool AreAllBelow(ReadOnlySpan<uint> links, uint count) => !links.ContainsAnyInRange(count, uint.MaxValue);
}
