using CsCheck;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Xunit;

namespace Helios.Typed.Tests.Records;

public sealed class RowTests
{
    private static readonly TableSchema _schema = Schema(TableDefinition.Create("things")
        .Key("id", ColumnType.Int64)
        .Column("name", ColumnType.Text)
        .Column("count", ColumnType.Int32, nullable: true)
        .Column("tags", ColumnType.Text, list: true)
        .Vector("place", new VectorColumnAttribute(3))
        .Vector("small", new VectorColumnAttribute(2, Metric.Euclidean), nullable: true, half: true)
        .Build());

    [Fact]
    public void A_row_comes_back_as_it_was_written()
    {
        using RowEncoder row = new(_schema);
        row.WriteVector<float>(4, [1, -0f, float.Epsilon]);
        row.WriteList<string>(3, ["b", "a"]);
        row.WriteScalar(2, -5);
        row.WriteScalar(1, "thing");
        row.WriteVector<Half>(5, [(Half)1, Half.NegativeZero]);
        row.Complete();

        RowDecoder again = Decode(row, _schema);
        Assert.Equal(77, again.ReadKey<long>());
        Assert.Equal("thing", again.ReadScalar<string>(1));
        Assert.Equal(-5, again.ReadScalar<int>(2));
        Assert.Equal(["b", "a"], again.ReadArray<string>(3));
        Assert.Equal([1, -0f, float.Epsilon], again.ReadVector<float>(4));
        Assert.Equal([(Half)1, Half.NegativeZero], again.ReadVector<Half>(5));
        Assert.False(again.IsNull(2) || again.IsNull(3) || again.IsNull(5));
        Assert.Equal("thing", again.ReadObject(1));
    }

