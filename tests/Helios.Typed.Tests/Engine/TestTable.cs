using Helios.Typed.Engine;
using Helios.Typed.Primitives;
using Helios.Typed.Records;

namespace Helios.Typed.Tests.Engine;

/// <summary>Makes rows of a table as the write path hands them to a memtable.</summary>
internal sealed class TestTable : IDisposable
{
    private readonly RowEncoder _encoder;
    private readonly ByteWriter _vectors = new();

    public TestTable(TableDefinition definition)
    {
        Schema = TableSchema.Create(definition.Shape, definition.Shape);
        _encoder = new RowEncoder(Schema);
    }

    internal delegate void Fill(RowEncoder row);

    public TableSchema Schema { get; }

    /// <summary>A table of a long key, an indexed text, a nullable number and one vector.</summary>
    public static TestTable OfPoints(int dimensions = 4, Metric metric = Metric.Euclidean, bool nullableVector = false) => new(
        TableDefinition.Create("points")
            .Key("id", ColumnType.Int64)
            .Column("name", ColumnType.Text, indexed: true)
            .Column("number", ColumnType.Int32, nullable: true)
            .Vector("place", new VectorColumnAttribute(dimensions, metric) { M = 8, EfConstruction = 40, EfSearch = 20 }, nullableVector)
            .Build());

    public int Add(Memtable memtable, HeliosKey key, ulong at, Fill fill)
    {
        _encoder.Begin();
        fill(_encoder);
        _encoder.Complete();
        _vectors.Clear();
        for (int i = 0; i < Schema.VectorColumns.Count; i++)
        {
            ReadOnlySpan<byte> vector = _encoder.VectorBytes(i, out bool isNull);
            _vectors.WriteByte(isNull ? (byte)0 : (byte)1);
            _vectors.Write(vector);
        }

        return memtable.Add(KeyCodec.Encode(key), new SequenceNumber(at), _encoder.Row, _vectors.WrittenSpan);
    }

    /// <summary>Adds a row of <see cref="OfPoints"/>.</summary>
    public int AddPoint(Memtable memtable, long id, ulong at, string name, int? number, float[]? place) =>
        Add(memtable, HeliosKey.Create(id), at, row =>
        {
            row.WriteScalar(1, name);
            if (number is { } value)
            {
                row.WriteScalar(2, value);
            }

            if (place is not null)
            {
                row.WriteVector<float>(3, place);
            }
        });

    /// <summary>Writes a version of a key as a commit does: the one before it ends.</summary>
    public int Put(Memtable memtable, long id, ulong at, string name, int? number, float[]? place)
    {
        if (memtable.TryFind(KeyCodec.Encode(HeliosKey.Create(id)), new SequenceNumber(ulong.MaxValue), out int before))
        {
            memtable.End(before, new SequenceNumber(at));
        }

        return AddPoint(memtable, id, at, name, number, place);
    }

    public void Dispose()
    {
        _encoder.Dispose();
        _vectors.Dispose();
    }
}
