using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <content>Changes tables themselves: renames, drops, swaps, each one commit.</content>
internal sealed partial class WritePath
{
    /// <summary>Commits changes of tables, all of them or nothing, and durably at every level.</summary>
    /// <param name="plan">Says what to change, seeing what no commit changes meanwhile; throws where it cannot be.</param>
    /// <exception cref="HeliosException">The database takes no writes, or the log could not be written.</exception>
    public void CommitChanges(Func<Catalog, IReadOnlyList<CatalogChange>> plan)
    {
        lock (_state.CommitLock)
        {
            if (_isClosed)
            {
                throw DatabaseState.Closed();
            }

            _state.ThrowIfReadOnly();
            RequireRoom();
            IReadOnlyList<CatalogChange> changes = plan(_state.Catalog);

            // What was declared and never written to is known to no log.
            CatalogChange[] logged = [.. changes.Where(change => change.Shape is not null || change.Table.Logged is not null)];
            _state.Catalog.Promise(changes);
            StoreVersion next;
            try
            {
                if (logged.Length > 0)
                {
                    Log(logged);
                }

                next = ApplyLogged(changes);
            }
            finally
            {
                _state.Catalog.EndPromises();
            }

            _state.Publish(_last, next);
            if (!_isDirty)
            {
                _state.MarkDurable();
            }
        }
    }

    private void Log(CatalogChange[] changes)
    {
        SequenceNumber at = new(_last.Value + 1);
        _group.Clear();
        CommitCodec.WriteGroup(_group, commits: 1);
        CommitCodec.WriteCommit(_group, at, changes.Length + changes.Count(change => MustState(change.Table, change.Shape)));
        foreach ((CatalogTable table, TableShape? shape) in changes)
        {
            if (shape is not null)
            {
                WriteShapes(table, shape);
                continue;
            }

            if (MustState(table, next: null))
            {
                CommitCodec.WriteShape(_group, LogOperationKind.AlterTable, table.Id, ShapeCodec.Encode(table.Logged!));
            }

            CommitCodec.WriteHeader(_group, LogOperationKind.DropTable, table.Id);
        }

        if (FindLogFailure(at) is { } failure)
        {
            throw failure;
        }

        _last = at;
        _hasUnsealed = true;
    }

    private HeliosException? FindLogFailure(SequenceNumber at)
    {
        try
        {
            _log.Append(at, at, _group.WrittenSpan);
        }
        catch (Exception error)
        {
            _state.Log.FailedToAppend(1, _log.LogNumber, error);
            if (_log.IsBroken)
            {
                _state.MakeReadOnly("a failed write left its log in a state nobody knows", error);
            }

            return _state.FindReadOnly() ?? _state.FailedWrite(
                error,
                "writing a change of tables to the log, of which nothing was kept",
                $"The log of '{_state.Options.Path}' could not be written: {error.Message} Nothing was changed. See to the disk, and try again.");
        }

        _isDirty = true;
        return TrySyncLog() ? null : _state.FindReadOnly();
    }

    private StoreVersion ApplyLogged(IReadOnlyList<CatalogChange> changes)
    {
        try
        {
            return Apply(changes);
        }
        catch (Exception error)
        {
            _state.MakeReadOnly("a change of tables was logged and could not be brought into memory", error);
            throw _state.FindReadOnly()!;
        }
    }

    // Gives the version that shows the changes: published together with their commit, as readers at the one before still see the tables.
    private StoreVersion Apply(IReadOnlyList<CatalogChange> changes)
    {
        HashSet<TableId> dropped = [.. changes.Where(change => change.Shape is null).Select(change => change.Table.Id)];
        foreach (CatalogChange drop in changes.Where(change => change.Shape is null))
        {
            _closedByReplay.Remove(drop.Table.Id);
            _state.DropTable(drop.Table);
        }

        foreach ((CatalogTable table, TableShape? shape) in changes)
        {
            // Whoever read of it in a transaction read of another table than there is now.
            table.LastCommit = _last;
            if (shape is null)
            {
                continue;
            }

            _state.Catalog.Replace(table, shape);
            foreach (Segment segment in _state.Current[table.Id].Segments)
            {
                segment.Adopt(DatabaseState.SchemaOf(shape));
            }
        }

        return _state.Current.Without(dropped, _state.Catalog.Names);
    }
}
