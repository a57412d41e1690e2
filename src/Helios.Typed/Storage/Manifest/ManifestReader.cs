using System.Buffers.Binary;
using System.Text;
using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;

namespace Helios.Typed.Storage.Manifest;

/// <summary>Builds the state that a manifest's edits lead to.</summary>
/// <param name="path">The manifest, for errors.</param>
internal sealed class ManifestReader(string path)
{
    private readonly List<ManifestTable> _tables = [];
    private readonly List<ManifestSegment> _segments = [];
    private readonly List<ManifestLog> _retainedLogs = [];
    private readonly List<ManifestHistory> _histories = [];
    private Guid _databaseId;
    private ulong _nextTableId = ManifestState.Empty.NextTableId;
    private ulong _nextFileNumber = ManifestState.Empty.NextFileNumber;
    private ulong _firstLogNumber = ManifestState.Empty.FirstLogNumber;
    private SequenceNumber _persistedThrough = ManifestState.Empty.PersistedThrough;

    /// <summary>Gives the state after the edits so far.</summary>
    public ManifestState ToState() => new()
    {
        DatabaseId = _databaseId,
        Histories = [.. _histories],
        NextFileNumber = _nextFileNumber,
        NextTableId = _nextTableId,
        FirstLogNumber = _firstLogNumber,
        PersistedThrough = _persistedThrough,
        RetainedLogs = [.. _retainedLogs],
        Tables = [.. _tables],
        Segments = [.. _segments],
    };

    /// <summary>Takes in an edit, whose checksum has been verified.</summary>
    /// <param name="edit">The edit.</param>
    /// <param name="offset">Where it stands in the file, for errors.</param>
    /// <exception cref="HeliosCorruptionException">It says what cannot be.</exception>
    /// <exception cref="HeliosFormatException">It has an entry that only newer versions know.</exception>
    public void Apply(ReadOnlySpan<byte> edit, long offset)
    {
        var cursor = new Cursor(edit, path, offset);
        while (!cursor.IsAtEnd)
        {
            byte tag = cursor.ReadByte();
            Cursor body = cursor.ReadBody();
            ApplyEntry(tag, ref body);
            if (tag < ManifestFormat.FirstOptionalTag && !body.IsAtEnd)
            {
                throw body.Error($"the entry with tag {tag} is longer than what it says");
            }
        }
    }

    private void ApplyEntry(byte tag, ref Cursor body)
    {
        switch (tag)
        {
            case ManifestFormat.DatabaseIdTag:
                _databaseId = new Guid(body.ReadBytes(16), bigEndian: true);
                break;
            case ManifestFormat.HistoriesTag:
                ReadHistories(ref body);
                break;
            case ManifestFormat.NextFileNumberTag:
                _nextFileNumber = body.ReadUInt64();
                break;
            case ManifestFormat.NextTableIdTag:
                _nextTableId = body.ReadUInt64();
                break;
            case ManifestFormat.FirstLogNumberTag:
                _firstLogNumber = body.ReadUInt64();
                break;
            case ManifestFormat.PersistedThroughTag:
                _persistedThrough = new SequenceNumber(body.ReadUInt64());
                break;
            case ManifestFormat.TableTag:
            case ManifestFormat.TableProgressTag:
                PutTable(ref body, hasShape: tag == ManifestFormat.TableTag);
                break;
            case ManifestFormat.TableGoneTag:
                var table = new TableId(body.ReadUInt32());
                Remove(_tables, candidate => candidate.Id == table, table, ref body);
                break;
            case ManifestFormat.SegmentTag:
                ManifestSegment put = ReadSegment(ref body);
                Put(_segments, put, candidate => candidate.Id == put.Id);
                break;
            case ManifestFormat.SegmentGoneTag:
                var segment = new SegmentId(body.ReadUInt64());
                Remove(_segments, candidate => candidate.Id == segment, segment, ref body);
                break;
            case ManifestFormat.TableOrderTag:
                Reorder(_tables, table => table.Id.Value, static (ref ids) => ids.ReadUInt32(), ref body);
                break;
            case ManifestFormat.SegmentOrderTag:
                Reorder(_segments, segment => segment.Id.Value, static (ref ids) => ids.ReadUInt64(), ref body);
                break;
            case ManifestFormat.RetainedLogTag:
                _retainedLogs.Add(ReadRetainedLog(ref body));
                break;
            case ManifestFormat.RetainedLogGoneTag:
                ulong log = body.ReadUInt64();
                Remove(_retainedLogs, candidate => candidate.Number == log, $"log {log}", ref body);
                break;
            case >= ManifestFormat.FirstOptionalTag:
                break;
            default:
                // Mandatory for whoever knows it. A wrong state read without it would be worse than none.
                throw new HeliosFormatException(path, $"an entry has tag {tag}, which this one does not know and must not pass over", ManifestFormat.Version);
        }
    }

    private void ReadHistories(ref Cursor body)
    {
        _histories.Clear();
        do
        {
            _histories.Add(new ManifestHistory(new Guid(body.ReadBytes(16), bigEndian: true), new SequenceNumber(body.ReadUInt64())));
        }
        while (!body.IsAtEnd);
    }

