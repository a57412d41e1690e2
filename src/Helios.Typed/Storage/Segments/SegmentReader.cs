using System.Buffers.Binary;
using System.IO.Hashing;
using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;

namespace Helios.Typed.Storage.Segments;

/// <summary>Reads a file of named sections; thread-safe.</summary>
/// <remarks>Opening reads and verifies the directory of sections, not the data. Every read is verified against its checksum.</remarks>
internal sealed class SegmentReader : IDisposable
{
    private const int SliceBytes = 8 << 20;

    // Checksums read at once where their table is not in memory: 4 KiB of them.
    private const int SlotsAtOnce = 256;

    private readonly IFile _file;
    private readonly ulong _number;
    private readonly SegmentEntry[] _entries;
    private readonly SectionTables?[] _tables;
    private readonly Section[] _sections;
    private readonly Section[] _byKey;

    private SegmentReader(IFile file, ulong number, SegmentEntry[] entries)
    {
        _file = file;
        _number = number;
        _entries = entries;
        _tables = new SectionTables?[entries.Length];
        _sections = new Section[entries.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            SegmentEntry entry = entries[i];
            _sections[i] = new Section(entry.Key, entry.Units, entry.Bytes, entry.UnitBytes, i, entry.Offset);
        }

        _byKey = [.. _sections];
        Array.Sort(_byKey, static (a, b) => a.Key.CompareTo(b.Key));
        FileBytes = file.Length;
    }

    /// <summary>Gets the path.</summary>
    public string Path => _file.Path;

    /// <summary>Gets the file's size in bytes.</summary>
    public long FileBytes { get; }

    /// <summary>Gives the sections in the file's order.</summary>
    public IReadOnlyList<Section> Sections => _sections;

