using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Writes what a replay has brought back to segments where it takes much of the memory budget, so that a long log needs no more memory than a short one.</summary>
/// <param name="state">The engine's state, under recovery.</param>
/// <param name="replay">The replay.</param>
internal sealed class ReplayFlush(DatabaseState state, LogReplay replay)
{
    // Nothing else is in memory yet: half of the budget leaves room for what the next commit takes at most.
    private const int BudgetShare = 2;

    /// <summary>Flushes after a commit, where there is reason to.</summary>
    /// <param name="through">The commit; all before it were applied.</param>
    /// <param name="logNumber">The log that is being read: it is needed on, those before it are not.</param>
    /// <param name="cancellationToken">Stops the work; what was flushed stays.</param>
    public void Consider(SequenceNumber through, ulong logNumber, CancellationToken cancellationToken)
    {
        if (state.Memory.Budget.UsedBy(MemoryKind.Memtables) <= state.Memory.Budget.Limit / BudgetShare)
        {
            return;
        }

        StoreVersion before = state.Current;
        List<SealedTable> tables = [];
        foreach (CatalogTable table in state.Catalog.Stored)
        {
            replay.Closed.Remove(table.Id, out List<Memtable>? memtables);
            Memtable? active = before[table.Id].Active;
            tables.Add(new SealedTable(table, table.Logged!, table.NextKey, active is null ? memtables ?? [] : [.. memtables ?? [], active]));
        }

        state.Swap(before.With(before.Tables.ToDictionary(pair => pair.Key, pair => pair.Value.WithoutActive())));
        FlushJob.Run(state, new SealedSet(through, logNumber, tables), cancellationToken)();
    }
}
