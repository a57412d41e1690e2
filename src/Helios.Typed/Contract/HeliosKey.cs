using System.Globalization;

namespace Helios.Typed;

/// <summary>Identifies a row: the value of its key column.</summary>
/// <remarks>
/// Typed code never needs one, because the generator emits <c>GetAsync(long id)</c> and its like for the record's own
/// key type; code that is generic over records speaks this.
/// </remarks>
public readonly struct HeliosKey : IEquatable<HeliosKey>
{
    private readonly Guid _bits;
    private readonly string? _text;

    private HeliosKey(ColumnType type, Guid bits, string? text)
    {
        Type = type;
        _bits = bits;
        _text = text;
    }

    /// <summary>Gets what the key is: Int32, Int64, Text or Guid.</summary>
    public ColumnType Type { get; }

    /// <summary>Gets whether this is an integer key of 0, which an insert replaces by the next free one.</summary>
    public bool IsUnassigned => Type is ColumnType.Int32 or ColumnType.Int64 && _bits == Guid.Empty;

    /// <summary>Makes a key of an <see cref="int"/>.</summary>
    /// <param name="value">The value.</param>
    public static HeliosKey Create(int value) => new(ColumnType.Int32, Pack(value), null);

    /// <summary>Makes a key of a <see cref="long"/>.</summary>
    /// <param name="value">The value.</param>
    public static HeliosKey Create(long value) => new(ColumnType.Int64, Pack(value), null);

    /// <summary>Makes a key of a <see cref="Guid"/>.</summary>
    /// <param name="value">The value.</param>
    public static HeliosKey Create(Guid value) => new(ColumnType.Guid, value, null);

    /// <summary>Makes a key of a string.</summary>
    /// <param name="value">The value; may be empty.</param>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null.</exception>
    public static HeliosKey Create(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new HeliosKey(ColumnType.Text, default, value);
    }

    /// <summary>Reads the key as an <see cref="int"/>.</summary>
    /// <exception cref="InvalidOperationException">The key is of another type.</exception>
    public int ToInt32() => Type == ColumnType.Int32 ? (int)Unpack() : throw WrongType("int");

    /// <summary>Reads the key as a <see cref="long"/>; an <see cref="int"/> key widens.</summary>
    /// <exception cref="InvalidOperationException">The key is of another type.</exception>
    public long ToInt64() => Type is ColumnType.Int64 or ColumnType.Int32 ? Unpack() : throw WrongType("long");

    /// <summary>Reads the key as a <see cref="Guid"/>.</summary>
    /// <exception cref="InvalidOperationException">The key is of another type.</exception>
    public Guid ToGuid() => Type == ColumnType.Guid ? _bits : throw WrongType("Guid");

    /// <summary>Reads the key as a string.</summary>
    /// <exception cref="InvalidOperationException">The key is of another type.</exception>
    public string ToText() => _text ?? throw WrongType("string");

    /// <inheritdoc/>
    public bool Equals(HeliosKey other) =>
        Type == other.Type && _bits == other._bits && string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is HeliosKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, _bits, _text);

    /// <summary>Prints the key's value; text stands in quotes.</summary>
    public override string ToString() => Type switch
    {
        ColumnType.Int32 or ColumnType.Int64 => Unpack().ToString(CultureInfo.InvariantCulture),
        ColumnType.Guid => _bits.ToString(),
        ColumnType.Text => $"'{_text}'",
        _ => "(none)",
    };

    /// <summary>Compares two keys for equality.</summary>
    /// <param name="left">One key.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(HeliosKey left, HeliosKey right) => left.Equals(right);

    /// <summary>Compares two keys for inequality.</summary>
    /// <param name="left">One key.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(HeliosKey left, HeliosKey right) => !left.Equals(right);

    private static Guid Pack(long value)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return new Guid(bytes);
    }

    private long Unpack()
    {
        Span<byte> bytes = stackalloc byte[16];
        _bits.TryWriteBytes(bytes);
        return System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    private InvalidOperationException WrongType(string wanted) =>
        new($"The key {this} is of type {Type} and cannot be read as {wanted}.");
}
