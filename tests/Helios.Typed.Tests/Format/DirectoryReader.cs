using System.Globalization;
using Xunit;

namespace Helios.Typed.Tests.Format;

/// <summary>Reads a database directory by docs/format alone, with nothing of the library.</summary>
/// <remarks>What is read here and not there is a gap of those pages. The directory must be whole: torn tails are the library's to judge.</remarks>
internal sealed class DirectoryReader
{
    private readonly IReadOnlyDictionary<string, byte[]> _files;
    private readonly Dictionary<uint, TableRows> _tables = [];
    private readonly bool _onlyLogs;

    private DirectoryReader(IReadOnlyDictionary<string, byte[]> files, bool onlyLogs)
    {
        _files = files;
        _onlyLogs = onlyLogs;
        Manifest = ManifestFile.Read(files);
    }

    public ManifestFile Manifest { get; }

    /// <summary>The operations of the logs by kind, for tests that want all of them met.</summary>
    public SortedDictionary<int, int> Operations { get; } = [];

    /// <summary>The tables by id.</summary>
    public IEnumerable<TableRows> Tables => _tables.OrderBy(table => table.Key).Select(table => table.Value);

    public static DirectoryReader Read(IReadOnlyDictionary<string, byte[]> files)
    {
        DirectoryReader reader = new(files, onlyLogs: false);
        reader.ReadManifestTables();
        reader.ReadLogs(reader.Manifest.FirstLog);
        return reader;
    }

    /// <summary>Reads the kept logs and the needed ones alone: where they reach back to the first commit, they hold all that the segments do.</summary>
    public static DirectoryReader ReadLogsAlone(IReadOnlyDictionary<string, byte[]> files)
    {
        DirectoryReader reader = new(files, onlyLogs: true);
        Assert.Equal(1UL, reader.Manifest.RetainedLogs[0].First);
        foreach (StoredLog log in reader.Manifest.RetainedLogs)
        {
            string name = NameOf(log.Number);
            Assert.Equal(log.Bytes, files[name].Length);
            Group[] groups = [.. GroupFile.Read(files[name], "HELIOLOG", log.Number)];
            Assert.Equal((log.First, log.Last), (groups[0].First, groups[^1].Last));
            reader.Apply(groups);
        }

        reader.ReadLogs(reader.Manifest.FirstLog);
        return reader;
    }

    private static string NameOf(ulong log) => log.ToString("D6", CultureInfo.InvariantCulture) + ".log";

    private void ReadManifestTables()
    {
        foreach (StoredTable table in Manifest.Tables)
        {
            _tables.Add(table.Id, new TableRows(table.Shape, table.PersistedThrough));
        }

        foreach (StoredSegment segment in Manifest.Segments)
        {
            new SegmentRows(_files, segment, _tables[segment.Table].Shape).AddTo(_tables[segment.Table]);
        }
    }

    private void ReadLogs(ulong first)
    {
        for (ulong number = first == 0 ? 1 : first; _files.TryGetValue(NameOf(number), out byte[]? file); number++)
        {
            Apply(GroupFile.Read(file, "HELIOLOG", number));
        }
    }

    private void Apply(IEnumerable<Group> groups)
    {
        foreach (Group group in groups)
        {
            ByteReader payload = new(group.Payload.Span);
            Assert.Equal(1, payload.Byte());
            uint commits = payload.UInt32();
            Assert.Equal(group.Last - group.First + 1, commits);
            for (uint i = 0; i < commits; i++)
            {
                ulong sequence = payload.UInt64();
                Assert.Equal(group.First + i, sequence);
                for (uint operations = payload.UInt32(); operations > 0; operations--)
                {
                    ReadOperation(sequence, ref payload);
                }
            }

            Assert.Equal(0, payload.Left);
        }
    }

