using Xunit;

namespace Helios.Typed.Tests.Format;

/// <summary>Is a table's shape, read by docs/format/row.md.</summary>
internal sealed record StoredShape(string Name, int Key, StoredColumn[] Columns)
{
    public IEnumerable<StoredColumn> Vectors => Columns.Where(column => column.Dimensions > 0);

    public static StoredShape Read(ReadOnlySpan<byte> bytes)
    {
        ByteReader reader = new(bytes);
        Assert.Equal(1, reader.Byte());
        string name = reader.ShapeText();
        int key = reader.UInt16();
        Assert.InRange(reader.Byte(), 0, 1);
        var columns = new StoredColumn[reader.UInt16()];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = ReadColumn(ref reader);
        }

        Assert.Equal(0, reader.Left);
        return new StoredShape(name, key, columns);
    }

    private static StoredColumn ReadColumn(ref ByteReader reader)
    {
        ushort id = reader.UInt16();
        string name = reader.ShapeText();
        byte type = reader.Byte();
        ushort flags = reader.UInt16();
        int dimensions = 0;
        byte metric = 0;
        if ((flags & 8) != 0)
        {
            dimensions = reader.Int32();
            metric = reader.Byte();
            reader.Take(1 + 4 + 4 + 4 + 1);
        }

        if ((flags & 64) != 0)
        {
            reader.Take(reader.Int32());
        }

        byte[]? missing = (flags & 128) != 0 ? reader.Take(reader.Int32()).ToArray() : null;
        if ((flags & 256) != 0)
        {
            Assert.NotEmpty(reader.ShapeText());
        }

        return new StoredColumn(id, name, type, (flags & 1) != 0, (flags & 32) != 0, dimensions, metric, missing);
    }
}

/// <summary>Is a column as a shape has it; a metric of 0 is none.</summary>
internal sealed record StoredColumn(ushort Id, string Name, byte Type, bool IsList, bool IsDropped, int Dimensions, byte Metric, byte[]? Missing)
{
    public const byte HalfVector = 23;

    public int VectorBytes => Dimensions * (Type == HalfVector ? 2 : 4);
}
