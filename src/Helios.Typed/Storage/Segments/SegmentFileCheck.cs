using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;

namespace Helios.Typed.Storage.Segments;

/// <summary>Reads every byte of a segment or sidecar, and checks it: units, tables, directory, and that the room between is zero.</summary>
/// <remarks>Holds a slice of the file and the tables of one section at a time.</remarks>
internal sealed class SegmentFileCheck
{
    private const int SliceBytes = 1 << 20;

    private readonly IFile _file;
    private readonly ulong _number;
    private readonly Action<HeliosCorruptionException> _report;
    private readonly Action<long> _progress;
    private readonly CancellationToken _cancellationToken;
    private byte[] _slice = new byte[64 << 10];

    private SegmentFileCheck(IFile file, ulong number, Action<HeliosCorruptionException> report, Action<long> progress, CancellationToken cancellationToken)
    {
        _file = file;
        _number = number;
        _report = report;
        _progress = progress;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Checks a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="number">The number in its name.</param>
    /// <param name="report">Is told of each problem; may throw to end the check.</param>
    /// <param name="progress">Is told the bytes of each step.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="HeliosFormatException">The file is of an unknown format version.</exception>
    public static void Run(IFile file, ulong number, Action<HeliosCorruptionException> report, Action<long> progress, CancellationToken cancellationToken) =>
        new SegmentFileCheck(file, number, report, progress, cancellationToken).Run();

    /// <summary>Checks a file and throws what is found first.</summary>
    /// <exception cref="HeliosCorruptionException">Something is wrong.</exception>
    public static void Require(IFile file, ulong number, CancellationToken cancellationToken) =>
        Run(file, number, static error => throw error, static _ => { }, cancellationToken);

    private void Run()
    {
        SegmentEntry[] entries;
        try
        {
            entries = SegmentDirectory.Read(_file, _number);
        }
        catch (HeliosCorruptionException error)
        {
            _report(error);
            return;
        }

        for (int i = 0; i < entries.Length; i++)
        {
            try
            {
                CheckUnits(entries[i], SectionTables.Read(_file, _number, i, entries[i]));
            }
            catch (HeliosCorruptionException error)
            {
                _report(error);
            }
        }

        CheckGaps(entries);
    }

    private void CheckUnits(in SegmentEntry entry, SectionTables tables)
    {
        for (long unit = 0; unit < entry.Units;)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            long start = tables.Place(unit).Offset;
            long next = unit;
            long end = start;
            while (next < entry.Units)
            {
                (long offset, int bytes) = tables.Place(next);
                if (next > unit && offset + bytes - start > SliceBytes)
                {
                    break;
                }

                end = offset + bytes;
                next++;
            }

            ReadOnlySpan<byte> slice = Read(entry.Offset + start, (int)(end - start));
            for (; unit < next; unit++)
            {
                (long offset, int bytes) = tables.Place(unit);
                Verify(tables, unit, slice.Slice((int)(offset - start), bytes));
            }

            _progress(end - start);
        }
    }

    private void Verify(SectionTables tables, long unit, ReadOnlySpan<byte> bytes)
    {
        try
        {
            tables.Verify(unit, bytes);
        }
        catch (HeliosCorruptionException error)
        {
            _report(error);
        }
    }

    // What belongs to nobody is zero: a byte that changed there harms nothing today, and says that the disk is no longer to be trusted.
    private void CheckGaps(SegmentEntry[] entries)
    {
        long directory = _file.Length - SegmentFormat.TrailerBytes - (entries.Length * (long)SegmentFormat.EntryBytes);
        List<(long Start, long End)> used = [(0, FileHeader.PageBytes), (directory, _file.Length)];
        foreach (SegmentEntry entry in entries)
        {
            used.Add((entry.Offset, entry.Offset + entry.Bytes));
            used.Add((entry.SlotsOffset, entry.SlotsOffset + (entry.Units * SegmentFormat.SlotBytes)));
            if (entry.UnitBytes == 0)
            {
                used.Add((entry.EndsOffset, entry.EndsOffset + (entry.Units * SegmentFormat.EndBytes)));
            }
        }

        long at = 0;
        foreach ((long start, long end) in used.Order())
        {
            for (; at < start; at += Math.Min(SliceBytes, start - at))
            {
                int place = Read(at, (int)Math.Min(SliceBytes, start - at)).IndexOfAnyExcept((byte)0);
                if (place >= 0)
                {
                    _report(Corruption.At(_file.Path, at + place, "the room between two sections is not zero"));
                    break;
                }
            }

            at = Math.Max(at, end);
        }
    }

    private ReadOnlySpan<byte> Read(long offset, int bytes)
    {
        if (_slice.Length < bytes)
        {
            _slice = GC.AllocateUninitializedArray<byte>(bytes);
        }

        Span<byte> slice = _slice.AsSpan(0, bytes);
        int read = _file.ReadAt(slice, offset);
        return read == bytes ? slice : throw Corruption.At(_file.Path, offset + read, "the file ends here, and was longer when it was opened");
    }
}
