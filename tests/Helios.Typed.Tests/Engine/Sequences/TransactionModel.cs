using System.Collections.Immutable;
using Helios.Typed.Engine;

namespace Helios.Typed.Tests.Engine.Sequences;

/// <summary>Is a transaction as the rules say it is: it sees the tables as they were, reads its own writes, and is validated by what it read.</summary>
/// <remarks>
/// The rules are those of docs/decisions/0011: a key that was read holds if its newest version is the one that was found, or if there
/// was and is none; anything else that was read holds if no commit has written to the table since.
/// </remarks>
internal sealed class TransactionModel
{
    private readonly IReadOnlyList<TableModel> _committed;
    private readonly long _asOf;
    private readonly TableView[] _views;
    private readonly List<(int Table, IReadOnlyList<ModelWrite> Writes)> _parts = [];

    /// <summary>Begins a transaction.</summary>
    /// <param name="committed">The tables; read anew when it commits.</param>
    /// <param name="asOf">The newest commit.</param>
    public TransactionModel(IReadOnlyList<TableModel> committed, long asOf)
    {
        _committed = committed;
        _asOf = asOf;
        _views = [.. committed.Select(static table => new TableView(table.Rows))];
    }

    /// <summary>Gets whether there is something to commit.</summary>
    public bool HasWritten => _parts.Count > 0;

    /// <summary>Gives the rows of a table as the transaction sees them; that is a read of all of it.</summary>
    public ImmutableSortedDictionary<long, ModelRow> Scan(int table)
    {
        _views[table].NoteWhole();
        return _views[table].Rows;
    }

    /// <summary>Gives the name of a row as the transaction sees it, or null.</summary>
    public string? Find(int table, long id)
    {
        _views[table].NoteKey(id);
        return _views[table].Rows.TryGetValue(id, out ModelRow row) ? row.Name : null;
    }

    /// <summary>Writes a batch, all of it or nothing; keys are given out for good.</summary>
    public ModelChange Write(int table, IEnumerable<ModelWrite> writes)
    {
        TableView view = _views[table];
        List<ModelWrite> known = [];
        ImmutableSortedDictionary<long, ModelRow> rows = view.Rows;
        foreach (ModelWrite asked in writes)
        {
            ModelWrite write = view.Assign(asked, _committed[table]);
            known.Add(write);
            ModelChange one = _committed[table].Plan([write with { IsReserved = false }], rows, 0, 0);
            if (write.Operation == WriteOperation.Delete || one.Outcome != ModelOutcome.Done)
            {
                view.NoteKey(write.Id);
            }

            if (one.Outcome != ModelOutcome.Done)
            {
                return one;
            }

            rows = one.Rows;
        }

        ModelChange all = _committed[table].Plan(known, view.Rows, 0, 0);
        view.Take(rows, known);
        _parts.Add((table, known));
        return all;
    }

    /// <summary>Says what the commit comes to, and does it where it can be done.</summary>
    public ModelOutcome Commit(long at)
    {
        if (_parts.Count == 0)
        {
            return ModelOutcome.Done;
        }

        for (int table = 0; table < _views.Length; table++)
        {
            if (_committed[table].LastCommit > _asOf && _views[table].HasChanged(_committed[table].Rows, _asOf))
            {
                return ModelOutcome.Conflict;
            }
        }

        var changes = new ModelChange?[_views.Length];
        foreach ((int table, IReadOnlyList<ModelWrite> writes) in _parts)
        {
            TableModel committed = _committed[table];
            ModelChange? before = changes[table];
            ModelChange change = committed.Plan(writes, before?.Rows ?? committed.Rows, before?.NextKey ?? committed.NextKey, at);
            if (change.Outcome != ModelOutcome.Done)
            {
                return change.Outcome;
            }

            changes[table] = change with { Keys = [.. before?.Keys ?? [], .. change.Keys] };
        }

        for (int table = 0; table < changes.Length; table++)
        {
            if (changes[table] is { } change)
            {
                _committed[table].Apply(change, at);
            }
        }

        return ModelOutcome.Done;
    }

    private sealed class TableView(ImmutableSortedDictionary<long, ModelRow> rows)
    {
        private readonly ImmutableSortedDictionary<long, ModelRow> _begun = rows;
        private readonly HashSet<long> _own = [];
        private readonly HashSet<long> _keysRead = [];
        private bool _isWholeRead;
        private long _nextKey = 1;

        public ImmutableSortedDictionary<long, ModelRow> Rows { get; private set; } = rows;

        public void NoteWhole() => _isWholeRead = true;

        public void NoteKey(long id)
        {
            // Its own row it sees whatever others commit.
            if (!_own.Contains(id))
            {
                _keysRead.Add(id);
            }
        }

        public ModelWrite Assign(ModelWrite write, TableModel committed)
        {
            if (write.Operation is not (WriteOperation.Insert or WriteOperation.Upsert))
            {
                return write;
            }

            if (write.Id != 0 || !committed.AssignsKeys)
            {
                _nextKey = Math.Max(_nextKey, write.Id + 1);
                return write;
            }

            long key = Math.Max(_nextKey, committed.NextKey);
            committed.NextKey = key + 1;
            return write with { Operation = WriteOperation.Insert, Id = key, IsReserved = true };
        }

        public void Take(ImmutableSortedDictionary<long, ModelRow> written, IEnumerable<ModelWrite> writes)
        {
            Rows = written;
            foreach (ModelWrite write in writes)
            {
                _ = write.Operation == WriteOperation.Delete ? _own.Remove(write.Id) : _own.Add(write.Id);
            }
        }

        public bool HasChanged(ImmutableSortedDictionary<long, ModelRow> now, long asOf) =>
            _isWholeRead || _keysRead.Any(id => now.TryGetValue(id, out ModelRow row)
                ? !_begun.ContainsKey(id) || row.Since > asOf
                : _begun.ContainsKey(id));
    }
}
