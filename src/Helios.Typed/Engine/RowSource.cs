using Helios.Typed.Indexing;
using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Primitives;
using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Is a set of row versions by ordinal: a memtable or a segment.</summary>
/// <remarks>
/// A version begins at the sequence of its commit and ends at that of the commit that replaced or deleted it. Ending a
/// version changes no file: it is kept in memory beside the rows, and persisted in a deletion file when the commit that
/// ended it leaves the log. Any number of threads read; only the write path adds and ends. Counted by reference: the
/// creator holds one, each store version that lists the source another; memory and files go with the last.
/// </remarks>
internal abstract class RowSource
{
    private ReferenceCount _references = new();

    /// <summary>Gets the number of ordinals, 0 to here; grows in a memtable. Rows beyond a snapshot's sequence are not visible to it.</summary>
    public abstract int RowCount { get; }

    /// <summary>Gets how many versions have ended.</summary>
    public abstract int EndedCount { get; }

    /// <summary>Gets the highest sequence at which a row version began, of those that were there before the call.</summary>
    public abstract SequenceNumber NewestBegin { get; }

    /// <summary>Gives the sequence at which a row version began.</summary>
    public abstract SequenceNumber BeginOf(int ordinal);

    /// <summary>Gives the sequence at which a row version ended; 0 where it has not.</summary>
    public abstract SequenceNumber EndOf(int ordinal);

    /// <summary>Ends a row version. Readers as of an earlier sequence go on seeing it.</summary>
    public abstract void End(int ordinal, SequenceNumber at);

    /// <summary>Says whether a row version is the one of its key as of a sequence.</summary>
    public virtual bool IsVisible(int ordinal, SequenceNumber asOf)
    {
        SequenceNumber end = EndOf(ordinal);
        return BeginOf(ordinal) <= asOf && (end.Value == 0 || end > asOf);
    }

    /// <summary>Says whether every ordinal, 0 to a count taken before the call, is visible as of a sequence: the quick answer that spares asking each.</summary>
    public abstract bool AllVisible(SequenceNumber asOf);

    /// <summary>Gets whether ordinals follow the order of keys, and of versions of one key from the newest.</summary>
    public virtual bool IsInKeyOrder => false;

    /// <summary>Gets what is known of the values of columns by groups of ordinals, or null where nothing is.</summary>
    public virtual SegmentStatistics? Statistics => null;

    /// <summary>Gives a row's key as ordered bytes, valid while the source is held.</summary>
    public abstract ReadOnlySpan<byte> KeyOf(int ordinal);

    /// <summary>Gets where the rows stand, for errors.</summary>
    public abstract RowPlace PlaceOfRows { get; }

    /// <summary>Gets where the keys stand, for errors.</summary>
    public abstract RowPlace PlaceOfKeys { get; }

    /// <summary>Reads a row's key.</summary>
    /// <exception cref="HeliosCorruptionException">It is not what was written.</exception>
    public HeliosKey ReadKey(int ordinal, TableSchema schema)
    {
        try
        {
            return KeyCodec.Decode(schema.KeyType, KeyOf(ordinal));
        }
        catch (InvalidDataException error)
        {
            throw DamagedKey(ordinal, schema, error);
        }
    }

    /// <summary>Makes the cell of a row's key.</summary>
    /// <param name="ordinal">The row.</param>
    /// <param name="schema">The table.</param>
    /// <param name="buffer">Takes the cell where it differs from the key's own bytes.</param>
    /// <exception cref="HeliosCorruptionException">The key is not what was written.</exception>
    public ReadOnlySpan<byte> KeyCellOf(int ordinal, TableSchema schema, ref byte[] buffer)
    {
        try
        {
            return KeyCodec.CellOf(schema.KeyType, KeyOf(ordinal), ref buffer);
        }
        catch (InvalidDataException error)
        {
            throw DamagedKey(ordinal, schema, error);
        }
    }

    /// <summary>Finds the row version of a key that is visible as of a sequence.</summary>
    /// <param name="key">The key's ordered bytes.</param>
    /// <param name="asOf">The sequence; the greatest there is for the newest version.</param>
    /// <param name="ordinal">The version's ordinal.</param>
    public abstract bool TryFind(ReadOnlySpan<byte> key, SequenceNumber asOf, out int ordinal);

    /// <summary>Opens a cursor: one thread's way to read rows.</summary>
    public abstract RowCursor OpenCursor(TableSchema schema);

    /// <summary>Gives the vectors of a column as they are to be had now; the caller, who holds the source, disposes of the view when done.</summary>
    /// <param name="vectorIndex">The column's place in <see cref="TableSchema.VectorColumns"/>.</param>
    public abstract VectorView Vectors(int vectorIndex);

    /// <summary>Holds the source.</summary>
    /// <returns>False where it has gone already.</returns>
    public bool TryAddReference() => _references.TryAdd();

    /// <summary>Lets the source go; the last one frees it.</summary>
    public void ReleaseReference()
    {
        if (_references.Release())
        {
            Free();
        }
    }

    /// <summary>Frees memory and closes files; called once, when nobody holds the source.</summary>
    private protected abstract void Free();

    private HeliosException DamagedKey(int ordinal, TableSchema schema, InvalidDataException error) =>
        PlaceOfKeys.Damaged($"The key of row {ordinal} of table '{schema.Stored.Name}'", error);
}

/// <summary>Is the vectors of one column in one source.</summary>
/// <param name="Block">The vectors, by slot.</param>
/// <param name="Ordinals">The ordinal of each slot, rising, or null where slot and ordinal are the same; may be longer than the block.</param>
/// <param name="Graph">The graph over the block, where it is built and there was room for it.</param>
/// <param name="HeldGraph">What keeps the graph until the view is disposed of, or null where the source does.</param>
/// <param name="HeldVectors">What keeps the block's memory until then, or null where the source does, or the block is read from a file.</param>
internal sealed record VectorView(VectorBlock Block, int[]? Ordinals, HnswGraph? Graph, Evictable? HeldGraph = null, Evictable? HeldVectors = null) : IDisposable
{
    private int _isDisposed;

    /// <summary>Gets the view of a column that came after the source: no row has a vector.</summary>
    public static VectorView Empty { get; } = new(new VectorBlock([], null, 1, 0, 0, IsHalf: false, Metric.Euclidean), null, null);

    /// <summary>Gives the ordinal of a slot.</summary>
    public int OrdinalOf(int slot) => Ordinals is { } ordinals ? ordinals[slot] : slot;

    /// <summary>Finds the slot of an ordinal.</summary>
    /// <returns>False where the row has no vector here.</returns>
    public bool TrySlotOf(int ordinal, out int slot)
    {
        slot = Ordinals is { } ordinals ? Array.BinarySearch(ordinals, 0, Block.Count, ordinal) : ordinal;
        return slot >= 0 && slot < Block.Count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (HeldGraph is null && HeldVectors is null)
        {
            // Also the one that is shared by all.
            return;
        }

        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            HeldGraph?.ReleaseReference();
            HeldVectors?.ReleaseReference();
        }
    }
}
