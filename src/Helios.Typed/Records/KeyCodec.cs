using System.Buffers.Binary;
using System.Text;
using Helios.Typed.Schema;

namespace Helios.Typed.Records;

/// <summary>Turns keys into bytes whose order is the keys' order.</summary>
/// <remarks>
/// Integers: big-endian with the sign bit flipped. Guid: as it prints. Text: UTF-8 in which a zero byte is written
/// <c>00 FF</c>, ended by <c>00 01</c>, so that one key is never the beginning of another and parts can stand side by side.
/// </remarks>
internal static class KeyCodec
{
    private const byte Escape = 0x00;
    private const byte EscapedZero = 0xFF;
    private const byte End = 0x01;

    private static readonly UTF8Encoding _strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Makes a key's bytes.</summary>
    /// <exception cref="ArgumentException">The key is text with half a surrogate pair or too long, or no key at all.</exception>
    public static byte[] Encode(HeliosKey key)
    {
        switch (key.Type)
        {
            case ColumnType.Int32:
                byte[] narrow = new byte[sizeof(int)];
                BinaryPrimitives.WriteInt32BigEndian(narrow, key.ToInt32() ^ int.MinValue);
                return narrow;
            case ColumnType.Int64:
                byte[] wide = new byte[sizeof(long)];
                BinaryPrimitives.WriteInt64BigEndian(wide, key.ToInt64() ^ long.MinValue);
                return wide;
            case ColumnType.Guid:
                return key.ToGuid().ToByteArray(bigEndian: true);
            case ColumnType.Text:
                return EncodeText(key.ToText());
            default:
                throw new ArgumentException("The key is empty: a default HeliosKey names no row.", nameof(key));
        }
    }

    /// <summary>Reads a key's bytes.</summary>
    /// <exception cref="InvalidDataException">They are no key of the type.</exception>
    public static HeliosKey Decode(ColumnType type, ReadOnlySpan<byte> bytes) => (type, bytes.Length) switch
    {
        (ColumnType.Int32, sizeof(int)) => HeliosKey.Create(BinaryPrimitives.ReadInt32BigEndian(bytes) ^ int.MinValue),
        (ColumnType.Int64, sizeof(long)) => HeliosKey.Create(BinaryPrimitives.ReadInt64BigEndian(bytes) ^ long.MinValue),
        (ColumnType.Guid, 16) => HeliosKey.Create(new Guid(bytes, bigEndian: true)),
        (ColumnType.Text, >= 2) => HeliosKey.Create(DecodeText(bytes)),
        _ => throw new InvalidDataException($"{bytes.Length} bytes are no key of type {type}"),
    };

    /// <summary>Makes the cell of a key, for filters that name the key column.</summary>
    public static byte[] CellOf(HeliosKey key) => key.Type switch
    {
        ColumnType.Int32 => ScalarCodec.EncodeObject(ColumnType.Int32, key.ToInt32()),
        ColumnType.Int64 => ScalarCodec.EncodeObject(ColumnType.Int64, key.ToInt64()),
        ColumnType.Guid => ScalarCodec.EncodeObject(ColumnType.Guid, key.ToGuid()),
        _ => ScalarCodec.EncodeObject(ColumnType.Text, key.ToText()),
    };

    /// <summary>Makes the cell of a key's bytes.</summary>
    /// <param name="type">The key's type.</param>
    /// <param name="key">The bytes.</param>
    /// <param name="buffer">Takes the cell where it differs from the key's own bytes; grown where it is too small.</param>
    /// <exception cref="InvalidDataException">They are no key of the type.</exception>
    public static ReadOnlySpan<byte> CellOf(ColumnType type, ReadOnlySpan<byte> key, ref byte[] buffer)
    {
        switch (type, key.Length)
        {
            case (ColumnType.Guid, 16):
                return key;
            case (ColumnType.Int32, sizeof(int)):
                buffer = buffer.Length < sizeof(long) ? new byte[sizeof(long)] : buffer;
                BinaryPrimitives.WriteInt32LittleEndian(buffer, BinaryPrimitives.ReadInt32BigEndian(key) ^ int.MinValue);
                return buffer.AsSpan(0, sizeof(int));
            case (ColumnType.Int64, sizeof(long)):
                buffer = buffer.Length < sizeof(long) ? new byte[sizeof(long)] : buffer;
                BinaryPrimitives.WriteInt64LittleEndian(buffer, BinaryPrimitives.ReadInt64BigEndian(key) ^ long.MinValue);
                return buffer.AsSpan(0, sizeof(long));
            case (ColumnType.Text, >= 2) when key.IndexOf(Escape) == key.Length - 2:
                return key[..^2];
            default:
                return CellOf(Decode(type, key));
        }
    }

    private static byte[] EncodeText(string text)
    {
        byte[] utf8;
        try
        {
            utf8 = _strictUtf8.GetBytes(text);
        }
        catch (EncoderFallbackException error)
        {
            throw new ArgumentException($"The key has half a surrogate pair at index {error.Index}, which UTF-8 cannot hold.", error);
        }

        int length = utf8.Length + utf8.AsSpan().Count(Escape) + 2;
        if (length > RowFormat.MaxKeyBytes)
        {
            throw new ArgumentException($"The key takes {length} bytes, and a key takes up to {RowFormat.MaxKeyBytes}. Use a shorter one, such as a hash of it.");
        }

        byte[] bytes = new byte[length];
        int at = 0;
        foreach (byte b in utf8)
        {
            bytes[at++] = b;
            if (b == Escape)
            {
                bytes[at++] = EscapedZero;
            }
        }

        bytes[at] = Escape;
        bytes[at + 1] = End;
        return bytes;
    }

    private static string DecodeText(ReadOnlySpan<byte> bytes)
    {
        if (bytes[^2] != Escape || bytes[^1] != End)
        {
            throw new InvalidDataException("a text key has no end");
        }

        byte[] utf8 = new byte[bytes.Length - 2];
        int length = 0;
        for (int i = 0; i < bytes.Length - 2; i++)
        {
            utf8[length++] = bytes[i];
            if (bytes[i] == Escape && bytes[++i] != EscapedZero)
            {
                throw new InvalidDataException("a text key has an unknown escape");
            }
        }

        try
        {
            return _strictUtf8.GetString(utf8, 0, length);
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidDataException("a text key is not UTF-8", error);
        }
    }
}