    private void ReadOperation(ulong sequence, ref ByteReader payload)
    {
        byte kind = payload.Byte();
        uint id = payload.UInt32();
        ReadOnlySpan<byte> first = kind == 8 ? [] : payload.Bytes();
        ReadOnlySpan<byte> row = kind is 1 or 6 ? payload.Bytes() : [];
        ReadOnlySpan<byte> vectors = kind is 1 or 6 ? payload.Bytes() : [];
        Operations[kind] = Operations.GetValueOrDefault(kind) + 1;
        if (!_onlyLogs && _tables.TryGetValue(id, out TableRows? known) && sequence <= known.PersistedThrough)
        {
            return;
        }

        switch (kind)
        {
            case 1 or 6:
                Assert.Equal(kind == 6, _tables[id].Rows.ContainsKey(Convert.ToHexString(first)));
                _tables[id].Put(first, row, SplitVectors(_tables[id].Shape, vectors));
                break;
            case 2:
                Assert.True(_tables[id].Rows.Remove(Convert.ToHexString(first)));
                break;
            case 3 or 4 when _tables.TryGetValue(id, out TableRows? table):
                table.Shape = StoredShape.Read(first);
                break;
            case 3:
                _tables.Add(id, new TableRows(StoredShape.Read(first), persistedThrough: 0));
                break;
            case 7:
                Assert.DoesNotContain(Convert.ToHexString(first), _tables[id].Rows.Keys);
                break;
            case 8:
                Assert.True(_tables.Remove(id));
                break;
            default:
                Assert.Fail($"Operation {kind} is in no document.");
                break;
        }
    }

    private static Dictionary<ushort, byte[]> SplitVectors(StoredShape shape, ReadOnlySpan<byte> vectors)
    {
        ByteReader reader = new(vectors);
        Dictionary<ushort, byte[]> found = [];
        foreach (StoredColumn column in shape.Vectors)
        {
            if (reader.Left > 0 && reader.Byte() == 1)
            {
                found.Add(column.Id, reader.Take(column.VectorBytes).ToArray());
            }
        }

        Assert.Equal(0, reader.Left);
        return found;
    }
}

/// <summary>Is a table's newest rows by key.</summary>
internal sealed class TableRows(StoredShape shape, ulong persistedThrough)
{
    public StoredShape Shape { get; set; } = shape;

    public ulong PersistedThrough { get; } = persistedThrough;

    /// <summary>Rows by their key's bytes, which order as the keys do.</summary>
    public SortedDictionary<string, (byte[] Row, Dictionary<ushort, byte[]> Vectors)> Rows { get; } = new(StringComparer.Ordinal);

    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> row, Dictionary<ushort, byte[]> vectors) =>
        Rows[Convert.ToHexString(key)] = (row.ToArray(), vectors);

    /// <summary>Gives the rows as text.</summary>
    public IEnumerable<string> ToText()
    {
        foreach ((string key, (byte[] row, Dictionary<ushort, byte[]> vectors)) in Rows)
        {
            Dictionary<ushort, byte[]> cells = StoredCells.ReadRow(row);
            yield return RowText.Of(Shape.Name, Shape.Columns
                .Where(column => !column.IsDropped)
                .Select(column => (column.Name, ValueOf(column, Convert.FromHexString(key), cells, vectors))));
        }
    }

    private object? ValueOf(StoredColumn column, byte[] key, Dictionary<ushort, byte[]> cells, Dictionary<ushort, byte[]> vectors) =>
        column == Shape.Columns[Shape.Key] ? StoredCells.ReadKey(column.Type, key)
        : column.Dimensions > 0 ? vectors.TryGetValue(column.Id, out byte[]? elements) ? StoredCells.ReadVector(column.Type, elements) : null
        : column.IsList ? cells.TryGetValue(column.Id, out byte[]? list) ? StoredCells.ReadList(column.Type, list) : null
        : (cells.GetValueOrDefault(column.Id) ?? column.Missing) is { } cell ? StoredCells.ReadCell(column.Type, cell)
        : null;
}
