using System.IO.Hashing;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Checks the commits of one group in order: whether what they read still holds, whether keys are there that should be, and which keys to assign.</summary>
/// <remarks>
/// A commit sees the newest versions plus what the commits before it in the group, and the writes before in the commit, will
/// do. One that fails leaves no trace in what later ones see.
/// </remarks>
internal sealed class GroupCheck(StoreVersion version)
{
    private readonly Dictionary<WrittenKey, bool> _written = new(WrittenKey.Comparer);
    private readonly Dictionary<CatalogTable, long> _nextKeys = [];
    private readonly HashSet<CatalogTable> _tables = [];
    private readonly List<(WrittenKey Key, bool? Before)> _undo = [];
    private readonly List<(CatalogTable Table, long Before)> _undoKeys = [];

    /// <summary>Gets the key counters as they will be once the group is applied.</summary>
    public IReadOnlyDictionary<CatalogTable, long> NextKeys => _nextKeys;

    /// <summary>Checks a commit, and assigns keys in it.</summary>
    /// <exception cref="HeliosConflictException">What it read was changed since.</exception>
    /// <exception cref="HeliosDuplicateKeyException">An insert meets a key that is there.</exception>
    /// <exception cref="HeliosKeyNotFoundException">An update meets a key that is not there.</exception>
    /// <exception cref="HeliosException">No integer key is left to assign.</exception>
    public CommitOutcome Check(QueuedCommit commit)
    {
        foreach (ref readonly CommitPart part in commit.Parts)
        {
            if (commit.Reads is not null)
            {
                // Run again, a transaction meets what is there now.
                ThrowIfReplaced(part.Table, commit.Reads);
            }

            part.Table.ThrowIfRefusing();
        }

        if (commit.Reads is not null)
        {
            Validate(commit.Reads);
        }

        _undo.Clear();
        _undoKeys.Clear();
        try
        {
            List<HeliosKey> keys = new(commit.Count);
            int deleted = 0;
            foreach (ref readonly CommitPart part in commit.Parts)
            {
                _undoKeys.Add((part.Table, NextKeyOf(part.Table)));
                deleted += CheckEntries(part.Table, part.Batch, keys);
            }

            foreach (ref readonly CommitPart part in commit.Parts)
            {
                _tables.Add(part.Table);
            }

            return new CommitOutcome([.. keys], deleted);
        }
        catch
        {
            for (int i = _undoKeys.Count - 1; i >= 0; i--)
            {
                _nextKeys[_undoKeys[i].Table] = _undoKeys[i].Before;
            }

            for (int i = _undo.Count - 1; i >= 0; i--)
            {
                Restore(_undo[i].Key, _undo[i].Before);
            }

            throw;
        }
    }

    /// <summary>Holds what a transaction read against what has been committed since, table by table.</summary>
    private void Validate(TransactionReads reads)
    {
        foreach ((CatalogTable table, TableReads read) in reads.Tables)
        {
            bool isWritten = _tables.Contains(table);
            if (!isWritten && !table.IsDropped && table.LastCommit <= reads.AsOf)
            {
                continue;
            }

            ThrowIfReplaced(table, reads);
            if (read.IsWhole)
            {
                throw new HeliosConflictException(table.Shape.Name);
            }

            foreach ((byte[] key, bool wasFound) in read.Keys)
            {
                if ((isWritten && _written.ContainsKey(new WrittenKey(table.Id, key))) || HasChanged(table.Id, key, wasFound, reads.AsOf))
                {
                    throw new HeliosConflictException(table.Shape.Name, KeyCodec.Decode(table.Shape.Key.Type, key));
                }
            }
        }
    }

    private void ThrowIfReplaced(CatalogTable table, TransactionReads reads)
    {
        if (table.IsDropped || reads.Names.IsReplaced(table, version.Names))
        {
            throw HeliosConflictException.OfReplaced(table.Shape.Name);
        }
    }

    // A key that came and went again is as it was: what counts is the state that the commit builds on.
    private bool HasChanged(TableId table, byte[] key, bool wasFound, SequenceNumber asOf) =>
        version[table].TryFindNewest(key, out RowSource? source, out int ordinal)
            ? !wasFound || source!.BeginOf(ordinal) > asOf
            : wasFound;

