using CsCheck;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Xunit;

namespace Helios.Typed.Tests.Records;

public sealed class ShapeCodecTests
{
    private static readonly TableShape _shape = Aged(TableDefinition.Create("tabelle_ü")
        .Key("id", ColumnType.Text)
        .Column("many", ColumnType.DateTimeOffset, nullable: true, list: true, indexed: true)
        .Column("one", ColumnType.Decimal)
        .Vector("place", new VectorColumnAttribute(65_535, Metric.InnerProduct) { M = 5, EfConstruction = 77, EfSearch = 9, Index = IndexKind.Hnsw }, nullable: true)
        .Vector("half", new VectorColumnAttribute(1), half: true)
        .Column("one_more", ColumnType.Text)
        .Default("one", 1.50m)
        .Default("one_more", "ü")
        .Build().Shape);

    [Fact]
    public void A_shape_comes_back_as_it_was()
    {
        TableShape again = ShapeCodec.Decode(ShapeCodec.Encode(_shape));
        Assert.Equal(_shape.Name, again.Name);
        Assert.Equal(_shape.KeyColumn, again.KeyColumn);
        Assert.Equal(_shape.AssignsKeys, again.AssignsKeys);
        Assert.Equal(_shape.Columns, again.Columns);
    }

    [Fact]
    public void Every_cut_is_refused_as_such()
    {
        byte[] bytes = ShapeCodec.Encode(_shape);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => ShapeCodec.Decode(bytes.AsSpan(0, length)));
        }

        Assert.Throws<InvalidDataException>(() => ShapeCodec.Decode([.. bytes, 0]));
    }

    [Fact]
    public void Changed_bytes_give_a_shape_or_are_refused_as_such()
    {
        byte[] bytes = ShapeCodec.Encode(_shape);
        for (int at = 0; at < bytes.Length; at++)
        {
            foreach (byte mask in new byte[] { 0x01, 0x0F, 0x80, 0xFF })
            {
                byte[] changed = [.. bytes];
                changed[at] ^= mask;
                DecodesOrIsRefused(changed);
            }
        }

        Gen.Byte.Array[0, 80].Sample(random => DecodesOrIsRefused([1, .. random]));
    }

    [Fact]
    public void A_name_of_a_negative_length_is_refused_as_such() =>
        Assert.Throws<InvalidDataException>(() => ShapeCodec.Decode([1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0, 0, 0, 0, 0]));

    [Fact]
    public void Shapes_that_no_table_can_have_are_refused()
    {
        Refused(_shape with { KeyColumn = 9 });
        Refused(_shape with { KeyColumn = 2 });
        Refused(_shape with { Name = "" });
        Refused(Changed(0, column => column with { IsNullable = true }));
        Refused(Changed(1, column => column with { Id = 1 }));
        Refused(Changed(1, column => column with { Id = 0 }));
        Refused(Changed(1, column => column with { Name = "ONE" }));
        Refused(Changed(3, column => column with { Vector = column.Vector! with { Dimensions = 0 } }));
        Refused(Changed(3, column => column with { Vector = column.Vector! with { MaxConnections = -1 } }));
        Refused(Changed(3, column => column with { Vector = null }));
        Refused(Changed(2, column => column with { Type = (ColumnType)99 }));
    }

    private static TableShape Changed(int place, Func<ColumnShape, ColumnShape> change) =>
        _shape with { Columns = [.. _shape.Columns.Select((column, i) => i == place ? change(column) : column)] };

    private static void Refused(TableShape shape) => Assert.Throws<InvalidDataException>(() => ShapeCodec.Decode(ShapeCodec.Encode(shape)));

    private static void DecodesOrIsRefused(byte[] bytes)
    {
        try
        {
            TableShape shape = ShapeCodec.Decode(bytes);
            Assert.InRange(shape.KeyColumn, 0, shape.Columns.Count - 1);
        }
        catch (InvalidDataException)
        {
        }
    }

    // What a shape gathers over the years.
    private static TableShape Aged(TableShape shape)
    {
        ColumnShape[] columns = [.. shape.Columns];
        columns[2] = columns[2] with { Missing = columns[2].Default, HasGaps = true, FormerName = "before" };
        return SchemaEvolution.WithoutColumn(shape with { Columns = columns }, columns[3].Id);
    }
}
