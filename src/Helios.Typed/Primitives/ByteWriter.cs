using System.Buffers;
using System.Runtime.CompilerServices;

namespace Helios.Typed.Primitives;

/// <summary>Collects bytes in a pooled buffer that grows.</summary>
/// <remarks>Not thread-safe. What it hands out is valid until the next write or <see cref="Dispose"/>.</remarks>
internal sealed class ByteWriter : IDisposable
{
    private const int FirstBytes = 256;

    private byte[] _buffer = [];

    /// <summary>Gets the number of bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Gets the bytes written, open to be changed in place.</summary>
    public Span<byte> WrittenSpan => _buffer.AsSpan(0, Length);

    /// <summary>Gets the bytes written, open to be changed in place.</summary>
    public Memory<byte> WrittenMemory => _buffer.AsMemory(0, Length);

    /// <summary>Appends bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Appends one byte.</summary>
    public void WriteByte(byte value) => Take(1)[0] = value;

    /// <summary>Appends a value as it stands in memory: little-endian on every machine the library runs on.</summary>
    public void WriteValue<T>(T value)
        where T : unmanaged => Unsafe.WriteUnaligned(ref Take(Unsafe.SizeOf<T>())[0], value);

    /// <summary>Appends room for bytes that the caller fills; their content is undefined until then.</summary>
    public Span<byte> Take(int count)
    {
        if (count > _buffer.Length - Length)
        {
            Grow(count);
        }

        Span<byte> room = _buffer.AsSpan(Length, count);
        Length += count;
        return room;
    }

    /// <summary>Forgets what was written and keeps the buffer.</summary>
    public void Clear() => Length = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        Length = 0;
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private void Grow(int count)
    {
        long needed = (long)Length + count;
        if (needed > Array.MaxLength)
        {
            throw new ArgumentException($"The batch takes more than {Array.MaxLength} bytes. Write it in smaller batches.");
        }

        byte[] grown = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(Math.Max(needed, 2L * _buffer.Length), FirstBytes), Array.MaxLength));
        WrittenSpan.CopyTo(grown);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = grown;
    }
}
