namespace Helios.Typed;

/// <summary>Names what one value of a column is, or, for an array column, what one element is.</summary>
/// <remarks>The numeric values are stored in databases and never change.</remarks>
public enum ColumnType
{
    /// <summary><see cref="bool"/>, one byte.</summary>
    Boolean = 1,

    /// <summary><see cref="sbyte"/>, one byte.</summary>
    SByte = 2,

    /// <summary><see cref="byte"/>, one byte.</summary>
    Byte = 3,

    /// <summary><see cref="short"/>, two bytes.</summary>
    Int16 = 4,

    /// <summary><see cref="ushort"/>, two bytes.</summary>
    UInt16 = 5,

    /// <summary><see cref="int"/>, four bytes.</summary>
    Int32 = 6,

    /// <summary><see cref="uint"/>, four bytes.</summary>
    UInt32 = 7,

    /// <summary><see cref="long"/>, eight bytes.</summary>
    Int64 = 8,

    /// <summary><see cref="ulong"/>, eight bytes.</summary>
    UInt64 = 9,

    /// <summary><see cref="float"/>, four bytes.</summary>
    Single = 10,

    /// <summary><see cref="double"/>, eight bytes.</summary>
    Double = 11,

    /// <summary><see cref="decimal"/>, sixteen bytes; the scale is kept.</summary>
    Decimal = 12,

    /// <summary><see cref="string"/> as UTF-8; ordered by its bytes (PostgreSQL's <c>COLLATE "C"</c>).</summary>
    Text = 13,

    /// <summary><see cref="System.Guid"/>, sixteen bytes, ordered as it prints.</summary>
    Guid = 14,

    /// <summary><see cref="System.DateTime"/> of kind Utc or Unspecified, 100 ns ticks; kind Local is refused.</summary>
    DateTime = 15,

    /// <summary><see cref="System.DateTimeOffset"/>: UTC ticks and the offset, both kept; ordered by the instant.</summary>
    DateTimeOffset = 16,

    /// <summary><c>DateOnly</c>, four bytes.</summary>
    DateOnly = 17,

    /// <summary><c>TimeOnly</c>, eight bytes.</summary>
    TimeOnly = 18,

    /// <summary><see cref="System.TimeSpan"/>, eight bytes.</summary>
    TimeSpan = 19,

    /// <summary>A byte string (<c>byte[]</c>).</summary>
    Binary = 20,

    /// <summary>A JSON value (<c>System.Text.Json.JsonElement</c>), kept as the text it was written with.</summary>
    Json = 21,

    /// <summary>A vector of <see cref="float"/> with a fixed number of dimensions.</summary>
    Vector = 22,

    /// <summary>A vector of <c>System.Half</c> with a fixed number of dimensions.</summary>
    HalfVector = 23,
}