    private void PutTable(ref Cursor body, bool hasShape)
    {
        var id = new TableId(body.ReadUInt32());
        long nextKey = body.ReadInt64();
        var persistedThrough = new SequenceNumber(body.ReadUInt64());
        ReadOnlyMemory<byte> shape = hasShape
            ? body.ReadRest().ToArray()
            : _tables.Find(table => table.Id == id)?.Shape ?? throw body.Error($"table {id.Value} changed before it was there");
        Put(_tables, new ManifestTable(id, shape, nextKey, persistedThrough), table => table.Id == id);
    }

    private ManifestLog ReadRetainedLog(ref Cursor body)
    {
        ManifestLog log = new(body.ReadUInt64(), new SequenceNumber(body.ReadUInt64()), new SequenceNumber(body.ReadUInt64()), body.ReadInt64());
        bool follows = _retainedLogs.Count == 0 || (log.Number > _retainedLogs[^1].Number && log.First > _retainedLogs[^1].Last);
        return follows && log.First <= log.Last && log.Bytes > 0
            ? log
            : throw body.Error($"log {log.Number} with commits {log.First.Value} to {log.Last.Value} and {log.Bytes} bytes cannot be kept after log {(_retainedLogs.Count > 0 ? _retainedLogs[^1].Number : 0)}");
    }

    private static ManifestSegment ReadSegment(ref Cursor body)
    {
        var id = new SegmentId(body.ReadUInt64());
        var table = new TableId(body.ReadUInt32());
        uint rows = body.ReadUInt32();
        var first = new SequenceNumber(body.ReadUInt64());
        var last = new SequenceNumber(body.ReadUInt64());
        string fileName = body.ReadName(FileKind.Segment, FileKind.Segment);
        uint count = body.ReadUInt32();
        List<ManifestSidecar> sidecars = [];
        for (uint i = 0; i < count; i++)
        {
            ushort kind = body.ReadUInt16();
            ushort columnId = body.ReadUInt16();
            ulong settingsHash = body.ReadUInt64();
            sidecars.Add(new ManifestSidecar(kind, columnId, settingsHash, body.ReadName(FileKind.Graph, FileKind.Deletions)));
        }

        return new ManifestSegment(id, table, fileName, rows, first, last, sidecars);
    }

    private static void Put<T>(List<T> list, T item, Predicate<T> isIt)
    {
        int index = list.FindIndex(isIt);
        if (index < 0)
        {
            list.Add(item);
        }
        else
        {
            list[index] = item;
        }
    }

    private static void Remove<T>(List<T> list, Predicate<T> isIt, object id, ref Cursor body)
    {
        if (list.RemoveAll(isIt) == 0)
        {
            throw body.Error($"{id} went before it was there");
        }
    }

    private static void Reorder<T>(List<T> list, Func<T, ulong> idOf, ReadId readId, ref Cursor body)
    {
        var byId = list.ToDictionary(idOf);
        list.Clear();
        while (!body.IsAtEnd)
        {
            ulong id = readId(ref body);
            list.Add(byId.Remove(id, out T? item) ? item : throw body.Error($"the order names {id}, which is not there or named twice"));
        }

        if (byId.Count > 0)
        {
            throw body.Error($"the order leaves out {byId.Count} that are there");
        }
    }

    private delegate ulong ReadId(ref Cursor ids);

    /// <summary>Reads values of an edit, never past its end.</summary>
    private ref struct Cursor(ReadOnlySpan<byte> bytes, string path, long offset)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public byte ReadByte() => ReadBytes(1)[0];

        public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(ReadBytes(sizeof(ushort)));

        public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(sizeof(uint)));

        public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(ReadBytes(sizeof(long)));

        public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(sizeof(ulong)));

        public ReadOnlySpan<byte> ReadRest() => ReadBytes(_rest.Length);

        public Cursor ReadBody()
        {
            uint bytes = ReadUInt32();
            return new Cursor(ReadBytes(bytes), path, offset);
        }

        // A name that the database itself gives leads nowhere but to a file of its own, of the kind that is meant.
        public string ReadName(FileKind kind, FileKind orKind)
        {
            string name = Encoding.UTF8.GetString(ReadBytes(ReadUInt16()));
            return FileNames.TryParse(name, out FileKind found, out _) && (found == kind || found == orKind)
                ? name
                : throw Error($"'{name}' is not the name of a file that may stand here");
        }

        public ReadOnlySpan<byte> ReadBytes(uint count)
        {
            if (count > _rest.Length)
            {
                throw Error($"an entry takes {count} bytes where {_rest.Length} are left");
            }

            ReadOnlySpan<byte> read = _rest[..(int)count];
            _rest = _rest[(int)count..];
            return read;
        }

        public readonly HeliosCorruptionException Error(string found) => Corruption.At(path, offset, $"in the edit here, {found}");

        private ReadOnlySpan<byte> ReadBytes(int count) => ReadBytes((uint)count);
    }
}