    [Fact]
    public void A_row_larger_than_a_segment_can_hold_is_refused_by_its_largest_column()
    {
        using RowEncoder row = new(Schema(TableDefinition.Create("files")
            .Key("id", ColumnType.Int64)
            .Column("name", ColumnType.Text)
            .Column("content", ColumnType.Binary)
            .Build()));
        row.WriteScalar(1, "large");
        row.WriteScalar(2, new byte[RowFormat.MaxRowBytes]);

        ArgumentException error = Assert.Throws<ArgumentException>(row.Complete);
        Assert.Contains("'content'", error.Message, StringComparison.Ordinal);
        Assert.Contains("268435456", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_not_written_is_null_and_reads_as_empty()
    {
        using RowEncoder row = new(_schema);
        row.WriteScalar(1, "");
        row.WriteVector<float>(4, [1, 2, 3]);
        row.Complete();

        RowDecoder again = Decode(row, _schema);
        Assert.True(again.IsNull(2) && again.IsNull(3) && again.IsNull(5));
        Assert.False(again.IsNull(1));
        Assert.Equal(0, again.ReadScalar<int>(2));
        Assert.Null(again.ReadObject(2));
        Assert.Empty(again.ReadArray<string>(3));
        Assert.Empty(again.ReadVector<Half>(5));
    }

    [Fact]
    public void An_encoder_forgets_the_row_before()
    {
        using RowEncoder row = new(_schema);
        row.WriteScalar(1, "first");
        row.WriteScalar(2, 1);
        row.WriteVector<float>(4, [1, 2, 3]);
        row.Complete();
        row.Begin();
        row.WriteScalar(1, "second");
        row.WriteVector<float>(4, [4, 5, 6]);
        row.Complete();

        RowDecoder again = Decode(row, _schema);
        Assert.Equal("second", again.ReadScalar<string>(1));
        Assert.True(again.IsNull(2));
        Assert.Equal([4f, 5, 6], again.ReadVector<float>(4));
    }

    [Fact]
    public void Missing_values_that_a_column_wants_are_refused_by_name()
    {
        using RowEncoder row = new(_schema);
        row.WriteScalar(1, "x");
        ArgumentException error = Assert.Throws<ArgumentException>(row.Complete);
        Assert.Contains("'place'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'things'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_null_list_in_a_column_that_takes_none_is_refused_by_name()
    {
        using RowEncoder row = new(_schema);

        ArgumentException error = Assert.Throws<ArgumentException>(() => row.WriteList<string>(3, null!));

        Assert.Contains("'tags'", error.Message, StringComparison.Ordinal);
        Assert.Contains("takes none", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_of_another_type_are_refused_by_name()
    {
        using RowEncoder row = new(_schema);
        Assert.Contains("'count'", Assert.Throws<ArgumentException>(() => row.WriteScalar(2, 5L)).Message, StringComparison.Ordinal);
        Assert.Contains("'name'", Assert.Throws<ArgumentException>(() => row.WriteScalar<string>(1, null!)).Message, StringComparison.Ordinal);
        Assert.Contains("'name'", Assert.Throws<ArgumentException>(() => row.WriteScalar(1, "\uD800")).Message, StringComparison.Ordinal);
        Assert.Contains("'tags'", Assert.Throws<ArgumentException>(() => row.WriteScalar(3, "x")).Message, StringComparison.Ordinal);
        Assert.Contains("'tags'", Assert.Throws<ArgumentException>(() => row.WriteObject(3, "x")).Message, StringComparison.Ordinal);
        Assert.Contains("'tags'", Assert.Throws<ArgumentException>(() => row.WriteList(3, [1])).Message, StringComparison.Ordinal);
        Assert.Contains("'place'", Assert.Throws<ArgumentException>(() => row.WriteVector<Half>(4, [(Half)1, (Half)1, (Half)1])).Message, StringComparison.Ordinal);
        Assert.Contains("'place'", Assert.Throws<ArgumentException>(() => row.WriteObject(4, 1f)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new float[] { 1, 2 }, "3 dimensions")]
    [InlineData(new float[] { 1, 2, 3, 4 }, "3 dimensions")]
    [InlineData(new float[] { 1, float.NaN, 2 }, "element 1")]
    [InlineData(new float[] { float.NegativeInfinity, 1, 2 }, "element 0")]
    [InlineData(new float[] { 0, -0f, 0 }, "zero")]
    [InlineData(new float[] { 1e30f, 0, 0 }, "overflow")]
    public void Bad_vectors_are_refused_with_the_reason(float[] vector, string reason)
    {
        using RowEncoder row = new(_schema);
        ArgumentException error = Assert.Throws<ArgumentException>(() => row.WriteVector<float>(4, vector));
        Assert.Contains("'place'", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vector_read_as_another_element_is_the_callers_mistake()
    {
        using RowEncoder row = new(_schema);
        row.WriteScalar(1, "x");
        row.WriteVector<float>(4, [1, 2, 3]);
        row.Complete();
        Assert.Throws<InvalidOperationException>(() => Decode(row, _schema).ReadVector<Half>(4));
    }

    [Fact]
    public void Rows_are_read_by_the_stored_columns_whatever_the_order_of_declaration()
    {
        using RowEncoder row = new(_schema);
        row.WriteScalar(1, "x");
        row.WriteScalar(2, 9);
        row.WriteVector<float>(4, [1, 2, 3]);
        row.Complete();

        TableShape declared = TableDefinition.Create("things")
            .Vector("SMALL", new VectorColumnAttribute(2, Metric.Euclidean), nullable: true, half: true)
            .Column("added", ColumnType.Guid, nullable: true)
            .Column("count", ColumnType.Int32, nullable: true)
            .Column("Name", ColumnType.Text)
            .Vector("place", new VectorColumnAttribute(3))
            .Column("tags", ColumnType.Text, list: true)
            .Key("id", ColumnType.Int64)
            .Build().Shape;
        var later = TableSchema.Create(declared, SchemaEvolution.Reconcile(_schema.Stored, declared));

        RowDecoder again = Decode(row, later);
        Assert.Equal("x", again.ReadScalar<string>(3));
        Assert.Equal(9, again.ReadScalar<int>(2));
        Assert.Equal([1f, 2, 3], again.ReadVector<float>(4));
        Assert.True(again.IsNull(0) && again.IsNull(1) && again.IsNull(5));
    }

    [Fact]
    public void Bytes_that_are_no_row_are_refused_and_never_read_past()
    {
        using RowEncoder row = new(_schema);
        row.WriteScalar(1, "a name");
        row.WriteScalar(2, 9);
        row.WriteList<string>(3, ["x", "y"]);
        row.WriteVector<float>(4, [1, 2, 3]);
        row.Complete();
        byte[] whole = row.Row.ToArray();
        Gen.Select(Gen.Int[0, 100], Gen.Byte, Gen.Int[0, 100]).Sample((at, mask, length) =>
        {
            byte[] damaged = [.. whole];
            damaged[at % damaged.Length] ^= mask;
            RowDecoder decoder = new(_schema, HeliosKey.Create(1L), damaged.AsMemory(0, Math.Min(length, damaged.Length)), new NoVectors());
            try
            {
                _ = decoder.ReadScalar<string>(1);
                _ = decoder.ReadScalar<int>(2);
                _ = decoder.ReadArray<string>(3);
                _ = decoder.IsNull(2);
            }
            catch (HeliosException error)
            {
                Assert.Contains("'things'", error.Message, StringComparison.Ordinal);
            }
        });
    }

    private static TableSchema Schema(TableDefinition definition) => TableSchema.Create(definition.Shape, definition.Shape);

    private static RowDecoder Decode(RowEncoder row, TableSchema schema)
    {
        byte[]?[] vectors = new byte[schema.VectorColumns.Count][];
        for (int i = 0; i < vectors.Length; i++)
        {
            ReadOnlySpan<byte> vector = row.VectorBytes(i, out bool isNull);
            vectors[i] = isNull ? null : vector.ToArray();
        }

        return new RowDecoder(schema, HeliosKey.Create(77L), row.Row.ToArray(), new GivenVectors(vectors));
    }

    private sealed class GivenVectors(byte[]?[] vectors) : IRowVectors
    {
        public bool Has(int vectorIndex) => vectors[vectorIndex] is not null;

        public bool TryRead<T>(int vectorIndex, out T[] vector)
            where T : unmanaged
        {
            vector = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(vectors[vectorIndex]).ToArray();
            return Has(vectorIndex);
        }
    }

    private sealed class NoVectors : IRowVectors
    {
        public bool Has(int vectorIndex) => false;

        public bool TryRead<T>(int vectorIndex, out T[] vector)
            where T : unmanaged
        {
            vector = [];
            return false;
        }
    }
}