    /// <summary>Opens a file.</summary>
    /// <exception cref="HeliosCorruptionException">Its directory is damaged, or the file is shorter than it says.</exception>
    /// <exception cref="HeliosFormatException">It is of an unknown format version.</exception>
    public static SegmentReader Open(IFileSystem files, string path)
    {
        ulong number = SegmentWriter.NumberOf(path);
        IFile file = files.OpenToRead(path);
        try
        {
            return new SegmentReader(file, number, SegmentDirectory.Read(file, number));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Finds a section.</summary>
    public bool TryGetSection(SectionKey key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out Section section)
    {
        // A sorted array rather than a dictionary by a struct, of which the runtime has to compile every method when the first file is opened.
        int low = 0;
        int high = _byKey.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_byKey[middle].Key.CompareTo(key) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        section = low < _byKey.Length && _byKey[low].Key == key ? _byKey[low] : null;
        return section is not null;
    }

    /// <summary>Reads and verifies a whole section into native memory that the caller owns; units lie contiguous.</summary>
    /// <param name="section">The section.</param>
    /// <param name="allocator">Gives the memory.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="HeliosCorruptionException">A unit's checksum does not fit.</exception>
    public NativeBuffer Load(Section section, NativeAllocator allocator, CancellationToken cancellationToken = default)
    {
        SegmentEntry entry = EntryOf(section);

        // Not kept where no one reads single units: a section in memory needs its checksums no more.
        SectionTables tables = Volatile.Read(ref _tables[section.Index]) ?? ReadTables(section.Index);
        NativeBuffer buffer = allocator.Allocate(entry.Bytes);
        try
        {
            long unit = 0;
            for (long done = 0; done < entry.Bytes;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Span<byte> slice = buffer.AsSpan<byte>(done, (int)Math.Min(entry.Bytes - done, SliceBytes));
                ReadWhole(slice, entry.Offset + done);
                done += slice.Length;

                // Verified while the slice is still in the cache.
                unit = VerifyUpTo(done, buffer, tables, unit, entry.Units);
            }

            VerifyUpTo(entry.Bytes, buffer, tables, unit, entry.Units);
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>Reads and verifies one unit.</summary>
    /// <param name="section">The section.</param>
    /// <param name="unit">The unit's number.</param>
    /// <param name="buffer">Takes the unit; grown where it is too small.</param>
    /// <returns>The unit's bytes, in <paramref name="buffer"/>.</returns>
    public ReadOnlyMemory<byte> ReadUnit(Section section, long unit, ref byte[] buffer)
    {
        SegmentEntry entry = EntryOf(section);
        ArgumentOutOfRangeException.ThrowIfNegative(unit);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(unit, entry.Units);
        SectionTables tables = TablesOf(section.Index);
        (long offset, int bytes) = tables.Place(unit);
        if (buffer.Length < bytes)
        {
            buffer = GC.AllocateUninitializedArray<byte>(bytes);
        }

        ReadWhole(buffer.AsSpan(0, bytes), entry.Offset + offset);
        tables.Verify(unit, buffer.AsSpan(0, bytes));
        return buffer.AsMemory(0, bytes);
    }

    /// <summary>Reads and verifies units of one size that follow each other.</summary>
    /// <remarks>
    /// Needs no table in memory: without it the checksums are read from the file too. They need no check of their own, as a wrong
    /// one fits no unit.
    /// </remarks>
    /// <param name="section">The section; its units are of one size, the last as well.</param>
    /// <param name="first">The first unit.</param>
    /// <param name="count">How many.</param>
    /// <param name="units">Takes them, end to end; exactly as long as they are.</param>
    /// <exception cref="HeliosCorruptionException">A unit's checksum does not fit.</exception>
    public void ReadUnits(Section section, long first, int count, Span<byte> units)
    {
        SegmentEntry entry = EntryOf(section);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, entry.Units - count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(units.Length, (long)count * entry.UnitBytes);
        ReadWhole(units, entry.Offset + (first * entry.UnitBytes));
        if (Volatile.Read(ref _tables[section.Index]) is { } tables)
        {
            for (int i = 0; i < count; i++)
            {
                tables.Verify(first + i, units.Slice(i * entry.UnitBytes, entry.UnitBytes));
            }
        }
        else
        {
            VerifyBySlots(section.Index, first, count, units);
        }
    }

    /// <summary>Keeps the checksums of a section in memory, so that reading its units reads nothing else.</summary>
    /// <exception cref="HeliosCorruptionException">The table is damaged.</exception>
    public void KeepChecksums(Section section) => TablesOf(EntryIndexOf(section));

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void VerifyBySlots(int index, long first, int count, ReadOnlySpan<byte> units)
    {
        SegmentEntry entry = _entries[index];
        Span<byte> slots = stackalloc byte[SlotsAtOnce * SegmentFormat.SlotBytes];
        for (int done = 0; done < count;)
        {
            Span<byte> read = slots[..(Math.Min(count - done, SlotsAtOnce) * SegmentFormat.SlotBytes)];
            ReadWhole(read, entry.SlotsOffset + ((first + done) * SegmentFormat.SlotBytes));
            for (; !read.IsEmpty; read = read[SegmentFormat.SlotBytes..], done++)
            {
                ulong expected = BinaryPrimitives.ReadUInt64LittleEndian(read);
                ulong found = XxHash3.HashToUInt64(units.Slice(done * entry.UnitBytes, entry.UnitBytes), SegmentFormat.UnitSeed(_number, index, first + done));
                if (found != expected)
                {
                    throw Corruption.Checksum(Path, entry.Offset + ((first + done) * entry.UnitBytes), $"unit {first + done} of section {entry.Key}", found, expected);
                }
            }
        }
    }

    private static long VerifyUpTo(long limit, NativeBuffer buffer, SectionTables tables, long unit, long units)
    {
        for (; unit < units; unit++)
        {
            (long offset, int bytes) = tables.Place(unit);
            if (offset + bytes > limit)
            {
                break;
            }

            tables.Verify(unit, buffer.AsSpan<byte>(offset, bytes));
        }

        return unit;
    }

    private SegmentEntry EntryOf(Section section) => _entries[EntryIndexOf(section)];

    private int EntryIndexOf(Section section) =>
        section.Index < _sections.Length && ReferenceEquals(_sections[section.Index], section)
            ? section.Index
            : throw new ArgumentException($"Section {section.Key} is not one of '{Path}'.", nameof(section));

    // Two readers that come first may both read the tables; either's will do.
    private SectionTables TablesOf(int index) =>
        Volatile.Read(ref _tables[index])
        ?? Interlocked.CompareExchange(ref _tables[index], ReadTables(index), null)
        ?? _tables[index]!;

    private SectionTables ReadTables(int index) => SectionTables.Read(_file, _number, index, _entries[index]);

    private void ReadWhole(Span<byte> target, long offset)
    {
        int read = _file.Read(target, offset);
        if (read < target.Length)
        {
            throw Corruption.At(Path, offset + read, $"the file ends here, and had {FileBytes} bytes when it was opened");
        }
    }
}

/// <summary>Describes a section.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Units">How many units it has.</param>
/// <param name="Bytes">The bytes of its units together.</param>
/// <param name="UnitBytes">The size of every unit, or 0 where they vary.</param>
/// <param name="Index">Its place in the file's directory.</param>
/// <param name="Offset">Where in the file its units start.</param>
internal sealed record Section(SectionKey Key, long Units, long Bytes, int UnitBytes, int Index, long Offset);