    private int CheckEntries(CatalogTable table, RowBatch batch, List<HeliosKey> keys)
    {
        int deleted = 0;
        foreach (ref BatchEntry entry in batch.Entries)
        {
            bool isDelete = entry.Operation == WriteOperation.Delete;
            bool isNew = AssignOrCount(table, batch, ref entry);
            WrittenKey key = new(table.Id, batch.Slice(entry.KeyBytes));
            entry.Replaces = !isNew && Find(key, ref entry);
            Require(table.Shape, entry);
            if (!isDelete)
            {
                keys.Add(entry.Key);
            }
            else if (entry.Replaces)
            {
                deleted++;
            }

            Note(key, isThere: !isDelete);
        }

        return deleted;
    }

    private static void Require(TableShape shape, in BatchEntry entry)
    {
        if (entry is { Operation: WriteOperation.Insert, Replaces: true })
        {
            if (entry.IsReserved)
            {
                throw new HeliosConflictException(shape.Name, entry.Key);
            }

            throw new HeliosDuplicateKeyException(shape.Name, entry.Key);
        }

        if (entry is { Operation: WriteOperation.Update, Replaces: false })
        {
            throw new HeliosKeyNotFoundException(shape.Name, entry.Key);
        }
    }

    /// <summary>Assigns a key where one is wanted, and moves the counter past the keys that rows have.</summary>
    /// <returns>Whether the key is above every one that was ever there, so that no search is needed.</returns>
    private bool AssignOrCount(CatalogTable table, RowBatch batch, ref BatchEntry entry)
    {
        ColumnType type = batch.Schema.KeyType;
        if (!KeyCounter.Counts(type))
        {
            return false;
        }

        long next = NextKeyOf(table);
        bool assigns = batch.Schema.Stored.AssignsKeys && entry.Key.IsUnassigned
            && entry.Operation is WriteOperation.Insert or WriteOperation.Upsert;
        if (assigns)
        {
            if (!KeyCounter.HasNext(type, next))
            {
                throw new HeliosException($"Table '{table.Shape.Name}' has no {type} key left to assign: the keys have reached the type's end. Insert with keys of your own that are free, or copy the rows to a table with a wider key; nothing of this batch was written.");
            }

            batch.Assign(ref entry, KeyCounter.Create(type, next));
        }

        long key = entry.Key.ToInt64();
        bool isNew = KeyCounter.IsNew(next, key);
        if (entry.Operation is not WriteOperation.Delete)
        {
            _nextKeys[table] = KeyCounter.After(next, key);
        }

        return isNew;
    }

    private bool Find(WrittenKey key, ref BatchEntry entry)
    {
        entry.PreviousSource = null;
        if (_written.TryGetValue(key, out bool isThere))
        {
            return isThere;
        }

        bool found = version[key.Table].TryFindNewest(key.Bytes.Span, out RowSource? source, out int ordinal);
        entry.PreviousSource = source;
        entry.PreviousOrdinal = ordinal;
        return found;
    }

    private void Note(WrittenKey key, bool isThere)
    {
        _undo.Add((key, _written.TryGetValue(key, out bool before) ? before : null));
        _written[key] = isThere;
    }

    private void Restore(WrittenKey key, bool? before)
    {
        if (before is { } wasThere)
        {
            _written[key] = wasThere;
        }
        else
        {
            _written.Remove(key);
        }
    }

    private long NextKeyOf(CatalogTable table) => _nextKeys.TryGetValue(table, out long next) ? next : table.NextKey;

    private readonly record struct WrittenKey(TableId Table, ReadOnlyMemory<byte> Bytes)
    {
        public static IEqualityComparer<WrittenKey> Comparer { get; } = EqualityComparer<WrittenKey>.Create(
            (a, b) => a.Table == b.Table && a.Bytes.Span.SequenceEqual(b.Bytes.Span),
            key => (int)XxHash3.HashToUInt64(key.Bytes.Span, key.Table.Value));
    }
}
