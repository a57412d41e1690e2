using System.Text;
using Helios.Typed.Primitives;
using Helios.Typed.Schema;

namespace Helios.Typed.Records;

/// <summary>Turns a table's shape into the bytes that the catalog and the log keep, and back.</summary>
/// <remarks>
/// <code>
/// version u8 | name | key column u16 | flags u8 (1 assigns keys) | columns u16 | column…
/// column   id u16 | name | type u8 | flags u16 | [vector] | [default] | [missing] | [former name]
///          flags: 1 array, 2 nullable, 4 indexed, 8 vector, 16 has gaps, 32 dropped, 64 default, 128 missing, 256 former name
/// vector   dimensions i32 | metric u8 | index u8 | M i32 | efConstruction i32 | efSearch i32 | quantization u8
/// default, missing   bytes i32 | a cell
/// name     bytes, 7 bits each with the high bit set on all but the last | UTF-8
/// </code>
/// </remarks>
internal static class ShapeCodec
{
    private const byte Version = 1;
    private const byte AssignsKeys = 1;
    private const ushort IsArray = 1;
    private const ushort IsNullable = 2;
    private const ushort IsIndexed = 4;
    private const ushort IsVector = 8;
    private const ushort HasGaps = 16;
    private const ushort IsDropped = 32;
    private const ushort HasDefault = 64;
    private const ushort HasMissing = 128;
    private const ushort HasFormerName = 256;
    private const ushort KnownFlags = (HasFormerName << 1) - 1;

