using System.Buffers.Binary;
using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Log;
using Helios.Typed.Storage.Manifest;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Tests.Storage.Crashes;

/// <summary>Is the least that uses log, segments and manifest as an engine does: numbered commits, flushed now and then.</summary>
internal sealed class MiniStore : IDisposable
{
    private const long RolloverBytes = 12_000;

    private static readonly SectionKey _rows = new(1, 0);

    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly IDisposable _lock;
    private readonly ManifestStore _manifest;
    private readonly SortedDictionary<ulong, byte[]> _memtable = [];
    private LogWriter _log;

    public MiniStore(IFileSystem files, string directory)
    {
        _files = files;
        _directory = directory;
        _lock = files.Lock(directory);
        try
        {
            _manifest = ManifestStore.Open(files, directory, () => new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), RolloverBytes);
            DeleteOrphans();
            ReadSegments();
            _log = LogWriter.Create(files, directory, ReadLogs() + 1);
        }
        catch
        {
            _manifest?.Dispose();
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>Gets every row: its sequence and its bytes.</summary>
    public SortedDictionary<ulong, byte[]> Rows { get; } = [];

    public ulong Last => Rows.Count == 0 ? 0 : Rows.Keys.Max();

    public bool IsBroken => _log.IsBroken || _manifest.IsBroken;

    /// <summary>Writes commits as groups, and syncs them together; when it returns they are acknowledged.</summary>
    public void Commit(params ReadOnlySpan<byte[]> payloads)
    {
        foreach (byte[] payload in payloads)
        {
            ulong sequence = Last + 1;
            _log.Append(new SequenceNumber(sequence), new SequenceNumber(sequence), payload);
            Rows.Add(sequence, payload);
            _memtable.Add(sequence, payload);
        }

        _log.Sync();
    }

    /// <summary>Moves the rows of the log into a segment.</summary>
    public void Flush()
    {
        _log.Sync();
        LogWriter next = _log.CreateNext();
        _log.Dispose();
        _log = next;
        string name = FileNames.Segment(_manifest.Current.NextFileNumber);
        using (var writer = SegmentWriter.Create(_files, Path.Combine(_directory, name)))
        {
            writer.BeginSection(_rows, 0);
            foreach ((ulong sequence, byte[] row) in _memtable)
            {
                byte[] unit = new byte[sizeof(ulong) + row.Length];
                BinaryPrimitives.WriteUInt64LittleEndian(unit, sequence);
                row.CopyTo(unit, sizeof(ulong));
                writer.WriteUnit(unit);
            }

            writer.Complete();
        }

        ManifestState state = _manifest.Current;
        var segment = new ManifestSegment(new SegmentId(state.NextFileNumber), new TableId(1), name, (uint)_memtable.Count, default, default, []);
        try
        {
            _manifest.Commit(state with { NextFileNumber = state.NextFileNumber + 1, FirstLogNumber = _log.LogNumber, Segments = [.. state.Segments, segment] });
        }
        catch when (!_manifest.IsBroken)
        {
            // Where it is broken, the edit may be found at the next opening, and the file with it.
            _files.Delete(Path.Combine(_directory, name));
            throw;
        }

        _memtable.Clear();
        DeleteOrphans();
    }

    /// <summary>Ends as a clean shutdown does.</summary>
    public void Close() => _log.Seal();

    public void Dispose()
    {
        _log.Dispose();
        _manifest.Dispose();
        _lock.Dispose();
    }

    private void DeleteOrphans()
    {
        HashSet<string> named = [.. _manifest.Current.Segments.Select(segment => segment.FileName)];
        foreach (string name in _files.List(_directory))
        {
            if (FileNames.TryParse(name, out FileKind kind, out ulong number)
                && ((kind == FileKind.Segment && !named.Contains(name))
                    || kind == FileKind.Temporary
                    || (kind == FileKind.Log && number < _manifest.Current.FirstLogNumber)))
            {
                _files.Delete(Path.Combine(_directory, name));
            }
        }
    }

    private void ReadSegments()
    {
        foreach (ManifestSegment segment in _manifest.Current.Segments)
        {
            using var reader = SegmentReader.Open(_files, Path.Combine(_directory, segment.FileName));
            byte[] buffer = [];
            for (int unit = 0; unit < reader.Sections[0].Units; unit++)
            {
                ReadOnlySpan<byte> row = reader.ReadUnit(reader.Sections[0], unit, ref buffer).Span;
                Rows.Add(BinaryPrimitives.ReadUInt64LittleEndian(row), row[sizeof(ulong)..].ToArray());
            }
        }
    }

    private ulong ReadLogs()
    {
        List<ulong> numbers = [];
        foreach (string name in _files.List(_directory))
        {
            if (FileNames.TryParse(name, out FileKind kind, out ulong number) && kind == FileKind.Log)
            {
                numbers.Add(number);
            }
        }

        numbers.Sort();
        for (int i = 0; i < numbers.Count; i++)
        {
            LogReader.Read(_files, _directory, numbers[i], isNewest: i == numbers.Count - 1, (_, first, _, payload) =>
            {
                Rows.Add(first.Value, payload.ToArray());
                _memtable.Add(first.Value, payload.ToArray());
            });
        }

        return Math.Max(numbers.Count == 0 ? 0 : numbers[^1], _manifest.Current.FirstLogNumber);
    }
}
