using System.Buffers.Binary;
using System.IO.Hashing;

namespace Helios.Typed.Storage.Segments;

/// <summary>Lays out segments and their sidecars: files of named sections.</summary>
/// <remarks>
/// <code>
/// header page                          Framing.FileHeader
/// for each section
///   units, one after another           starts at a multiple of 4096
///   slots, 16 bytes a unit             starts at a multiple of 64: 8 bytes XxHash3-64 of the unit, 8 zeros
///   ends, 8 bytes a unit               only where units vary: where each ends, from the section's start
/// directory, 64 bytes a section        starts at a multiple of 64
/// trailer, 64 bytes                    ends the file
/// </code>
/// A unit's checksum is seeded with the file's number, the section's index and the unit's number.
/// </remarks>
internal static class SegmentFormat
{
    /// <summary>The first bytes of the file: "HELIOSEG".</summary>
    public const ulong Magic = 0x4745534F494C4548;

    /// <summary>The version that is written, and the newest that is read.</summary>
    public const int Version = 1;

    /// <summary>The bytes of a unit's checksum slot: a checksum, and room for the authentication tag of an encrypted unit.</summary>
    public const int SlotBytes = 16;

    /// <summary>The bytes of a variable unit's end.</summary>
    public const int EndBytes = 8;

    /// <summary>The bytes of a directory entry.</summary>
    public const int EntryBytes = 64;

    /// <summary>The bytes of the trailer.</summary>
    public const int TrailerBytes = 64;

    /// <summary>What tables and the directory are aligned to.</summary>
    public const int TableAlignment = 64;

    /// <summary>The longest unit.</summary>
    public const int MaxUnitBytes = 1 << 30;

    /// <summary>The most sections.</summary>
    public const int MaxSections = ushort.MaxValue;

    private const ulong SeedFactor = 0x9E3779B97F4A7C15;
    private const int SectionShift = 48;
    private const int TrailerChecksumOffset = TrailerBytes - sizeof(ulong);

    /// <summary>The last bytes of the file but the checksum: "HELIOEND".</summary>
    private const ulong TrailerMagic = 0x444E454F494C4548;

    /// <summary>Gives the seed of a unit's checksum.</summary>
    public static long UnitSeed(ulong fileNumber, int section, long unit) =>
        unchecked((long)((fileNumber * SeedFactor) ^ ((ulong)section << SectionShift) ^ (ulong)unit));

    /// <summary>Gives the seed of the checksums of tables and of the directory.</summary>
    public static long FileSeed(ulong fileNumber) => unchecked((long)(fileNumber * SeedFactor));

    /// <summary>Rounds an offset up to where a table may start.</summary>
    public static long TableAlign(long offset) => checked(offset + TableAlignment - 1) & -TableAlignment;

    /// <summary>Writes a directory entry.</summary>
    public static void WriteEntry(Span<byte> target, in SegmentEntry entry)
    {
        target[..EntryBytes].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(target, entry.Key.Kind);
        BinaryPrimitives.WriteUInt16LittleEndian(target[2..], entry.Key.ColumnId);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], entry.UnitBytes);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], entry.Units);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], entry.Bytes);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], entry.Offset);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], entry.SlotsOffset);
        BinaryPrimitives.WriteUInt64LittleEndian(target[40..], entry.SlotsChecksum);
        BinaryPrimitives.WriteInt64LittleEndian(target[48..], entry.EndsOffset);
        BinaryPrimitives.WriteUInt64LittleEndian(target[56..], entry.EndsChecksum);
    }

    /// <summary>Reads a directory entry, unchecked.</summary>
    public static SegmentEntry ReadEntry(ReadOnlySpan<byte> source) => new(
        new SectionKey(BinaryPrimitives.ReadUInt16LittleEndian(source), BinaryPrimitives.ReadUInt16LittleEndian(source[2..])),
        BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
        BinaryPrimitives.ReadUInt64LittleEndian(source[40..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[48..]),
        BinaryPrimitives.ReadUInt64LittleEndian(source[56..]));

    /// <summary>Writes the trailer.</summary>
    public static void WriteTrailer(Span<byte> target, in SegmentTrailer trailer, ulong fileNumber)
    {
        target[..TrailerBytes].Clear();
        BinaryPrimitives.WriteInt64LittleEndian(target, trailer.DirectoryOffset);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], trailer.Sections);
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], trailer.DirectoryChecksum);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], trailer.FileBytes);
        BinaryPrimitives.WriteInt32LittleEndian(target[32..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(target[48..], TrailerMagic);
        BinaryPrimitives.WriteUInt64LittleEndian(target[TrailerChecksumOffset..], XxHash3.HashToUInt64(target[..TrailerChecksumOffset], FileSeed(fileNumber)));
    }

    /// <summary>Reads the trailer.</summary>
    /// <returns>False where the bytes are not a whole trailer of this file.</returns>
    public static bool TryReadTrailer(ReadOnlySpan<byte> source, ulong fileNumber, out SegmentTrailer trailer)
    {
        trailer = new SegmentTrailer(
            BinaryPrimitives.ReadInt64LittleEndian(source),
            BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]));
        return BinaryPrimitives.ReadUInt64LittleEndian(source[48..]) == TrailerMagic
            && BinaryPrimitives.ReadUInt64LittleEndian(source[TrailerChecksumOffset..]) == XxHash3.HashToUInt64(source[..TrailerChecksumOffset], FileSeed(fileNumber));
    }
}

/// <summary>Is a section's place in the file.</summary>
/// <param name="Key">Its name.</param>
/// <param name="UnitBytes">The size of every unit, or 0 where they vary.</param>
/// <param name="Units">How many units it has.</param>
/// <param name="Bytes">The bytes of its units together.</param>
/// <param name="Offset">Where its units start.</param>
/// <param name="SlotsOffset">Where its checksum slots start.</param>
/// <param name="SlotsChecksum">The checksum of the slots.</param>
/// <param name="EndsOffset">Where the ends of variable units start, or 0.</param>
/// <param name="EndsChecksum">The checksum of the ends, or 0.</param>
internal readonly record struct SegmentEntry(SectionKey Key, int UnitBytes, long Units, long Bytes, long Offset, long SlotsOffset, ulong SlotsChecksum, long EndsOffset, ulong EndsChecksum);

/// <summary>Is the end of a segment file.</summary>
/// <param name="DirectoryOffset">Where the directory starts.</param>
/// <param name="Sections">How many sections it has.</param>
/// <param name="DirectoryChecksum">Its checksum.</param>
/// <param name="FileBytes">The length of the whole file.</param>
internal readonly record struct SegmentTrailer(long DirectoryOffset, long Sections, ulong DirectoryChecksum, long FileBytes);
