using System.Runtime.CompilerServices;
using Helios.Typed.Primitives;
using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Holds the rows of one table that are in no segment yet.</summary>
/// <remarks>
/// One writer, any number of readers without a lock: a row is whole before the count that shows it is published. Nothing that
/// was published moves: rows and keys lie in arenas, the rest in pages. Versions of a key are chained, newest first.
/// </remarks>
internal sealed class Memtable : RowSource
{
    private const int PageBits = 10;
    private const int PageRows = 1 << PageBits;

    private readonly ByteArena _bytes;
    private readonly VectorArena[] _vectors;
    private readonly MemtableIndex _index;
    private readonly MemoryBudget? _budget;
    private long _countedBytes;
    private RowEntry[][] _pages = [];
    private int _count;
    private int _ended;
    private ulong _first;
    private ulong _last;

    /// <summary>Creates an empty memtable.</summary>
    /// <param name="schema">The table.</param>
    /// <param name="allocator">Gives native memory.</param>
    /// <param name="budget">Is told of it, or null; whoever writes has seen to it that there is room.</param>
    public Memtable(TableSchema schema, NativeAllocator allocator, MemoryBudget? budget = null)
    {
        _budget = budget;
        Schema = schema;
        _bytes = new ByteArena(allocator);
        _vectors = [.. schema.VectorColumns.Select(column => new VectorArena(column, allocator))];
        _index = new MemtableIndex(this);
    }

    /// <summary>Gets the table as it was when the memtable began; its vector columns are those that <see cref="Add"/> takes.</summary>
    public TableSchema Schema { get; }

    /// <summary>Gets the bytes that rows, keys and vectors take, room to grow included.</summary>
    public long Bytes
    {
        get
        {
            long bytes = _bytes.Bytes + _index.Bytes + ((long)_pages.Length * PageRows * Unsafe.SizeOf<RowEntry>());
            foreach (VectorArena vectors in _vectors)
            {
                bytes += vectors.Bytes;
            }

            return bytes;
        }
    }

    /// <summary>Gets the lowest and highest sequence at which a row in it began; 0 while it is empty.</summary>
    public (SequenceNumber First, SequenceNumber Last) Sequences =>
        (new SequenceNumber(Volatile.Read(ref _first)), new SequenceNumber(Volatile.Read(ref _last)));

    /// <inheritdoc/>
    public override int RowCount => Volatile.Read(ref _count);

    /// <inheritdoc/>
    public override int EndedCount => Volatile.Read(ref _ended);

    /// <summary>Takes the native memory that rows will need, so that adding them does not fail for want of it; for the writer, before it logs them.</summary>
    /// <param name="rows">For each row the bytes of key and blob, and its vectors as <see cref="Add"/> takes them, the last columns perhaps missing.</param>
    /// <exception cref="OutOfMemoryException">There is no more memory; no row was added.</exception>
    public void Plan(IEnumerable<(int Bytes, ReadOnlyMemory<byte> Vectors)> rows)
    {
        int[] vectors = new int[_vectors.Length];
        _bytes.BeginPlan();
        foreach ((int bytes, ReadOnlyMemory<byte> given) in rows)
        {
            _bytes.Plan(bytes);
            ReadOnlySpan<byte> rest = given.Span;
            for (int i = 0; i < _vectors.Length && !rest.IsEmpty; i++)
            {
                bool isPresent = rest[0] != 0;
                vectors[i] += isPresent ? 1 : 0;
                rest = rest[Math.Min(rest.Length, isPresent ? 1 + _vectors[i].VectorBytes : 1)..];
            }
        }

        for (int i = 0; i < _vectors.Length; i++)
        {
            _vectors[i].Plan(vectors[i]);
        }
    }

    /// <summary>Appends a row version; the writer ends the one before it, here or in a segment.</summary>
    /// <param name="key">The key's ordered bytes.</param>
    /// <param name="at">The commit; never below the one before.</param>
    /// <param name="row">The row's blob.</param>
    /// <param name="vectors">For each of <see cref="TableSchema.VectorColumns"/>: a flag byte (1 where there is one), then its elements.</param>
    /// <returns>Its ordinal.</returns>
    /// <exception cref="InvalidDataException">The vectors are not those of the table.</exception>
    /// <exception cref="OutOfMemoryException">There is no more memory; the row was not added.</exception>
    public int Add(ReadOnlySpan<byte> key, SequenceNumber at, ReadOnlySpan<byte> row, ReadOnlySpan<byte> vectors)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(at.Value, _last);
        int ordinal = _count;

        // All that can fail comes first, so that a failure leaves no half of a row.
        Reserve(ordinal, key, row, vectors);
        CountBytes();
        uint hash = MemtableIndex.HashOf(key);
        int previous = _index.Find(key);
        ArenaRange place = _bytes.Append(key);
        _bytes.Append(row);
        EntryOf(ordinal) = new RowEntry
        {
            Begin = at.Value,
            Chunk = place.Chunk,
            Offset = place.Offset,
            KeyBytes = key.Length,
            RowBytes = row.Length,
            Previous = previous,
        };
        Volatile.Write(ref _first, ordinal == 0 ? at.Value : _first);
        Volatile.Write(ref _last, at.Value);

