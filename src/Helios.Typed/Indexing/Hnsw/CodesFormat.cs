using System.Buffers.Binary;
using Helios.Typed.Quantizers;

namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Lays the codes of a graph's nodes out in files; see docs/format/codes.md.</summary>
/// <remarks>
/// <code>
///  0  header   64 bytes: what the codes are and of how many vectors
/// 64  center   f32 an element: the rotated center
///  …  rows     one for each slot: base f32, scale f32, sum u32, then a byte an element
/// </code>
/// All is little-endian. In memory a row is part of its node's record, see <see cref="CodedNodes"/>.
/// </remarks>
internal static class CodesFormat
{
    public const ulong Magic = 0x5345_444F_434C_4548;
    public const uint Version = 1;
    public const int HeaderBytes = 64;

    /// <summary>Names codes of 7 bits an element.</summary>
    public const uint ScalarKind = 1;

    public const int VersionOffset = 8;
    public const int HeaderBytesOffset = 12;
    public const int CountOffset = 16;
    public const int DimensionsOffset = 20;
    public const int KindOffset = 24;
    public const int MetricOffset = 28;
    public const int SeedOffset = 32;
    public const int RoundsOffset = 40;
    public const int RowBytesOffset = 44;
    public const int TotalBytesOffset = 48;

    /// <summary>Gives the bytes before the rows.</summary>
    public static int HeadBytesFor(int dimensions) => HeaderBytes + (dimensions * sizeof(float));

    /// <summary>Gives the bytes of a row.</summary>
    public static int RowBytesFor(int dimensions) => CodeFactors.Bytes + dimensions;

    /// <summary>Gives the bytes of the whole.</summary>
    public static long BytesFor(int count, int dimensions) => HeadBytesFor(dimensions) + ((long)count * RowBytesFor(dimensions));

    /// <summary>Writes header and center.</summary>
    /// <param name="head">Filled; of <see cref="HeadBytesFor"/>.</param>
    /// <param name="count">The rows.</param>
    /// <param name="metric">How the vectors are compared.</param>
    /// <param name="space">What the codes mean.</param>
    public static void WriteHead(Span<byte> head, int count, Metric metric, ScalarSpace space)
    {
        head[..HeaderBytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(head, Magic);
        Write(head, VersionOffset, Version);
        Write(head, HeaderBytesOffset, HeaderBytes);
        Write(head, CountOffset, (uint)count);
        Write(head, DimensionsOffset, (uint)space.Dimensions);
        Write(head, KindOffset, ScalarKind);
        Write(head, MetricOffset, (uint)metric);
        BinaryPrimitives.WriteUInt64LittleEndian(head[SeedOffset..], space.Seed);
        Write(head, RoundsOffset, Rotation.Rounds);
        Write(head, RowBytesOffset, (uint)RowBytesFor(space.Dimensions));
        BinaryPrimitives.WriteInt64LittleEndian(head[TotalBytesOffset..], BytesFor(count, space.Dimensions));
        for (int i = 0; i < space.Dimensions; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(head[(HeaderBytes + (i * sizeof(float)))..], space.Center[i]);
        }
    }

    /// <summary>Reads one number of the header.</summary>
    public static uint Read(ReadOnlySpan<byte> header, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(header[offset..]);

    private static void Write(Span<byte> header, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(header[offset..], value);
}
