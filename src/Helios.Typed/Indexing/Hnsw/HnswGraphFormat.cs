using System.Buffers.Binary;
using Helios.Typed.Primitives;

namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Lays a graph out in memory and in files alike; see docs/format/graph.md.</summary>
/// <remarks>
/// <code>
///   0  header       256 bytes: what the graph is and how many nodes each level has
/// 256  level 0      count rows of 2·M links; a row is its node's slot
///   …  level 1..L   each from a multiple of 64: slot of each node, its index one level down, rows of M links
/// </code>
/// A link is the index of a node on the same level; <see cref="NoLink"/> fills the rest of a row. All is little-endian.
/// </remarks>
internal static class HnswGraphFormat
{
    public const ulong Magic = 0x4850_4152_474C_4548;
    public const uint Version = 1;
    public const int HeaderBytes = 256;
    public const uint NoLink = uint.MaxValue;
    public const int MaxUpperLevels = 32;
    public const int MinConnections = 2;
    public const int MaxConnections = 1024;

    public const int VersionOffset = 8;
    public const int HeaderBytesOffset = 12;
    public const int CountOffset = 16;
    public const int ConnectionsOffset = 20;
    public const int BeamOffset = 24;
    public const int EntryOffset = 28;
    public const int UpperLevelsOffset = 32;
    public const int MetricOffset = 36;
    public const int SeedOffset = 40;
    public const int TotalBytesOffset = 48;
    public const int LevelCountsOffset = 128;

    private const long Alignment = NativeBuffer.Alignment;

    /// <summary>Gets where each level starts, and behind the last one the size of the whole.</summary>
    /// <param name="count">The nodes on level 0.</param>
    /// <param name="maxConnections">The links of an upper row.</param>
    /// <param name="upperCounts">The nodes of level 1 and up.</param>
    public static long[] LevelOffsets(int count, int maxConnections, ReadOnlySpan<int> upperCounts)
    {
        long[] offsets = new long[upperCounts.Length + 2];
        offsets[0] = HeaderBytes;
        checked
        {
            offsets[1] = Align(HeaderBytes + ((long)count * 2 * maxConnections * sizeof(uint)));
            for (int i = 0; i < upperCounts.Length; i++)
            {
                offsets[i + 2] = Align(offsets[i + 1] + ((long)upperCounts[i] * (2 + maxConnections) * sizeof(uint)));
            }
        }

        return offsets;
    }

    /// <summary>Writes the header of a graph whose links are still to come.</summary>
    public static void WriteHeader(Span<byte> header, int count, HnswOptions options, Metric metric, ReadOnlySpan<int> upperCounts, long totalBytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        Write(VersionOffset, Version, header);
        Write(HeaderBytesOffset, HeaderBytes, header);
        Write(CountOffset, (uint)count, header);
        Write(ConnectionsOffset, (uint)options.MaxConnections, header);
        Write(BeamOffset, (uint)options.ConstructionBeam, header);
        Write(EntryOffset, NoLink, header);
        Write(UpperLevelsOffset, (uint)upperCounts.Length, header);
        Write(MetricOffset, (uint)metric, header);
        BinaryPrimitives.WriteUInt64LittleEndian(header[SeedOffset..], options.Seed);
        BinaryPrimitives.WriteInt64LittleEndian(header[TotalBytesOffset..], totalBytes);
        for (int i = 0; i < upperCounts.Length; i++)
        {
            Write(LevelCountsOffset + (i * sizeof(uint)), (uint)upperCounts[i], header);
        }
    }

    /// <summary>Reads one number of the header.</summary>
    public static uint Read(ReadOnlySpan<byte> header, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(header[offset..]);

    /// <summary>Writes one number of the header.</summary>
    public static void Write(int offset, uint value, Span<byte> header) => BinaryPrimitives.WriteUInt32LittleEndian(header[offset..], value);

    private static long Align(long offset) => (offset + Alignment - 1) & -Alignment;
}
