using System.Buffers.Binary;

namespace Helios.Typed.Engine;

/// <summary>Counts the integer keys of a table: the next one is above every key that was ever there.</summary>
/// <remarks>After <see cref="long.MaxValue"/> the counter wraps to <see cref="long.MinValue"/>, which stands for "none left".</remarks>
internal static class KeyCounter
{
    /// <summary>The first key of a table.</summary>
    public const long First = 1;

    /// <summary>Gives the counter after a key was used.</summary>
    /// <param name="next">The counter before.</param>
    /// <param name="used">The key.</param>
    public static long After(long next, long used) => next != long.MinValue && used >= next ? unchecked(used + 1) : next;

    /// <summary>Says whether a key is one that was never there.</summary>
    public static bool IsNew(long next, long key) => next != long.MinValue && key >= next;

    /// <summary>Says whether there is a next key of a type.</summary>
    public static bool HasNext(ColumnType type, long next) => next > 0 && (type == ColumnType.Int64 || next <= int.MaxValue);

    /// <summary>Makes a key of the counter's value.</summary>
    public static HeliosKey Create(ColumnType type, long next) =>
        type == ColumnType.Int32 ? HeliosKey.Create(checked((int)next)) : HeliosKey.Create(next);

    /// <summary>Says whether keys of a type are counted.</summary>
    public static bool Counts(ColumnType type) => type is ColumnType.Int32 or ColumnType.Int64;

    /// <summary>Finds a key of a segment that its table's counter takes for one that was never there, or gives null.</summary>
    /// <exception cref="HeliosCorruptionException">The keys of the segment are damaged.</exception>
    public static long? FindUncounted(Segment segment, ColumnType type, long next)
    {
        if (!Counts(type))
        {
            return null;
        }

        // In order: the last is the highest.
        long highest = Read(type, segment.KeyOf(segment.RowCount - 1));
        return IsNew(next, highest) ? highest : null;
    }

    /// <summary>Reads a counted key of its ordered bytes.</summary>
    /// <exception cref="InvalidDataException">They are no key of the type.</exception>
    public static long Read(ColumnType type, ReadOnlySpan<byte> key) => (type, key.Length) switch
    {
        (ColumnType.Int32, sizeof(int)) => BinaryPrimitives.ReadInt32BigEndian(key) ^ int.MinValue,
        (ColumnType.Int64, sizeof(long)) => BinaryPrimitives.ReadInt64BigEndian(key) ^ long.MinValue,
        _ => throw new InvalidDataException($"{key.Length} bytes are no key of type {type}"),
    };
}
