using Helios.Typed.Primitives;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Is one table as a transaction sees it: what was committed when it began, and its own writes as one more memtable on top.</summary>
/// <remarks>Written by one thread at a time, which the transaction sees to; what was opened on it may be read meanwhile.</remarks>
internal sealed class TransactionTable
{
    private readonly DatabaseState _state;
    private readonly CatalogTable _table;
    private readonly TableReads _reads;
    private readonly OverlaidSource[] _committed;
    private Memtable[] _own = [];
    private long _nextKey = KeyCounter.First;

    /// <summary>Lays the transaction's view over a table.</summary>
    /// <param name="state">The engine's state.</param>
    /// <param name="table">The table.</param>
    /// <param name="version">Its committed sources, held by the transaction.</param>
    /// <param name="reads">Takes what is read.</param>
    public TransactionTable(DatabaseState state, CatalogTable table, TableVersion version, TransactionReads reads)
    {
        _state = state;
        _table = table;
        _reads = reads.Of(table);
        _committed = [.. version.Sources.Select(source => new OverlaidSource(source, reads.AsOf))];
        Sources = _committed;
    }

    /// <summary>Gets the sources, newest first; the list is never changed, only replaced.</summary>
    public IReadOnlyList<RowSource> Sources { get; private set; }

    /// <summary>Gets the memtables of the transaction's own writes, for a reader to hold.</summary>
    public IReadOnlyList<Memtable> Own => _own;

    /// <summary>Notes that a reader looks for rows.</summary>
    /// <param name="keys">The ordered bytes of the only keys that it looks at, or null where it may look at any row.</param>
    /// <param name="now">The transaction's own sequence.</param>
    public void Note(IReadOnlyList<byte[]>? keys, SequenceNumber now)
    {
        if (keys is null)
        {
            _reads.NoteWhole();
            return;
        }

        foreach (byte[] key in keys)
        {
            NoteKey(key, now);
        }
    }

    /// <summary>Assigns keys to the writes of a batch, and says what they would do; changes nothing that is seen.</summary>
    /// <exception cref="HeliosDuplicateKeyException">An insert meets a key that is there.</exception>
    /// <exception cref="HeliosKeyNotFoundException">An update meets a key that is not there.</exception>
    /// <exception cref="HeliosException">No integer key is left to assign.</exception>
    public CommitOutcome Check(RowBatch batch, SequenceNumber now)
    {
        List<HeliosKey> keys = new(batch.Count);
        Dictionary<byte[], bool>? earlier = batch.Count > 1 ? new(batch.Count, ByteStringComparer.Instance) : null;
        int deleted = 0;
        foreach (ref BatchEntry entry in batch.Entries)
        {
            AssignOrCount(batch, ref entry);
            ReadOnlySpan<byte> key = batch.Slice(entry.KeyBytes).Span;
            bool isKnown = false;
            bool isThere = earlier is not null && earlier.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out isKnown) ? isKnown : TryFind(key, now, out _, out _);
            Require(key, entry, isThere, now);
            if (entry.Operation == WriteOperation.Delete)
            {
                deleted += isThere ? 1 : 0;
            }
            else
            {
                keys.Add(entry.Key);
            }

            if (earlier is not null)
            {
                earlier.GetAlternateLookup<ReadOnlySpan<byte>>()[key] = entry.Operation != WriteOperation.Delete;
            }
        }

