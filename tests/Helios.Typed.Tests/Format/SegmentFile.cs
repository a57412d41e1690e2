using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using Xunit;

namespace Helios.Typed.Tests.Format;

/// <summary>Reads a segment or sidecar by docs/format/segment.md: its sections, every checksum verified.</summary>
internal sealed class SegmentFile
{
    private readonly Dictionary<(ushort Kind, ushort Column), List<byte[]>> _sections = [];

    public SegmentFile(string name, byte[] file)
    {
        ulong number = ulong.Parse(name.AsSpan(0, name.IndexOf('.', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
        Assert.Equal(number, GroupFile.ReadHeader(file, "HELIOSEG"u8));
        ulong fileSeed = unchecked(number * 0x9E3779B97F4A7C15);
        ReadOnlySpan<byte> trailer = file.AsSpan(file.Length - 64);
        Assert.True(trailer[48..56].SequenceEqual("HELIOEND"u8));
        Assert.Equal(XxHash3.HashToUInt64(trailer[..56], (long)fileSeed), BinaryPrimitives.ReadUInt64LittleEndian(trailer[56..]));
        ByteReader reader = new(trailer);
        int directoryOffset = (int)reader.Int64();
        int sections = (int)reader.Int64();
        ReadOnlySpan<byte> directory = file.AsSpan(directoryOffset, sections * 64);
        Assert.Equal(XxHash3.HashToUInt64(directory, (long)fileSeed), reader.UInt64());
        Assert.Equal(file.Length, reader.Int64());
        Assert.Equal(1, reader.Int32());
        Assert.Equal(file.Length - 64, directoryOffset + directory.Length);
        for (int section = 0; section < sections; section++)
        {
            ReadSection(file, fileSeed, section, directory.Slice(section * 64, 64));
        }
    }

    public IEnumerable<(ushort Kind, ushort Column)> Names => _sections.Keys;

    /// <summary>Gives a section's units end to end, or null where it is not there.</summary>
    public byte[]? Find(ushort kind, ushort column = 0) =>
        _sections.TryGetValue((kind, column), out List<byte[]>? units) ? [.. units.SelectMany(unit => unit)] : null;

    public byte[] Whole(ushort kind, ushort column = 0) => Find(kind, column) ?? throw new InvalidDataException($"no section {kind} of column {column}");

    public IReadOnlyList<byte[]> Units(ushort kind, ushort column = 0) => _sections[(kind, column)];

    private void ReadSection(ReadOnlySpan<byte> file, ulong fileSeed, int section, ReadOnlySpan<byte> entry)
    {
        ByteReader reader = new(entry);
        ushort kind = reader.UInt16();
        ushort column = reader.UInt16();
        int unitBytes = reader.Int32();
        int count = (int)reader.Int64();
        int bytes = (int)reader.Int64();
        int offset = (int)reader.Int64();
        int slotsOffset = (int)reader.Int64();
        ulong slotsChecksum = reader.UInt64();
        int endsOffset = (int)reader.Int64();
        ulong endsChecksum = reader.UInt64();
        Assert.Equal((0, 0), (offset % 4096, slotsOffset % 64));
        ReadOnlySpan<byte> slots = file.Slice(slotsOffset, count * 16);
        Assert.Equal(XxHash3.HashToUInt64(slots, (long)fileSeed), slotsChecksum);
        ReadOnlySpan<byte> ends = unitBytes == 0 ? file.Slice(endsOffset, count * 8) : [];
        if (unitBytes == 0)
        {
            Assert.Equal(XxHash3.HashToUInt64(ends, (long)fileSeed), endsChecksum);
        }

        List<byte[]> units = [];
        int start = 0;
        for (int unit = 0; unit < count; unit++)
        {
            int end = unitBytes == 0 ? (int)BinaryPrimitives.ReadInt64LittleEndian(ends[(unit * 8)..]) : Math.Min(bytes, start + unitBytes);
            ReadOnlySpan<byte> content = file.Slice(offset + start, end - start);
            ulong seed = fileSeed ^ ((ulong)section << 48) ^ (ulong)unit;
            Assert.Equal(XxHash3.HashToUInt64(content, (long)seed), BinaryPrimitives.ReadUInt64LittleEndian(slots[(unit * 16)..]));
            units.Add(content.ToArray());
            start = end;
        }

        Assert.Equal(bytes, start);
        _sections.Add((kind, column), units);
    }
}