    private static readonly UTF8Encoding _strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes a shape.</summary>
    public static byte[] Encode(TableShape shape)
    {
        using MemoryStream bytes = new();
        using BinaryWriter writer = new(bytes, _strictUtf8);
        writer.Write(Version);
        writer.Write(shape.Name);
        writer.Write(checked((ushort)shape.KeyColumn));
        writer.Write(shape.AssignsKeys ? AssignsKeys : (byte)0);
        writer.Write(checked((ushort)shape.Columns.Count));
        foreach (ColumnShape column in shape.Columns)
        {
            Write(writer, column);
        }

        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>Reads a shape.</summary>
    /// <exception cref="InvalidDataException">The bytes are no shape of a version this library knows.</exception>
    public static TableShape Decode(ReadOnlySpan<byte> bytes)
    {
        using MemoryStream stream = new(bytes.ToArray());
        using BinaryReader reader = new(stream, _strictUtf8);
        try
        {
            byte version = reader.ReadByte();
            if (version != Version)
            {
                throw UnknownVersion.Of("a table's shape", version, Version);
            }

            string name = reader.ReadString();
            int keyColumn = reader.ReadUInt16();
            bool assignsKeys = (reader.ReadByte() & AssignsKeys) != 0;
            var columns = new ColumnShape[reader.ReadUInt16()];
            for (int i = 0; i < columns.Length; i++)
            {
                columns[i] = Read(reader);
            }

            string? problem = stream.Position < stream.Length ? "is longer than its columns" : FindProblem(name, columns, keyColumn);
            return problem is null
                ? new TableShape(name, columns, keyColumn, assignsKeys)
                : throw new InvalidDataException($"a table's shape {problem}");
        }
        catch (Exception error) when (error is IOException or FormatException or ArgumentException)
        {
            throw new InvalidDataException("a table's shape is cut short", error);
        }
    }

    private static void Write(BinaryWriter writer, ColumnShape column)
    {
        writer.Write(checked((ushort)column.Id));
        writer.Write(column.Name);
        writer.Write((byte)column.Type);
        writer.Write(FlagsOf(column));
        if (column.Vector is { } vector)
        {
            writer.Write(vector.Dimensions);
            writer.Write((byte)vector.Metric);
            writer.Write((byte)vector.Index);
            writer.Write(vector.MaxConnections);
            writer.Write(vector.ConstructionBeam);
            writer.Write(vector.SearchBeam);
            writer.Write((byte)vector.Quantization);
        }

        Write(writer, column.Default);
        Write(writer, column.Missing);
        if (column.FormerName is { } formerName)
        {
            writer.Write(formerName);
        }
    }

    private static void Write(BinaryWriter writer, ConstantCell? cell)
    {
        if (cell is not null)
        {
            writer.Write(cell.Bytes.Length);
            writer.Write(cell.Bytes);
        }
    }

    private static ushort FlagsOf(ColumnShape column)
    {
        int flags = (column.IsArray ? IsArray : 0)
            | (column.IsNullable ? IsNullable : 0)
            | (column.IsIndexed ? IsIndexed : 0)
            | (column.Vector is null ? 0 : IsVector)
            | (column.HasGaps ? HasGaps : 0)
            | (column.IsDropped ? IsDropped : 0)
            | (column.Default is null ? 0 : HasDefault)
            | (column.Missing is null ? 0 : HasMissing)
            | (column.FormerName is null ? 0 : HasFormerName);
        return (ushort)flags;
    }

    private static ColumnShape Read(BinaryReader reader)
    {
        int id = reader.ReadUInt16();
        string name = reader.ReadString();
        ColumnType type = Known((ColumnType)reader.ReadByte());
        ushort flags = reader.ReadUInt16();
        if ((flags & ~KnownFlags) != 0)
        {
            throw new InvalidDataException($"column '{name}' has the unknown flags {flags}");
        }

        VectorShape? vector = null;
        if ((flags & IsVector) != 0)
        {
            vector = new VectorShape(
                reader.ReadInt32(),
                Known((Metric)reader.ReadByte()),
                Known((IndexKind)reader.ReadByte()),
                reader.ReadInt32(),
                reader.ReadInt32(),
                reader.ReadInt32(),
                Known((Quantization)reader.ReadByte()));
            if (vector.Dimensions is < 1 or > VectorShape.MaxDimensions || vector.MaxConnections < 1 || vector.ConstructionBeam < 1 || vector.SearchBeam < 1)
            {
                throw new InvalidDataException($"column '{name}' has {vector.Dimensions} dimensions, M {vector.MaxConnections} and beams of {vector.ConstructionBeam} and {vector.SearchBeam}");
            }
        }

        bool isVectorType = type is ColumnType.Vector or ColumnType.HalfVector;
        if (isVectorType != vector is not null)
        {
            throw new InvalidDataException($"column '{name}' is a vector without settings, or has settings without being one");
        }

        return new ColumnShape(id, name, type, (flags & IsArray) != 0, (flags & IsNullable) != 0, (flags & IsIndexed) != 0, vector)
        {
            HasGaps = (flags & HasGaps) != 0,
            IsDropped = (flags & IsDropped) != 0,
            Default = (flags & HasDefault) != 0 ? ReadCell(reader, name, type, flags) : null,
            Missing = (flags & HasMissing) != 0 ? ReadCell(reader, name, type, flags) : null,
            FormerName = (flags & HasFormerName) != 0 ? reader.ReadString() : null,
        };
    }

    private static ConstantCell ReadCell(BinaryReader reader, string column, ColumnType type, ushort flags)
    {
        int length = reader.ReadInt32();
        if ((flags & (IsArray | IsVector | IsNullable)) != 0 || length < 0 || length > reader.BaseStream.Length - reader.BaseStream.Position)
        {
            throw new InvalidDataException($"column '{column}' has a constant of {length} bytes, which it cannot have");
        }

        byte[] cell = reader.ReadBytes(length);
        ScalarCodec.DecodeObject(type, cell);
        return new ConstantCell(cell);
    }

    // What the rest of the library takes for granted of a shape.
    private static string? FindProblem(string name, ColumnShape[] columns, int keyColumn)
    {
        if (name.Length == 0 || keyColumn >= columns.Length)
        {
            return $"has the name '{name}' and column {keyColumn} of {columns.Length} for a key";
        }

        ColumnShape key = columns[keyColumn];
        if (key.IsArray || key.IsNullable || key.IsDropped || key.Type is not (ColumnType.Int32 or ColumnType.Int64 or ColumnType.Text or ColumnType.Guid))
        {
            return $"has the key '{key.Name}', which cannot be one";
        }

        HashSet<int> ids = [0];
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase) { "" };
        ColumnShape? repeated = columns.FirstOrDefault(column => !ids.Add(column.Id) | (!column.IsDropped && !names.Add(column.Name)));
        return repeated is null ? null : $"has no id or name of its own for column '{repeated.Name}'";
    }

    private static T Known<T>(T value)
        where T : struct, Enum =>
        Enum.IsDefined(value) ? value : throw new InvalidDataException($"a column has the unknown {typeof(T).Name} {value}");
}
