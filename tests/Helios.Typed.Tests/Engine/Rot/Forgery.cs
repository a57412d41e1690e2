using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Tests.Engine.Rot;

/// <summary>Puts right every checksum of a file whose bytes were changed: what is in it is then as whoever changed it wants it.</summary>
internal static class Forgery
{
    private const int Page = FileHeader.PageBytes;

    /// <summary>Finds the groups of a log or manifest that is whole, or gives none for another file.</summary>
    public static int[] GroupsOf(string name, byte[] bytes)
    {
        List<int> groups = [];
        if (FileNames.TryParse(name, out FileKind kind, out ulong number) && kind is FileKind.Log or FileKind.Manifest)
        {
            for (int at = Page; at < bytes.Length && GroupFormat.TryReadHeader(bytes.AsSpan(at), GroupFormat.Seed(number, at), out GroupHeader header, out _);)
            {
                groups.Add(at);
                at += (int)GroupFormat.TotalBytes(header.PayloadBytes);
            }
        }

        return [.. groups];
    }

    /// <summary>Gives the directory of a file of sections that is whole, or nothing for another file.</summary>
    public static SegmentEntry[] SectionsOf(string name, byte[] bytes)
    {
        if (!FileNames.TryParse(name, out FileKind kind, out ulong number) || kind is not (FileKind.Segment or FileKind.Graph or FileKind.Deletions))
        {
            return [];
        }

        using IFile file = new ImageFiles([new(name, bytes)]).Open(Path.Combine(ImageFiles.Directory, name), FileOpenMode.Read);
        return SegmentDirectory.Read(file, number);
    }

    /// <summary>Puts the checksums of a file right.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="bytes">Its bytes, changed.</param>
    /// <param name="groups">Where its groups stood before it was changed.</param>
    public static void Sign(string name, byte[] bytes, ReadOnlySpan<int> groups)
    {
        if (name == FileNames.Current)
        {
            SignCurrent(bytes);
        }
        else if (FileNames.TryParse(name, out FileKind kind, out ulong number))
        {
            if (kind is FileKind.Log or FileKind.Manifest)
            {
                SignGroups(bytes, number, groups);
            }
            else
            {
                SignSections(bytes, number);
            }

            if (bytes.Length >= Page)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(Page - 8), XxHash3.HashToUInt64(bytes.AsSpan(0, Page - 8)));
            }
        }
    }

    private static void SignCurrent(byte[] bytes)
    {
        string text = Encoding.Latin1.GetString(bytes);
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        if (space > 0)
        {
            string checksum = XxHash3.HashToUInt64(bytes.AsSpan(0, space)).ToString("X16", System.Globalization.CultureInfo.InvariantCulture);
            byte[] rest = Encoding.Latin1.GetBytes($" {checksum}\n");
            rest.AsSpan(0, Math.Min(rest.Length, bytes.Length - space)).CopyTo(bytes.AsSpan(space));
        }
    }

    private static void SignGroups(byte[] bytes, ulong number, ReadOnlySpan<int> groups)
    {
        ulong previous = 0;
        foreach (int at in groups)
        {
            Span<byte> header = bytes.AsSpan(at, GroupFormat.HeaderBytes);
            long seed = GroupFormat.Seed(number, at);
            int payload = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
            long total = payload is >= 0 and <= GroupFormat.MaxPayloadBytes ? GroupFormat.TotalBytes(payload) : Page;
            int end = (int)Math.Min(at + total, bytes.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(header[32..], previous);
            BinaryPrimitives.WriteUInt64LittleEndian(header[48..], XxHash3.HashToUInt64(bytes.AsSpan(at + GroupFormat.HeaderBytes, end - at - GroupFormat.HeaderBytes), seed));
            previous = XxHash3.HashToUInt64(header[..56], seed);
            BinaryPrimitives.WriteUInt64LittleEndian(header[56..], previous);
        }
    }

    private static void SignSections(byte[] bytes, ulong number)
    {
        Span<byte> trailer = bytes.AsSpan(bytes.Length - SegmentFormat.TrailerBytes);
        long directory = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        long sections = BinaryPrimitives.ReadInt64LittleEndian(trailer[8..]);
        if (sections is >= 0 and < 1000 && Lies(directory, sections * SegmentFormat.EntryBytes, bytes))
        {
            for (int i = 0; i < sections; i++)
            {
                SignSection(bytes, number, i, bytes.AsSpan((int)directory + (i * SegmentFormat.EntryBytes), SegmentFormat.EntryBytes));
            }

            ulong checksum = XxHash3.HashToUInt64(bytes.AsSpan((int)directory, (int)sections * SegmentFormat.EntryBytes), SegmentFormat.FileSeed(number));
            BinaryPrimitives.WriteUInt64LittleEndian(trailer[16..], checksum);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(trailer[56..], XxHash3.HashToUInt64(trailer[..56], SegmentFormat.FileSeed(number)));
    }

    private static void SignSection(byte[] bytes, ulong number, int index, Span<byte> entryBytes)
    {
        SegmentEntry entry = SegmentFormat.ReadEntry(entryBytes);
        if (entry.Units is < 0 or > 100_000 || entry.UnitBytes < 0 || !Lies(entry.SlotsOffset, entry.Units * SegmentFormat.SlotBytes, bytes)
            || (entry.UnitBytes == 0 && !Lies(entry.EndsOffset, entry.Units * SegmentFormat.EndBytes, bytes)))
        {
            return;
        }

        long start = 0;
        for (int unit = 0; unit < entry.Units; unit++)
        {
            long end = entry.UnitBytes > 0
                ? Math.Min(start + entry.UnitBytes, entry.Bytes)
                : BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan((int)entry.EndsOffset + (unit * SegmentFormat.EndBytes)));
            if (start >= 0 && start <= end && end <= bytes.Length && Lies(entry.Offset, end, bytes))
            {
                ulong checksum = XxHash3.HashToUInt64(bytes.AsSpan((int)(entry.Offset + start), (int)(end - start)), SegmentFormat.UnitSeed(number, index, unit));
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan((int)entry.SlotsOffset + (unit * SegmentFormat.SlotBytes)), checksum);
            }

            start = end;
        }

        ulong slots = XxHash3.HashToUInt64(bytes.AsSpan((int)entry.SlotsOffset, (int)entry.Units * SegmentFormat.SlotBytes), SegmentFormat.FileSeed(number));
        BinaryPrimitives.WriteUInt64LittleEndian(entryBytes[40..], slots);
        if (entry.UnitBytes == 0)
        {
            ulong ends = XxHash3.HashToUInt64(bytes.AsSpan((int)entry.EndsOffset, (int)entry.Units * SegmentFormat.EndBytes), SegmentFormat.FileSeed(number));
            BinaryPrimitives.WriteUInt64LittleEndian(entryBytes[56..], ends);
        }
    }

    private static bool Lies(long offset, long count, byte[] bytes) => offset >= 0 && count >= 0 && offset <= bytes.Length && count <= bytes.Length - offset;
}
