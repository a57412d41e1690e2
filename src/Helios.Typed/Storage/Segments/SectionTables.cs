using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;

namespace Helios.Typed.Storage.Segments;

/// <summary>Holds what is needed to find and verify the units of one section.</summary>
/// <remarks>Immutable. 8 bytes a unit, and 8 more where units vary.</remarks>
internal sealed class SectionTables
{
    private const int SliceBytes = 1 << 20;

    private readonly string _path;
    private readonly ulong _number;
    private readonly int _section;
    private readonly SegmentEntry _entry;
    private readonly ulong[] _checksums;
    private readonly long[] _ends;

    private SectionTables(string path, ulong number, int section, SegmentEntry entry, ulong[] checksums, long[] ends)
    {
        _path = path;
        _number = number;
        _section = section;
        _entry = entry;
        _checksums = checksums;
        _ends = ends;
    }

    /// <summary>Reads and verifies the tables of a section whose entry has been checked.</summary>
    /// <exception cref="HeliosCorruptionException">A table is damaged.</exception>
    public static SectionTables Read(IFile file, ulong number, int section, in SegmentEntry entry)
    {
        if (entry.Units > Array.MaxLength)
        {
            throw new HeliosException($"Section {entry.Key} of '{file.Path}' has {entry.Units} units, and at most {Array.MaxLength} can be read.");
        }

        ulong[] checksums = ReadChecksums(file, number, entry);
        long[] ends = entry.UnitBytes == 0 ? ReadEnds(file, number, entry) : [];
        return new SectionTables(file.Path, number, section, entry, checksums, ends);
    }

    /// <summary>Gives a unit's place from the section's start.</summary>
    public (long Offset, int Bytes) Place(long unit)
    {
        if (_entry.UnitBytes > 0)
        {
            long fixedStart = unit * _entry.UnitBytes;
            return (fixedStart, (int)Math.Min(_entry.UnitBytes, _entry.Bytes - fixedStart));
        }

        long start = unit == 0 ? 0 : _ends[unit - 1];
        return (start, (int)(_ends[unit] - start));
    }

    /// <summary>Verifies a unit's bytes.</summary>
    /// <exception cref="HeliosCorruptionException">The checksum does not fit.</exception>
    public void Verify(long unit, ReadOnlySpan<byte> bytes)
    {
        ulong found = XxHash3.HashToUInt64(bytes, SegmentFormat.UnitSeed(_number, _section, unit));
        if (found != _checksums[unit])
        {
            throw Corruption.Checksum(_path, _entry.Offset + Place(unit).Offset, $"unit {unit} of section {_entry.Key}", found, _checksums[unit]);
        }
    }

    private static ulong[] ReadChecksums(IFile file, ulong number, in SegmentEntry entry)
    {
        ulong[] checksums = GC.AllocateUninitializedArray<ulong>((int)entry.Units);
        long bytes = entry.Units * SegmentFormat.SlotBytes;
        byte[] slice = new byte[(int)Math.Min(bytes, SliceBytes)];
        var hash = new XxHash3(SegmentFormat.FileSeed(number));
        int unit = 0;
        for (long done = 0; done < bytes;)
        {
            Span<byte> read = slice.AsSpan(0, (int)Math.Min(bytes - done, SliceBytes));
            ReadWhole(file, read, entry.SlotsOffset + done);
            hash.Append(read);
            for (int i = 0; i < read.Length; i += SegmentFormat.SlotBytes)
            {
                checksums[unit++] = BinaryPrimitives.ReadUInt64LittleEndian(read[i..]);
            }

            done += read.Length;
        }

        VerifyTable(file, entry.SlotsOffset, "the checksum table", hash, entry.SlotsChecksum, entry.Key);
        return checksums;
    }

    private static long[] ReadEnds(IFile file, ulong number, in SegmentEntry entry)
    {
        long[] ends = GC.AllocateUninitializedArray<long>((int)entry.Units);
        var hash = new XxHash3(SegmentFormat.FileSeed(number));
        int perSlice = SliceBytes / SegmentFormat.EndBytes;
        for (int done = 0; done < ends.Length;)
        {
            // The table is read as it stands in memory: little-endian, as the machines the library runs on.
            Span<byte> read = MemoryMarshal.AsBytes(ends.AsSpan(done, Math.Min(ends.Length - done, perSlice)));
            ReadWhole(file, read, entry.EndsOffset + ((long)done * SegmentFormat.EndBytes));
            hash.Append(read);
            done += read.Length / SegmentFormat.EndBytes;
        }

        VerifyTable(file, entry.EndsOffset, "the table of ends", hash, entry.EndsChecksum, entry.Key);
        long previous = 0;
        foreach (long end in ends)
        {
            if (end < previous || end - previous > SegmentFormat.MaxUnitBytes)
            {
                throw Corruption.At(file.Path, entry.EndsOffset, $"the table of ends of section {entry.Key} goes from {previous} to {end}");
            }

            previous = end;
        }

        return previous == entry.Bytes
            ? ends
            : throw Corruption.At(file.Path, entry.EndsOffset, $"the units of section {entry.Key} end at {previous}, expected {entry.Bytes}");
    }

    private static void ReadWhole(IFile file, Span<byte> target, long offset)
    {
        int read = file.Read(target, offset);
        if (read < target.Length)
        {
            throw Corruption.At(file.Path, offset + read, "the file ended within a table");
        }
    }

    private static void VerifyTable(IFile file, long offset, string what, XxHash3 hash, ulong expected, SectionKey key)
    {
        ulong found = hash.GetCurrentHashAsUInt64();
        if (found != expected)
        {
            throw Corruption.Checksum(file.Path, offset, $"{what} of section {key}", found, expected);
        }
    }
}