        return new CommitOutcome([.. keys], deleted);
    }

    /// <summary>Shows a checked batch to the transaction.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="now">The transaction's own sequence, one above that of its write before.</param>
    /// <exception cref="OutOfMemoryException">There is no more memory; nobody knows how much of the batch is seen.</exception>
    public void Apply(RowBatch batch, SequenceNumber now)
    {
        Memtable own = RequireOwn(_table.Shape);
        using PaddedVectors vectors = new(own.Schema);
        foreach (ref readonly BatchEntry entry in batch.Entries)
        {
            ReadOnlySpan<byte> key = batch.Slice(entry.KeyBytes).Span;
            if (TryFind(key, now, out RowSource? source, out int ordinal))
            {
                source!.End(ordinal, now);
            }

            if (entry.Operation != WriteOperation.Delete)
            {
                own.Add(key, now, batch.Slice(entry.Row).Span, vectors.Pad(batch.Slice(entry.Vectors).Span));
            }
        }
    }

    /// <summary>Lets the memory of the transaction's own writes go.</summary>
    public void Release()
    {
        foreach (Memtable own in _own)
        {
            own.ReleaseReference();
        }
    }

    /// <summary>Holds the write against what the transaction sees; where the answer came from committed rows, it is a read.</summary>
    /// <remarks>An insert or update that is let through needs no note: the commit asks for the same again.</remarks>
    private void Require(ReadOnlySpan<byte> key, in BatchEntry entry, bool isThere, SequenceNumber now)
    {
        switch (entry.Operation)
        {
            case WriteOperation.Delete:
                NoteKey(key, now);
                break;
            case WriteOperation.Insert when isThere:
                NoteKey(key, now);
                throw new HeliosDuplicateKeyException(_table.Shape.Name, entry.Key);
            case WriteOperation.Update when !isThere:
                NoteKey(key, now);
                throw new HeliosKeyNotFoundException(_table.Shape.Name, entry.Key);
            default:
                break;
        }
    }

    private void NoteKey(ReadOnlySpan<byte> key, SequenceNumber now)
    {
        foreach (Memtable own in _own)
        {
            if (own.TryFind(key, now, out _))
            {
                // The transaction sees its own row, whatever others commit.
                return;
            }
        }

        bool wasFound = false;
        foreach (OverlaidSource source in _committed)
        {
            wasFound |= source.TryFindBelow(key, out _);
        }

        _reads.NoteKey(key, wasFound);
    }

    private bool TryFind(ReadOnlySpan<byte> key, SequenceNumber now, out RowSource? source, out int ordinal)
    {
        foreach (RowSource candidate in Sources)
        {
            if (candidate.TryFind(key, now, out ordinal))
            {
                source = candidate;
                return true;
            }
        }

        source = null;
        ordinal = -1;
        return false;
    }

    private void AssignOrCount(RowBatch batch, ref BatchEntry entry)
    {
        ColumnType type = batch.Schema.KeyType;
        if (!KeyCounter.Counts(type) || entry.Operation is not (WriteOperation.Insert or WriteOperation.Upsert))
        {
            return;
        }

        if (!batch.Schema.Stored.AssignsKeys || !entry.Key.IsUnassigned)
        {
            // Keys of one's own move the counter at the commit; until then, of this transaction only.
            _nextKey = KeyCounter.After(_nextKey, entry.Key.ToInt64());
            return;
        }

        batch.Assign(ref entry, KeyCounter.Create(type, Reserve(type)));

        // Nobody was told the key before, so that an upsert of it is an insert.
        entry.Operation = WriteOperation.Insert;
        entry.IsReserved = true;
    }

    /// <summary>Takes a key for good: a transaction that is rolled back leaves a gap.</summary>
    private long Reserve(ColumnType type)
    {
        lock (_state.KeyLock)
        {
            long next = _nextKey == long.MinValue ? _nextKey : Math.Max(_nextKey, _table.NextKey);
            if (!KeyCounter.HasNext(type, next) || !KeyCounter.HasNext(type, _table.NextKey))
            {
                throw new HeliosException($"Table '{_table.Shape.Name}' has no {type} key left to assign: the keys have reached the type's end. Insert with keys of your own that are free, or copy the rows to a table with a wider key; nothing of this batch was written.");
            }

            _table.NextKey = KeyCounter.After(_table.NextKey, next);
            return next;
        }
    }

    private Memtable RequireOwn(TableShape shape)
    {
        if (_own.Length > 0 && MemtableFactory.Fits(_own[0], shape))
        {
            return _own[0];
        }

        Memtable made = new(DatabaseState.SchemaOf(shape), _state.Options.Allocator);
        _own = [made, .. _own];
        Sources = [.. _own, .. _committed];
        return made;
    }
}
