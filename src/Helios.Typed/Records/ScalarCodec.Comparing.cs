using System.Buffers.Binary;

namespace Helios.Typed.Records;

/// <summary>Knows the widths and the order of cells.</summary>
internal static partial class ScalarCodec
{
    private const ulong TicksMask = (1UL << 62) - 1;

    /// <summary>Gives the bytes of every cell of a type, or 0 where they vary.</summary>
    public static int WidthOf(ColumnType type) => type switch
    {
        ColumnType.Boolean or ColumnType.SByte or ColumnType.Byte => 1,
        ColumnType.Int16 or ColumnType.UInt16 => 2,
        ColumnType.Int32 or ColumnType.UInt32 or ColumnType.Single or ColumnType.DateOnly => 4,
        ColumnType.Int64 or ColumnType.UInt64 or ColumnType.Double or ColumnType.DateTime or ColumnType.TimeOnly or ColumnType.TimeSpan => 8,
        ColumnType.DateTimeOffset => 10,
        ColumnType.Decimal or ColumnType.Guid => 16,
        _ => 0,
    };

    /// <summary>Says whether values of a type have an order.</summary>
    public static bool IsOrdered(ColumnType type) =>
        type is >= ColumnType.Boolean and <= ColumnType.Binary;

    /// <summary>Compares two cells by the values they hold.</summary>
    /// <remarks>
    /// Numbers by value (NaN equals itself and is above all others, as in PostgreSQL), text and byte strings by their bytes,
    /// a DateTime by its ticks whatever its kind, a DateTimeOffset by its instant.
    /// </remarks>
    public static int Compare(ColumnType type, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => type switch
    {
        ColumnType.Boolean or ColumnType.Byte => a[0].CompareTo(b[0]),
        ColumnType.SByte => ((sbyte)a[0]).CompareTo((sbyte)b[0]),
        ColumnType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(a).CompareTo(BinaryPrimitives.ReadInt16LittleEndian(b)),
        ColumnType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(a).CompareTo(BinaryPrimitives.ReadUInt16LittleEndian(b)),
        ColumnType.Int32 or ColumnType.DateOnly => BinaryPrimitives.ReadInt32LittleEndian(a).CompareTo(BinaryPrimitives.ReadInt32LittleEndian(b)),
        ColumnType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(a).CompareTo(BinaryPrimitives.ReadUInt32LittleEndian(b)),
        ColumnType.Int64 or ColumnType.TimeOnly or ColumnType.TimeSpan or ColumnType.DateTimeOffset =>
            BinaryPrimitives.ReadInt64LittleEndian(a).CompareTo(BinaryPrimitives.ReadInt64LittleEndian(b)),
        ColumnType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(a).CompareTo(BinaryPrimitives.ReadUInt64LittleEndian(b)),
        ColumnType.DateTime => (BinaryPrimitives.ReadUInt64LittleEndian(a) & TicksMask).CompareTo(BinaryPrimitives.ReadUInt64LittleEndian(b) & TicksMask),
        ColumnType.Single => CompareNumbers(BinaryPrimitives.ReadSingleLittleEndian(a), BinaryPrimitives.ReadSingleLittleEndian(b)),
        ColumnType.Double => CompareNumbers(BinaryPrimitives.ReadDoubleLittleEndian(a), BinaryPrimitives.ReadDoubleLittleEndian(b)),
        ColumnType.Decimal => ReadDecimal(a).CompareTo(ReadDecimal(b)),
        _ => a.SequenceCompareTo(b),
    };

    /// <summary>Says whether two cells hold equal values.</summary>
    public static bool Equal(ColumnType type, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => Compare(type, a, b) == 0;

    private static int CompareNumbers(double a, double b) =>
        double.IsNaN(a) || double.IsNaN(b) ? double.IsNaN(a).CompareTo(double.IsNaN(b)) : a.CompareTo(b);
}