        // From here on readers may meet the row: by its vector, by its key, by its ordinal.
        AppendVectors(ordinal, vectors);
        _index.Publish(key, hash, ordinal);
        Volatile.Write(ref _count, ordinal + 1);
        return ordinal;
    }

    /// <inheritdoc/>
    public override SequenceNumber NewestBegin => Sequences.Last;

    /// <inheritdoc/>
    public override SequenceNumber BeginOf(int ordinal) => new(EntryOf(ordinal).Begin);

    /// <inheritdoc/>
    public override SequenceNumber EndOf(int ordinal) => new(Volatile.Read(ref EntryOf(ordinal).End));

    /// <inheritdoc/>
    public override void End(int ordinal, SequenceNumber at)
    {
        ref RowEntry entry = ref EntryOf(ordinal);
        if (entry.End == 0)
        {
            // Counted first: who sees no ended row must find none.
            Volatile.Write(ref _ended, _ended + 1);
            Volatile.Write(ref entry.End, at.Value);
        }
    }

    /// <inheritdoc/>
    public override bool AllVisible(SequenceNumber asOf) => Sequences.Last <= asOf && EndedCount == 0;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> KeyOf(int ordinal)
    {
        ref RowEntry entry = ref EntryOf(ordinal);
        return _bytes.View(new ArenaRange(entry.Chunk, entry.Offset, entry.KeyBytes));
    }

    /// <inheritdoc/>
    public override RowPlace PlaceOfRows => default;

    /// <inheritdoc/>
    public override RowPlace PlaceOfKeys => default;

    /// <summary>Gives a row's blob, valid while the source is held.</summary>
    public ReadOnlySpan<byte> RowOf(int ordinal)
    {
        ref RowEntry entry = ref EntryOf(ordinal);
        return _bytes.View(new ArenaRange(entry.Chunk, entry.Offset + entry.KeyBytes, entry.RowBytes));
    }

    /// <summary>Finds a row's vector, valid while the source is held.</summary>
    public bool TryGetVector(int ordinal, int vectorIndex, out ReadOnlySpan<byte> vector)
    {
        vector = default;
        return vectorIndex < _vectors.Length && _vectors[vectorIndex].TryGet(ordinal, out vector);
    }

    /// <inheritdoc/>
    public override bool TryFind(ReadOnlySpan<byte> key, SequenceNumber asOf, out int ordinal)
    {
        ordinal = _index.Find(key);
        while (ordinal >= 0 && BeginOf(ordinal) > asOf)
        {
            ordinal = EntryOf(ordinal).Previous;
        }

        return ordinal >= 0 && IsVisible(ordinal, asOf);
    }

    /// <inheritdoc/>
    public override RowCursor OpenCursor(TableSchema schema) => new MemtableCursor(this, schema);

    /// <inheritdoc/>
    public override VectorView Vectors(int vectorIndex) =>
        vectorIndex < _vectors.Length ? _vectors[vectorIndex].View() : VectorView.Empty;

    /// <inheritdoc/>
    private protected override void Free()
    {
        _bytes.Free();
        foreach (VectorArena vectors in _vectors)
        {
            vectors.Free();
        }

        _budget?.Release(MemoryKind.Memtables, _countedBytes);
    }

    private void CountBytes()
    {
        long bytes = Bytes;
        if (bytes != _countedBytes)
        {
            _budget?.Count(MemoryKind.Memtables, bytes - _countedBytes);
            _countedBytes = bytes;
        }
    }

    private void Reserve(int ordinal, ReadOnlySpan<byte> key, ReadOnlySpan<byte> row, ReadOnlySpan<byte> vectors)
    {
        int at = 0;
        foreach (VectorArena arena in _vectors)
        {
            bool isPresent = at < vectors.Length && vectors[at] != 0;
            at += isPresent ? 1 + arena.VectorBytes : 1;
            if (at > vectors.Length)
            {
                break;
            }

            arena.Reserve(ordinal, isPresent);
        }

        if (at != vectors.Length)
        {
            throw new InvalidDataException($"A row's vectors take {vectors.Length} bytes, which are not those of the table's {_vectors.Length} vector columns.");
        }

        _bytes.Reserve(checked(key.Length + row.Length));
        _index.Reserve();
        if (ordinal >> PageBits == _pages.Length)
        {
            Volatile.Write(ref _pages, [.. _pages, new RowEntry[PageRows]]);
        }
    }

    private void AppendVectors(int ordinal, ReadOnlySpan<byte> vectors)
    {
        foreach (VectorArena arena in _vectors)
        {
            int bytes = vectors[0] != 0 ? arena.VectorBytes : 0;
            arena.Append(ordinal, vectors.Slice(1, bytes));
            vectors = vectors[(1 + bytes)..];
        }
    }

    private ref RowEntry EntryOf(int ordinal) => ref Volatile.Read(ref _pages)[ordinal >> PageBits][ordinal & (PageRows - 1)];

    private struct RowEntry
    {
        public ulong Begin;
        public ulong End;
        public int Chunk;
        public int Offset;
        public int KeyBytes;
        public int RowBytes;
        public int Previous;
    }
}
