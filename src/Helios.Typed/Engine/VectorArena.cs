using System.Numerics;
using Helios.Typed.Indexing;
using Helios.Typed.Primitives;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Keeps the vectors of one column of a memtable in chunks of shape [chunk slots, dimensions] that never move.</summary>
/// <remarks>
/// One writer, readers without a lock: a vector is whole before the count that shows it. While every row has a vector, slot
/// and ordinal are the same; the first row without one brings the two maps between them.
/// </remarks>
internal sealed class VectorArena(ColumnShape column, NativeAllocator allocator)
{
    private const int TargetChunkBytes = 128 << 10;
    private const int NoSlot = -1;

    private readonly VectorShape _shape = column.Vector!;
    private readonly bool _isHalf = column.Type == ColumnType.HalfVector;
    private readonly int _chunkSlots = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, TargetChunkBytes / VectorBytesOf(column)));
    private NativeBuffer[] _chunks = [];
    private NativeBuffer[] _inverseNorms = [];
    private int[]? _ordinals;
    private int[]? _slots;
    private int _count;

    /// <summary>Gets the bytes of one vector.</summary>
    public int VectorBytes { get; } = VectorBytesOf(column);

    /// <summary>Gets the bytes of the chunks and the maps.</summary>
    public long Bytes { get; private set; }

    /// <summary>Gives the bytes of one vector of a column.</summary>
    public static int VectorBytesOf(ColumnShape column) =>
        column.Vector!.Dimensions * (column.Type == ColumnType.HalfVector ? 2 : sizeof(float));

    /// <summary>Takes the memory that so many vectors more will need.</summary>
    /// <exception cref="OutOfMemoryException">There is no more memory; what readers see was not changed.</exception>
    public void Plan(int vectors)
    {
        while (_count + (long)vectors > (long)_chunks.Length * _chunkSlots)
        {
            AddChunk();
        }
    }

    /// <summary>Makes room for one more row, so that appending it cannot fail.</summary>
    /// <param name="ordinal">The row.</param>
    /// <param name="isPresent">Whether it has a vector.</param>
    /// <exception cref="OutOfMemoryException">There is no more memory; what readers see was not changed.</exception>
    public void Reserve(int ordinal, bool isPresent)
    {
        if (isPresent && _count == _chunks.Length * _chunkSlots)
        {
            AddChunk();
        }

        if (_ordinals is null && !isPresent)
        {
            int[] identity = [.. Enumerable.Range(0, Math.Max(ordinal + 1, 16))];
            _slots = (int[])identity.Clone();
            Volatile.Write(ref _ordinals, identity);
            Bytes += 2L * identity.Length * sizeof(int);
        }

        if (_ordinals is { } ordinals && ordinal >= ordinals.Length)
        {
            int[] slots = _slots!;
            Array.Resize(ref slots, 2 * slots.Length);
            Array.Resize(ref ordinals, slots.Length);
            Volatile.Write(ref _slots, slots);
            Volatile.Write(ref _ordinals, ordinals);
            Bytes += slots.Length * (long)sizeof(int);
        }
    }

    /// <summary>Appends the vector of a row, or none, where there is room.</summary>
    /// <param name="ordinal">The row: the one after the last.</param>
    /// <param name="vector">The elements' bytes, or empty.</param>
    public void Append(int ordinal, ReadOnlySpan<byte> vector)
    {
        if (_slots is { } slots)
        {
            slots[ordinal] = vector.IsEmpty ? NoSlot : _count;
        }

        if (vector.IsEmpty)
        {
            return;
        }

        int chunk = _count / _chunkSlots;
        int place = _count % _chunkSlots;
        vector.CopyTo(_chunks[chunk].AsSpan<byte>((long)place * VectorBytes, VectorBytes));
        if (_shape.Metric == Metric.Cosine)
        {
            _inverseNorms[chunk].AsSpan<float>(place * sizeof(float), 1)[0] = InverseNorm.Of(vector, _isHalf);
        }

        if (_ordinals is { } ordinals)
        {
            ordinals[_count] = ordinal;
        }

        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Finds the vector of a row that was published.</summary>
    public bool TryGet(int ordinal, out ReadOnlySpan<byte> vector)
    {
        int[]? slots = Volatile.Read(ref _slots);
        int slot = slots is null ? ordinal : slots[ordinal];
        vector = slot == NoSlot ? default
            : Volatile.Read(ref _chunks)[slot / _chunkSlots].AsSpan<byte>((long)(slot % _chunkSlots) * VectorBytes, VectorBytes);
        return slot != NoSlot;
    }

    /// <summary>Gives the vectors appended so far.</summary>
    public VectorView View()
    {
        // The count first: the chunks and the map that are read after it reach at least as far.
        int count = Volatile.Read(ref _count);
        int[]? ordinals = Volatile.Read(ref _ordinals);
        NativeBuffer[] chunks = Volatile.Read(ref _chunks);
        NativeBuffer[]? norms = _shape.Metric == Metric.Cosine ? Volatile.Read(ref _inverseNorms) : null;
        return new VectorView(new VectorBlock(chunks, norms, _chunkSlots, count, _shape.Dimensions, _isHalf, _shape.Metric), ordinals, Graph: null);
    }

    /// <summary>Gives the memory back, once no reader is left.</summary>
    public void Free()
    {
        foreach (NativeBuffer chunk in _chunks.Concat(_inverseNorms))
        {
            chunk.Dispose();
        }
    }

    private void AddChunk()
    {
        if (_shape.Metric == Metric.Cosine && _inverseNorms.Length == _chunks.Length)
        {
            NativeBuffer norms = allocator.Allocate((long)_chunkSlots * sizeof(float));
            Volatile.Write(ref _inverseNorms, [.. _inverseNorms, norms]);
            Bytes += norms.Bytes;
        }

        NativeBuffer chunk = allocator.AllocateUninitialized((long)_chunkSlots * VectorBytes);
        Volatile.Write(ref _chunks, [.. _chunks, chunk]);
        Bytes += chunk.Bytes;
    }
}
