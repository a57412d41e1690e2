using System.IO.Hashing;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;

namespace Helios.Typed.Storage.Segments;

/// <summary>Reads the directory of a segment file, and proves that all it says lies inside the file.</summary>
internal static class SegmentDirectory
{
    /// <summary>Reads and checks header, trailer and directory.</summary>
    /// <exception cref="HeliosCorruptionException">One is damaged, or the file is shorter than it says.</exception>
    /// <exception cref="HeliosFormatException">The file is of an unknown format version.</exception>
    public static SegmentEntry[] Read(IFile file, ulong number)
    {
        FileHeader.Check(file, SegmentFormat.Magic, SegmentFormat.Version, number);
        long fileBytes = file.Length;
        long trailerOffset = fileBytes - SegmentFormat.TrailerBytes;
        Span<byte> trailerBytes = stackalloc byte[SegmentFormat.TrailerBytes];
        if (trailerOffset < FileHeader.PageBytes
            || file.Read(trailerBytes, trailerOffset) < SegmentFormat.TrailerBytes
            || !SegmentFormat.TryReadTrailer(trailerBytes, number, out SegmentTrailer trailer)
            || trailer.FileBytes != fileBytes)
        {
            throw Corruption.At(file.Path, Math.Max(trailerOffset, 0), $"the file of {fileBytes} bytes does not end in a whole trailer: it was cut, or its end is damaged");
        }

        long directoryBytes = trailerOffset - trailer.DirectoryOffset;
        if (trailer.DirectoryOffset < FileHeader.PageBytes
            || trailer.Sections is < 0 or > SegmentFormat.MaxSections
            || directoryBytes != trailer.Sections * SegmentFormat.EntryBytes)
        {
            throw Corruption.At(file.Path, trailerOffset, $"the trailer names a directory of {trailer.Sections} sections at {trailer.DirectoryOffset}, which does not fit the file");
        }

        byte[] directory = new byte[directoryBytes];
        int read = file.Read(directory, trailer.DirectoryOffset);
        ulong found = XxHash3.HashToUInt64(directory, SegmentFormat.FileSeed(number));
        if (read < directory.Length || found != trailer.DirectoryChecksum)
        {
            throw Corruption.Checksum(file.Path, trailer.DirectoryOffset, "the directory", found, trailer.DirectoryChecksum);
        }

        return ReadEntries(file.Path, directory, trailer);
    }

    private static SegmentEntry[] ReadEntries(string path, byte[] directory, in SegmentTrailer trailer)
    {
        var entries = new SegmentEntry[trailer.Sections];
        for (int i = 0; i < entries.Length; i++)
        {
            int within = i * SegmentFormat.EntryBytes;
            SegmentEntry entry = SegmentFormat.ReadEntry(directory.AsSpan(within));
            if (!Fits(entry, trailer.DirectoryOffset))
            {
                throw Corruption.At(path, trailer.DirectoryOffset + within, $"the directory's entry {i} does not fit the file: {entry}");
            }

            entries[i] = entry;
        }

        RequireUnique(path, entries, trailer.DirectoryOffset);
        return entries;
    }

    private static void RequireUnique(string path, SegmentEntry[] entries, long directoryOffset)
    {
        int[] order = new int[entries.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (a, b) => entries[a].Key.CompareTo(entries[b].Key));
        for (int i = 1; i < order.Length; i++)
        {
            if (entries[order[i]].Key == entries[order[i - 1]].Key)
            {
                int later = Math.Max(order[i], order[i - 1]);
                throw Corruption.At(path, directoryOffset + (later * SegmentFormat.EntryBytes), $"the directory's entry {later} has the name of another: {entries[later]}");
            }
        }
    }

    // The checksums hold by now, so this guards against files that were made to harm, not against rot.
    private static bool Fits(in SegmentEntry entry, long limit)
    {
        bool isVariable = entry.UnitBytes == 0;
        return entry.UnitBytes is >= 0 and <= SegmentFormat.MaxUnitBytes
            && entry.Units >= 0
            && entry.Units <= limit / SegmentFormat.SlotBytes
            && Lies(entry.Offset, entry.Bytes, FileHeader.PageBytes, limit)
            && Lies(entry.SlotsOffset, entry.Units * SegmentFormat.SlotBytes, SegmentFormat.TableAlignment, limit)
            && (isVariable
                ? Lies(entry.EndsOffset, entry.Units * SegmentFormat.EndBytes, SegmentFormat.TableAlignment, limit)
                : entry.Units == (entry.Bytes / entry.UnitBytes) + (entry.Bytes % entry.UnitBytes > 0 ? 1 : 0));
    }

    private static bool Lies(long offset, long bytes, int alignment, long limit) =>
        offset >= FileHeader.PageBytes && offset % alignment == 0 && bytes >= 0 && offset <= limit && bytes <= limit - offset;
}
