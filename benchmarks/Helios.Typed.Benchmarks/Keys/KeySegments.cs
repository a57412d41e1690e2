using System.IO.Hashing;
using Helios.Typed.Engine;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Benchmarks.Keys;

/// <summary>Makes segments of random Guid keys, each twice: with its filter, and without.</summary>
internal sealed class KeySegments : IDisposable
{
    private const string With = "with";
    private const string Without = "without";

    private readonly string _folder;
    private readonly List<ManifestSegment> _descriptions = [];
    private readonly TableSchema _schema;
    private readonly NativeAllocator _allocator = new SystemAllocator();

    public KeySegments(string folder, int segments, int rows)
    {
        _folder = folder;
        TableDefinition definition = TableDefinition.Create("keys").Key("id", ColumnType.Guid).Column("number", ColumnType.Int32).Build();
        _schema = TableSchema.Create(definition.Shape, definition.Shape);
        Directory.CreateDirectory(Path.Combine(folder, With));
        Directory.CreateDirectory(Path.Combine(folder, Without));
        for (int segment = 0; segment < segments; segment++)
        {
            Build(FileNames.Segment((ulong)segment + 1), segment, rows);
        }

        Present = [.. Enumerable.Range(0, segments * rows).Select(i => KeyOf(i / rows, i % rows))];
    }

    /// <summary>Gets the keys that are there.</summary>
    public byte[][] Present { get; }

    /// <summary>Gives a key that is not there.</summary>
    public static byte[] Absent(int number) => KeyOf(int.MaxValue, number);

    /// <summary>Opens the segments as a snapshot has them, newest first, under a budget.</summary>
    public TableSnapshot Open(bool withFilter, long budgetBytes, IFileSystem files)
    {
        MemoryBudget budget = new(budgetBytes, 0);
        SegmentMemory memory = new(_allocator, budget, new PageCache(budget), Loader: null);
        return new TableSnapshot(
            _schema,
            new SequenceNumber(1),
            [.. _descriptions.AsEnumerable().Reverse().Select(description => Segment.Open(files, Path.Combine(_folder, withFilter ? With : Without), description, _schema, memory))]);
    }

    public static void Close(TableSnapshot snapshot)
    {
        foreach (RowSource source in snapshot.Sources)
        {
            source.ReleaseReference();
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Random, so that the keys of all segments lie between one another.
    private static byte[] KeyOf(int segment, int row)
    {
        byte[] bytes = XxHash128.Hash(BitConverter.GetBytes(((long)segment << 32) | (uint)row));
        return KeyCodec.Encode(HeliosKey.Create(new Guid(bytes)));
    }

    private void Build(string fileName, int segment, int rows)
    {
        var files = PhysicalFileSystem.Instance;
        string path = Path.Combine(_folder, With, fileName);
        Memtable memtable = new(_schema, _allocator);
        using RowEncoder encoder = new(_schema);
        for (int row = 0; row < rows; row++)
        {
            encoder.Begin();
            encoder.WriteScalar(1, row);
            encoder.Complete();
            memtable.Add(KeyOf(segment, row), new SequenceNumber(1), encoder.Row, []);
        }

        SegmentBuildResult result = SegmentBuilder.Build(files, path, _schema, [memtable], default, CancellationToken.None);
        memtable.ReleaseReference();
        _descriptions.Add(new ManifestSegment(new SegmentId((ulong)segment + 1), new TableId(1), fileName, (uint)result.Rows, result.First, result.Last, []));
        Strip(files, path, Path.Combine(_folder, Without, fileName));
    }

    private static void Strip(PhysicalFileSystem files, string from, string to)
    {
        using var reader = SegmentReader.Open(files, from);
        using var writer = SegmentWriter.Create(files, to);
        byte[] buffer = [];
        foreach (Section section in reader.Sections.Where(section => section.Key.Kind != SegmentSections.KeyFilter))
        {
            writer.BeginSection(section.Key, section.UnitBytes);
            for (long unit = 0; unit < section.Units; unit++)
            {
                writer.WriteUnit(reader.ReadUnit(section, unit, ref buffer).Span);
            }
        }

        writer.Complete();
    }
}
