using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Keeps byte strings in chunks of native memory that never move.</summary>
/// <remarks>One writer; readers need no lock for a range that was published to them.</remarks>
internal sealed class ByteArena(NativeAllocator allocator)
{
    private const int FirstChunkBytes = 16 << 10;
    private const int MaxChunkBytes = 1 << 20;

    private NativeBuffer[] _chunks = [];
    private long _used;

    /// <summary>Gets the bytes of the chunks.</summary>
    public long Bytes { get; private set; }

    /// <summary>Makes room for a byte string, so that appending it cannot fail.</summary>
    /// <exception cref="OutOfMemoryException">There is no more memory; nothing was changed.</exception>
    public void Reserve(int bytes)
    {
        if (_chunks.Length > 0 && bytes <= _chunks[^1].Bytes - _used)
        {
            return;
        }

        // Doubling keeps a small table small; a string larger than a chunk gets one of its own.
        int next = _chunks.Length == 0 ? FirstChunkBytes : (int)Math.Min(2 * _chunks[^1].Bytes, MaxChunkBytes);
        NativeBuffer chunk = allocator.Allocate(Math.Max(bytes, next));
        Volatile.Write(ref _chunks, [.. _chunks, chunk]);
        _used = 0;
        Bytes += chunk.Bytes;
    }

    /// <summary>Copies a byte string for which there is room, right behind the one before where that was in the same reserve.</summary>
    public ArenaRange Append(ReadOnlySpan<byte> bytes)
    {
        ArenaRange range = new(_chunks.Length - 1, (int)_used, bytes.Length);
        bytes.CopyTo(_chunks[^1].AsSpan<byte>(_used, bytes.Length));
        _used += bytes.Length;
        return range;
    }

    /// <summary>Views a byte string.</summary>
    public ReadOnlySpan<byte> View(ArenaRange range) =>
        Volatile.Read(ref _chunks)[range.Chunk].AsSpan<byte>(range.Offset, range.Length);

    /// <summary>Gives the memory back, once no reader is left.</summary>
    public void Free()
    {
        foreach (NativeBuffer chunk in _chunks)
        {
            chunk.Dispose();
        }
    }
}

/// <summary>Is where a byte string stands in an arena.</summary>
internal readonly record struct ArenaRange(int Chunk, int Offset, int Length);
