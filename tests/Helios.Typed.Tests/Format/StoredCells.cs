using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Helios.Typed.Tests.Format;

/// <summary>Reads keys, rows, cells and lists by docs/format/row.md.</summary>
internal static class StoredCells
{
    /// <summary>Gives a row's cells by column id.</summary>
    public static Dictionary<ushort, byte[]> ReadRow(ReadOnlySpan<byte> row)
    {
        ByteReader reader = new(row);
        if (reader.UInt16() != 1)
        {
            throw new InvalidDataException("another version of rows");
        }

        ushort[] ids = new ushort[reader.UInt16()];
        foreach (ref ushort id in ids.AsSpan())
        {
            id = reader.UInt16();
        }

        uint[] ends = new uint[ids.Length];
        foreach (ref uint end in ends.AsSpan())
        {
            end = reader.UInt32();
        }

        ReadOnlySpan<byte> cells = reader.Rest();
        Dictionary<ushort, byte[]> found = [];
        for (int i = 0; i < ids.Length; i++)
        {
            found.Add(ids[i], cells[(i == 0 ? 0 : (int)ends[i - 1])..(int)ends[i]].ToArray());
        }

        return found;
    }

    public static object ReadKey(byte type, ReadOnlySpan<byte> key) => type switch
    {
        6 => BinaryPrimitives.ReadInt32BigEndian(key) ^ int.MinValue,
        8 => BinaryPrimitives.ReadInt64BigEndian(key) ^ long.MinValue,
        14 => new Guid(key, bigEndian: true),
        13 => ReadTextKey(key),
        _ => throw new InvalidDataException($"a key of type {type}"),
    };

    /// <summary>Gives a key's value as a cell has it.</summary>
    public static byte[] CellOfKey(byte type, ReadOnlySpan<byte> key) => ReadKey(type, key) switch
    {
        int number => BitConverter.GetBytes(number),
        long number => BitConverter.GetBytes(number),
        Guid => key.ToArray(),
        string text => Encoding.UTF8.GetBytes(text),
        var other => throw new InvalidDataException($"a key that is {other}"),
    };

    public static int WidthOf(byte type) => type switch
    {
        1 or 2 or 3 => 1,
        4 or 5 => 2,
        6 or 7 or 10 or 17 => 4,
        8 or 9 or 11 or 15 or 18 or 19 => 8,
        12 or 14 => 16,
        16 => 10,
        _ => 0,
    };

    public static object ReadCell(byte type, ReadOnlySpan<byte> cell) => type switch
    {
        1 => cell[0] == 1,
        2 => (sbyte)cell[0],
        3 => cell[0],
        4 => BinaryPrimitives.ReadInt16LittleEndian(cell),
        5 => BinaryPrimitives.ReadUInt16LittleEndian(cell),
        6 => BinaryPrimitives.ReadInt32LittleEndian(cell),
        7 => BinaryPrimitives.ReadUInt32LittleEndian(cell),
        8 => BinaryPrimitives.ReadInt64LittleEndian(cell),
        9 => BinaryPrimitives.ReadUInt64LittleEndian(cell),
        10 => BinaryPrimitives.ReadSingleLittleEndian(cell),
        11 => BinaryPrimitives.ReadDoubleLittleEndian(cell),
        12 => new decimal(Enumerable.Range(0, 4).Select(Words(cell)).ToArray()),
        13 => Encoding.UTF8.GetString(cell),
        14 => new Guid(cell, bigEndian: true),
        15 => new DateTime((long)(BinaryPrimitives.ReadUInt64LittleEndian(cell) & ((1UL << 62) - 1)), (cell[7] >> 6) == 1 ? DateTimeKind.Utc : DateTimeKind.Unspecified),
        16 => new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(cell), TimeSpan.Zero).ToOffset(TimeSpan.FromMinutes(BinaryPrimitives.ReadInt16LittleEndian(cell[8..]))),
        17 => DateOnly.MinValue.AddDays(BinaryPrimitives.ReadInt32LittleEndian(cell)),
        18 => new TimeOnly(BinaryPrimitives.ReadInt64LittleEndian(cell)),
        19 => new TimeSpan(BinaryPrimitives.ReadInt64LittleEndian(cell)),
        20 => cell.ToArray(),
        21 => JsonElement.Parse(cell),
        _ => throw new InvalidDataException($"a cell of type {type}"),
    };

    public static object?[] ReadList(byte type, ReadOnlySpan<byte> cell)
    {
        ByteReader reader = new(cell);
        int count = (int)reader.UInt32();
        bool hasNulls = reader.Byte() == 1;
        byte[] nulls = hasNulls ? reader.Take((count + 7) / 8).ToArray() : new byte[(count + 7) / 8];
        int width = WidthOf(type);
        int[] ends = new int[count];
        for (int i = 0; i < count; i++)
        {
            ends[i] = width > 0 ? width * (i + 1) : (int)reader.UInt32();
        }

        ReadOnlySpan<byte> elements = reader.Rest();
        object?[] values = new object?[count];
        for (int i = 0; i < count; i++)
        {
            bool isNull = (nulls[i / 8] >> (i % 8) & 1) != 0;
            values[i] = isNull ? null : ReadCell(type, elements[(i == 0 ? 0 : ends[i - 1])..ends[i]]);
        }

        return values;
    }

    public static Array ReadVector(byte type, ReadOnlySpan<byte> elements) => type == StoredColumn.HalfVector
        ? MemoryMarshal.Cast<byte, Half>(elements).ToArray()
        : MemoryMarshal.Cast<byte, float>(elements).ToArray();

    private static Func<int, int> Words(ReadOnlySpan<byte> cell)
    {
        byte[] bytes = cell.ToArray();
        return i => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(i * 4));
    }

    private static string ReadTextKey(ReadOnlySpan<byte> key)
    {
        List<byte> text = [];
        int at = 0;
        while (key[at] != 0 || key[at + 1] == 0xFF)
        {
            text.Add(key[at]);
            at += key[at] == 0 ? 2 : 1;
        }

        return key[at + 1] == 1 && at + 2 == key.Length ? Encoding.UTF8.GetString([.. text]) : throw new InvalidDataException("a key without an end");
    }
}
