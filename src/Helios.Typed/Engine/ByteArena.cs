using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Keeps byte strings in chunks of native memory that never move.</summary>
/// <remarks>One writer; readers need no lock for a range that was published to them.</remarks>
internal sealed class ByteArena(NativeAllocator allocator)
{
    private const int FirstChunkBytes = 16 << 10;
    private const int MaxChunkBytes = 1 << 20;

    private readonly Queue<NativeBuffer> _ahead = new();
    private NativeBuffer[] _chunks = [];
    private long _used;
    private long _plannedRoom;
    private long _plannedBytes;

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

        NativeBuffer chunk = _ahead.Count > 0 && _ahead.Peek().Bytes >= bytes
            ? _ahead.Dequeue()
            : allocator.AllocateUninitialized(NextChunkBytes(bytes, _chunks.Length == 0 ? 0 : _chunks[^1].Bytes));
        Volatile.Write(ref _chunks, [.. _chunks, chunk]);
        _used = 0;
        Bytes += chunk.Bytes;
    }

    /// <summary>Begins to plan for byte strings that will be reserved and appended one after the other.</summary>
    public void BeginPlan()
    {
        // What was planned before and not used was for strings that never came.
        FreeAhead();
        _plannedRoom = _chunks.Length == 0 ? 0 : _chunks[^1].Bytes - _used;
        _plannedBytes = _chunks.Length == 0 ? 0 : _chunks[^1].Bytes;
    }

    /// <summary>Takes the memory that reserving the next byte string will need.</summary>
    /// <exception cref="OutOfMemoryException">There is no more memory.</exception>
    public void Plan(int bytes)
    {
        if (_plannedBytes == 0 || bytes > _plannedRoom)
        {
            NativeBuffer chunk = allocator.AllocateUninitialized(NextChunkBytes(bytes, _plannedBytes));
            _ahead.Enqueue(chunk);
            (_plannedRoom, _plannedBytes) = (chunk.Bytes, chunk.Bytes);
        }

        _plannedRoom -= bytes;
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
        FreeAhead();
        foreach (NativeBuffer chunk in _chunks)
        {
            chunk.Dispose();
        }
    }

    // Doubling keeps a small table small; a string larger than a chunk gets one of its own.
    private static long NextChunkBytes(int bytes, long before) =>
        Math.Max(bytes, before == 0 ? FirstChunkBytes : Math.Min(2 * before, MaxChunkBytes));

    private void FreeAhead()
    {
        while (_ahead.TryDequeue(out NativeBuffer? chunk))
        {
            chunk.Dispose();
        }
    }
}

/// <summary>Is where a byte string stands in an arena.</summary>
internal readonly record struct ArenaRange(int Chunk, int Offset, int Length);
