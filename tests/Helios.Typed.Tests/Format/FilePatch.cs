using System.Buffers.Binary;
using System.IO.Hashing;

namespace Helios.Typed.Tests.Format;

/// <summary>Changes what files hold and makes every checksum fit again, as another version of the library would have written them.</summary>
internal static class FilePatch
{
    private const ulong SeedFactor = 0x9E3779B97F4A7C15;

    /// <summary>Gives the version in the header page another number.</summary>
    public static void HeaderVersion(byte[] file, int version)
    {
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(8), version);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(4088), XxHash3.HashToUInt64(file.AsSpan(0, 4088)));
    }

    /// <summary>Changes the payload of the first group of a log or manifest for which a change is given; bytes may be added while they fit its pages.</summary>
    public static void Payload(byte[] file, Func<byte[], byte[]?> change)
    {
        bool isDone = false;
        ulong number = BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(16));
        ulong before = 0;
        for (int at = GroupFile.Page; at < file.Length;)
        {
            long seed = unchecked((long)((number * SeedFactor) ^ (ulong)at));
            Span<byte> group = file.AsSpan(at);
            if (!group[..4].SequenceEqual("HGRP"u8))
            {
                // Room; what stands in it is nobody's.
                return;
            }

            if (!isDone && change(group.Slice(64, BinaryPrimitives.ReadInt32LittleEndian(group[4..])).ToArray()) is { } payload)
            {
                payload.CopyTo(group[64..]);
                BinaryPrimitives.WriteInt32LittleEndian(group[4..], payload.Length);
                isDone = true;
            }

            int end = (64 + BinaryPrimitives.ReadInt32LittleEndian(group[4..]) + GroupFile.Page - 1) / GroupFile.Page * GroupFile.Page;
            BinaryPrimitives.WriteUInt64LittleEndian(group[32..], before);
            BinaryPrimitives.WriteUInt64LittleEndian(group[48..], XxHash3.HashToUInt64(group[64..end], seed));
            before = XxHash3.HashToUInt64(group[..56], seed);
            BinaryPrimitives.WriteUInt64LittleEndian(group[56..], before);
            at += end;
        }
    }

    /// <summary>Changes a byte of the first unit of a section.</summary>
    public static void FirstUnit(byte[] file, ushort kind, Func<byte[], int> place, byte value)
    {
        ulong seed = unchecked(BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(16)) * SeedFactor);
        Span<byte> trailer = file.AsSpan(file.Length - 64);
        Span<byte> directory = file.AsSpan((int)BinaryPrimitives.ReadInt64LittleEndian(trailer), (int)BinaryPrimitives.ReadInt64LittleEndian(trailer[8..]) * 64);
        int section = 0;
        while (BinaryPrimitives.ReadUInt16LittleEndian(directory[(section * 64)..]) != kind)
        {
            section++;
        }

        Span<byte> entry = directory.Slice(section * 64, 64);
        int units = (int)BinaryPrimitives.ReadInt64LittleEndian(entry[8..]);
        int bytes = (int)BinaryPrimitives.ReadInt64LittleEndian(entry[16..]);
        int unitBytes = BinaryPrimitives.ReadInt32LittleEndian(entry[4..]);
        int first = unitBytes > 0 ? Math.Min(unitBytes, bytes) : (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan((int)BinaryPrimitives.ReadInt64LittleEndian(entry[48..])));
        Span<byte> unit = file.AsSpan((int)BinaryPrimitives.ReadInt64LittleEndian(entry[24..]), first);
        unit[place(unit.ToArray())] = value;
        Span<byte> slots = file.AsSpan((int)BinaryPrimitives.ReadInt64LittleEndian(entry[32..]), units * 16);
        BinaryPrimitives.WriteUInt64LittleEndian(slots, XxHash3.HashToUInt64(unit, (long)(seed ^ ((ulong)section << 48))));
        BinaryPrimitives.WriteUInt64LittleEndian(entry[40..], XxHash3.HashToUInt64(slots, (long)seed));
        BinaryPrimitives.WriteUInt64LittleEndian(trailer[16..], XxHash3.HashToUInt64(directory, (long)seed));
        BinaryPrimitives.WriteUInt64LittleEndian(trailer[56..], XxHash3.HashToUInt64(trailer[..56], (long)seed));
    }
}
