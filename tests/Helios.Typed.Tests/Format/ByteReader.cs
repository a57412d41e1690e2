using System.Buffers.Binary;
using System.Text;

namespace Helios.Typed.Tests.Format;

/// <summary>Reads little-endian numbers one after another; an end that comes too early is a failure.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    public readonly int Left => _left.Length;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public ReadOnlySpan<byte> Take(int count)
    {
        ReadOnlySpan<byte> taken = _left[..count];
        _left = _left[count..];
        return taken;
    }

    public ReadOnlySpan<byte> Rest() => Take(_left.Length);

    /// <summary>Bytes with their uint32 length before them.</summary>
    public ReadOnlySpan<byte> Bytes() => Take(checked((int)UInt32()));

    /// <summary>A file name: a uint16 length and UTF-8.</summary>
    public string FileName() => Encoding.UTF8.GetString(Take(UInt16()));

    /// <summary>A text of a shape: a length in groups of seven bits and UTF-8.</summary>
    public string ShapeText()
    {
        int length = 0;
        byte group;
        int shift = 0;
        do
        {
            group = Byte();
            length |= (group & 0x7F) << shift;
            shift += 7;
        }
        while (group >= 0x80);

        return Encoding.UTF8.GetString(Take(length));
    }
}
