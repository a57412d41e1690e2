using System.Buffers;
using System.IO.Hashing;
using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;

namespace Helios.Typed.Storage.Segments;

/// <summary>Writes an immutable file of named sections (a segment, or a sidecar of one).</summary>
/// <remarks>
/// Written under a temporary name and named at <see cref="Complete"/>; disposed before that, it leaves nothing behind. Sections start at 4 KiB. A
/// section is a run of units (a vector, a row, a block), each with a checksum slot of its own outside the data, so that units of
/// one size lie contiguous and one unit can be read and verified alone.
/// </remarks>
internal sealed class SegmentWriter : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private readonly IFileSystem _files;
    private readonly IFile _file;
    private readonly string _path;
    private readonly ulong _number;
    private readonly List<SegmentEntry> _entries = [];
    private readonly HashSet<SectionKey> _keys = [];
    private readonly ByteWriter _slots = new();
    private readonly ByteWriter _ends = new();
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _buffered;
    private long _flushed;
    private bool _inSection;
    private SegmentEntry _section;
    private bool _completed;
    private bool _disposed;

    private SegmentWriter(IFileSystem files, string path, IFile file, ulong number)
    {
        _files = files;
        _path = path;
        _file = file;
        _number = number;
    }

    private long Position => _flushed + _buffered;

    /// <summary>Creates the file.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">The final path; its name is one of <see cref="FileNames"/>', whose number goes into the file.</param>
    /// <exception cref="IOException">A file of that name is there; segments are never written over.</exception>
    public static SegmentWriter Create(IFileSystem files, string path)
    {
        ulong number = NumberOf(path);
        if (files.FileExists(path))
        {
            throw new IOException($"The file '{path}' already exists, and files of sections are never written over.");
        }

        // What an interrupted writer left under the temporary name belongs to nobody.
        string temporary = FileNames.Temporary(path);
        files.Delete(temporary);
        var writer = new SegmentWriter(files, path, files.Open(temporary, FileOpenMode.Create), number);
        Span<byte> page = stackalloc byte[FileHeader.PageBytes];
        FileHeader.Write(page, SegmentFormat.Magic, SegmentFormat.Version, number);
        writer.Write(page);
        return writer;
    }

    /// <summary>Starts a section, ending the one before.</summary>
    /// <param name="key">Its name; each once.</param>
    /// <param name="unitBytes">The size of every unit, or 0 where each is told by <see cref="WriteUnit"/>.</param>
    public void BeginSection(SectionKey key, int unitBytes)
    {
        ThrowIfFinished();
        ArgumentOutOfRangeException.ThrowIfNegative(unitBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(unitBytes, SegmentFormat.MaxUnitBytes);
        EndSection();
        if (_entries.Count == SegmentFormat.MaxSections || !_keys.Add(key))
        {
            throw new ArgumentException($"The section {key} of '{_path}' was begun before, or it has {SegmentFormat.MaxSections} sections already.", nameof(key));
        }

        Pad(FileHeader.PageBytes);
        _section = new SegmentEntry(key, unitBytes, 0, 0, Position, 0, 0, 0, 0);
        _inSection = true;
    }

    /// <summary>Appends one unit.</summary>
    /// <param name="unit">Its bytes; of the section's unit size where there is one (the last may be shorter), else of any length up to 1 GiB.</param>
    public void WriteUnit(ReadOnlySpan<byte> unit)
    {
        ThrowIfFinished();
        if (!_inSection)
        {
            throw new InvalidOperationException("A unit is written after BeginSection.");
        }

        ThrowIfUnfit(unit.Length);
        ulong checksum = XxHash3.HashToUInt64(unit, SegmentFormat.UnitSeed(_number, _entries.Count, _section.Units));
        _slots.WriteValue(checksum);
        _slots.WriteValue(0UL);
        Write(unit);
        _section = _section with { Units = _section.Units + 1, Bytes = _section.Bytes + unit.Length };
        if (_section.UnitBytes == 0)
        {
            _ends.WriteValue(_section.Bytes);
        }
    }

    /// <summary>Ends the file, syncs it, and gives it its name, durably.</summary>
    /// <returns>The file's size in bytes.</returns>
    public long Complete()
    {
        ThrowIfFinished();
        EndSection();
        Pad(SegmentFormat.TableAlignment);
        long directoryOffset = Position;
        byte[] directory = new byte[_entries.Count * SegmentFormat.EntryBytes];
        for (int i = 0; i < _entries.Count; i++)
        {
            SegmentFormat.WriteEntry(directory.AsSpan(i * SegmentFormat.EntryBytes), _entries[i]);
        }

        Write(directory);
        long fileBytes = Position + SegmentFormat.TrailerBytes;
        Span<byte> trailer = stackalloc byte[SegmentFormat.TrailerBytes];
        ulong checksum = XxHash3.HashToUInt64(directory, SegmentFormat.FileSeed(_number));
        SegmentFormat.WriteTrailer(trailer, new SegmentTrailer(directoryOffset, _entries.Count, checksum, fileBytes), _number);
        Write(trailer);
        Flush();

        // The data before the name, and the name before anyone is told of it.
        _file.Sync();
        _file.Dispose();
        _files.Rename(FileNames.Temporary(_path), _path);
        _files.SyncDirectory(Path.GetDirectoryName(_path)!);
        _completed = true;
        return fileBytes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _file.Dispose();
        _slots.Dispose();
        _ends.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        if (!_completed)
        {
            // Complete may have failed after the renaming, so either name can be there.
            GroupWriter.TryDelete(_files, FileNames.Temporary(_path));
            GroupWriter.TryDelete(_files, _path);
        }
    }

    internal static ulong NumberOf(string path) =>
        FileNames.TryParse(Path.GetFileName(path), out FileKind kind, out ulong number) && kind is FileKind.Segment or FileKind.Graph or FileKind.Deletions
            ? number
            : throw new ArgumentException($"'{path}' is not the name of a segment or of a sidecar.", nameof(path));

    private void EndSection()
    {
        if (!_inSection)
        {
            return;
        }

        _inSection = false;
        long seed = SegmentFormat.FileSeed(_number);
        Pad(SegmentFormat.TableAlignment);
        _section = _section with { SlotsOffset = Position, SlotsChecksum = XxHash3.HashToUInt64(_slots.WrittenSpan, seed) };
        Write(_slots.WrittenSpan);
        if (_section.UnitBytes == 0)
        {
            Pad(SegmentFormat.TableAlignment);
            _section = _section with { EndsOffset = Position, EndsChecksum = XxHash3.HashToUInt64(_ends.WrittenSpan, seed) };
            Write(_ends.WrittenSpan);
        }

        _slots.Clear();
        _ends.Clear();
        _entries.Add(_section);
    }

    private void ThrowIfUnfit(int bytes)
    {
        int unitBytes = _section.UnitBytes;
        if (bytes > SegmentFormat.MaxUnitBytes)
        {
            throw new ArgumentException($"A unit takes at most {SegmentFormat.MaxUnitBytes} bytes, and this one has {bytes}.");
        }

        if (unitBytes > 0 && (bytes == 0 || bytes > unitBytes))
        {
            throw new ArgumentException($"A unit of section {_section.Key} has {unitBytes} bytes (the last may have fewer), and this one has {bytes}.");
        }

        if (unitBytes > 0 && _section.Bytes != _section.Units * unitBytes)
        {
            throw new InvalidOperationException($"Section {_section.Key} ended with a unit shorter than {unitBytes} bytes; only the last may be.");
        }
    }

    private void Pad(int alignment)
    {
        Span<byte> zeros = stackalloc byte[FileHeader.PageBytes];
        zeros.Clear();
        Write(zeros[..(int)(-Position & (alignment - 1))]);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, BufferBytes - _buffered);
            bytes[..count].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += count;
            bytes = bytes[count..];
            if (_buffered == BufferBytes)
            {
                Flush();
            }
        }
    }

    private void Flush()
    {
        _file.WriteAt(_buffer.AsSpan(0, _buffered), _flushed);

        // Hundreds of megabytes given to the disk at once, by the sync, would hold up every commit that is synced meanwhile.
        _file.WriteBack(_flushed, _buffered);
        _flushed += _buffered;
        _buffered = 0;
    }

    private void ThrowIfFinished()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_completed)
        {
            throw new InvalidOperationException($"'{_path}' is complete.");
        }
    }
}
