using Helios.Typed.Primitives;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Log;

namespace Helios.Typed.Engine;

/// <content>Closes memtables and their log, so that both can be flushed away.</content>
internal sealed partial class WritePath
{
    private const int LogBytesPerMemtableByte = 4;
    private const int MaxOverfill = 4;

    /// <summary>Seals what is in memory and starts a new log, where anything was written since the last time.</summary>
    /// <exception cref="HeliosException">The database takes no more writes, or there is no room for a new log.</exception>
    public void SealAll()
    {
        lock (_state.CommitLock)
        {
            if (_isClosed)
            {
                throw DatabaseState.Closed();
            }

            if (_state.FindReadOnly() is { } refusal)
            {
                throw refusal;
            }

            Seal();
        }
    }

    /// <summary>Seals where memtables went on to grow because no new log could be started.</summary>
    /// <exception cref="HeliosException">It still cannot; memory would grow without bound.</exception>
    private void RequireRoom()
    {
        if (CountActiveBytes() / MaxOverfill > _state.MemtableBytes)
        {
            Seal();
        }
    }

    private void SealWhereFull()
    {
        // A log of deletions grows while the memtables do not.
        if (CountActiveBytes() <= _state.MemtableBytes && _log.Length / LogBytesPerMemtableByte <= _state.MemtableBytes)
        {
            return;
        }

        try
        {
            Seal();
        }
        catch (HeliosException error)
        {
            _state.Log.FailedToRotate(_log.LogNumber, error);
        }
    }

    private long CountActiveBytes() => _state.Current.Tables.Values.Sum(table => table.Active?.Bytes ?? 0);

    private void Seal()
    {
        if (!_hasUnsealed)
        {
            return;
        }

        // The next log must not become durable before this one is, room cut off: commits would be lost from the middle.
        CutLog();
        if (_isDirty && !TrySyncLog())
        {
            throw _state.FindReadOnly()!;
        }

        LogWriter next = CreateNextLog();
        _state.Logs.End(_last, _log.Length, next.LogNumber);
        _log.Dispose();
        _log = next;
        _shapedInLog.Clear();
        _hasUnsealed = false;
        StoreVersion before = _state.Current;
        List<SealedTable> tables = [];
        foreach (CatalogTable table in _state.Catalog.Stored)
        {
            tables.Add(new SealedTable(table, table.Logged!, table.NextKey, TakeMemtables(table.Id, before[table.Id].Active)));
        }

        SealedSet set = new(_state.Published, next.LogNumber, tables);
        Dictionary<TableId, TableVersion> versions = [];
        foreach ((TableId id, TableVersion table) in before.Tables)
        {
            versions[id] = table.WithoutActive();
        }

        _state.Swap(before.With(versions));
        _onSealed(set);
    }

    private void CutLog()
    {
        try
        {
            _isDirty |= _log.CutRoom();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FailedToStart(error);
        }
    }

    private LogWriter CreateNextLog()
    {
        try
        {
            return _log.CreateNext();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (_log.IsBroken)
            {
                _state.MakeReadOnly("a log that could not be started may be found beside the one in use", error);
                throw _state.FindReadOnly()!;
            }

            throw FailedToStart(error);
        }
    }

    private HeliosException FailedToStart(Exception error) => _state.FailedWrite(
        error, "starting a new log", $"No new log could be started in '{_state.Options.Path}': {error.Message} See to the disk, and try again.");

    private List<Memtable> TakeMemtables(TableId table, Memtable? active)
    {
        _closedByReplay.Remove(table, out List<Memtable>? memtables);
        return active is null ? memtables ?? [] : [.. memtables ?? [], active];
    }
}

/// <summary>Is what one seal closed: the memtables, and the state of the database at that commit.</summary>
/// <param name="Through">The last commit in it.</param>
/// <param name="NextLogNumber">The log that the commits after it go to.</param>
/// <param name="Tables">Every stored table.</param>
internal sealed record SealedSet(SequenceNumber Through, ulong NextLogNumber, IReadOnlyList<SealedTable> Tables);

/// <summary>Is a table at a seal.</summary>
/// <param name="Table">The table.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="NextKey">Its key counter.</param>
/// <param name="Memtables">Its memtables, oldest first: one, none where it took no writes, more after a replay in which its shape changed.</param>
internal sealed record SealedTable(CatalogTable Table, TableShape Shape, long NextKey, IReadOnlyList<Memtable> Memtables);
