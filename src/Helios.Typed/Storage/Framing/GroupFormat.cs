using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Helios.Typed.Storage.Framing;

/// <summary>Lays out the groups that logs and manifests are appended in.</summary>
/// <remarks>
/// A file is its header page and then groups, each starting at a multiple of 4096:
/// <code>
///    0  4  magic "HGRP"
///    4  4  payload bytes
///    8  8  first sequence
///   16  8  last sequence
///   24  8  durable end: the file was known durable up to here when the group was written
///   32  8  header checksum of the group before; of the first group, 0
///   40  8  kind: 0 holds commits, 1 is a seal, which holds none and only names the durable end
///   48  8  payload checksum: XxHash3-64 of payload and padding
///   56  8  header checksum: XxHash3-64 of bytes 0 to 55
///   64     payload, then zeros up to a multiple of 4096
/// </code>
/// Behind the last group of the newest log there may be room: pages that are filled with one number of 8 bytes, the seed of a
/// group that would start there XOR "ROOMROOM".
/// Both checksums are seeded with the file's number and the group's offset, so that a group written to the wrong place, or
/// left over from another file, is none.
/// </remarks>
internal static class GroupFormat
{
    /// <summary>The bytes before a group's payload.</summary>
    public const int HeaderBytes = 64;

    /// <summary>The longest payload.</summary>
    public const int MaxPayloadBytes = 1 << 30;

    /// <summary>The first bytes of a group.</summary>
    public const uint Magic = 0x50524748;

    private const ulong SealKind = 1;
    private const ulong RoomMark = 0x4D4F4F524D4F4F52;
    private const ulong SeedFactor = 0x9E3779B97F4A7C15;
    private const int PayloadBytesOffset = 4;
    private const int FirstOffset = 8;
    private const int LastOffset = 16;
    private const int DurableEndOffset = 24;
    private const int PreviousOffset = 32;
    private const int KindOffset = 40;
    private const int PayloadChecksumOffset = 48;
    private const int ChecksumOffset = 56;

    /// <summary>Gives the seed of a group's checksums.</summary>
    public static long Seed(ulong fileNumber, long offset) => unchecked((long)(fileNumber * SeedFactor) ^ offset);

    /// <summary>Gives the bytes that a group takes in the file.</summary>
    public static long TotalBytes(int payloadBytes) => FileHeader.PageAlign((long)HeaderBytes + payloadBytes);

    /// <summary>Fills a page of room, which a later group may be written over.</summary>
    /// <remarks>Not with zeros, which a device may give for a group that it has lost.</remarks>
    public static void FillRoom(Span<byte> page, ulong fileNumber, long offset) =>
        MemoryMarshal.Cast<byte, ulong>(page).Fill(RoomOf(fileNumber, offset));

    /// <summary>Says whether a page is room, as it was made for this place.</summary>
    public static bool IsRoom(ReadOnlySpan<byte> page, ulong fileNumber, long offset) =>
        page.Length == FileHeader.PageBytes && !MemoryMarshal.Cast<byte, ulong>(page).ContainsAnyExcept(RoomOf(fileNumber, offset));

    /// <summary>Writes a group's header and gives its checksum.</summary>
    public static ulong WriteHeader(Span<byte> target, in GroupHeader header, long seed)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(target[PayloadBytesOffset..], header.PayloadBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(target[FirstOffset..], header.First);
        BinaryPrimitives.WriteUInt64LittleEndian(target[LastOffset..], header.Last);
        BinaryPrimitives.WriteInt64LittleEndian(target[DurableEndOffset..], header.DurableEnd);
        BinaryPrimitives.WriteUInt64LittleEndian(target[PreviousOffset..], header.PreviousChecksum);
        BinaryPrimitives.WriteUInt64LittleEndian(target[KindOffset..], header.IsSeal ? SealKind : 0);
        BinaryPrimitives.WriteUInt64LittleEndian(target[PayloadChecksumOffset..], header.PayloadChecksum);
        ulong checksum = XxHash3.HashToUInt64(target[..ChecksumOffset], seed);
        BinaryPrimitives.WriteUInt64LittleEndian(target[ChecksumOffset..], checksum);
        return checksum;
    }

    /// <summary>Reads a group's header.</summary>
    /// <returns>False where the bytes are not a whole header that was written at this place.</returns>
    public static bool TryReadHeader(ReadOnlySpan<byte> source, long seed, out GroupHeader header, out ulong checksum)
    {
        header = default;
        checksum = 0;
        if (source.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic)
        {
            return false;
        }

        checksum = BinaryPrimitives.ReadUInt64LittleEndian(source[ChecksumOffset..]);
        ulong kind = BinaryPrimitives.ReadUInt64LittleEndian(source[KindOffset..]);
        header = new GroupHeader(
            kind == SealKind,
            BinaryPrimitives.ReadInt32LittleEndian(source[PayloadBytesOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[FirstOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[LastOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[DurableEndOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[PreviousOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[PayloadChecksumOffset..]));
        return XxHash3.HashToUInt64(source[..ChecksumOffset], seed) == checksum
            && kind <= SealKind
            && header.PayloadBytes is >= 0 and <= MaxPayloadBytes;
    }

    private static ulong RoomOf(ulong fileNumber, long offset)
    {
        ulong mark = unchecked((ulong)Seed(fileNumber, offset)) ^ RoomMark;
        return BitConverter.IsLittleEndian ? mark : BinaryPrimitives.ReverseEndianness(mark);
    }
}

/// <summary>Is a group's header, as <see cref="GroupFormat"/> lays it out.</summary>
internal readonly record struct GroupHeader(bool IsSeal, int PayloadBytes, ulong First, ulong Last, long DurableEnd, ulong PreviousChecksum, ulong PayloadChecksum);
