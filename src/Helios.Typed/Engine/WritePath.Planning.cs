using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <content>Takes memory before anything is logged.</content>
internal sealed partial class WritePath
{
    /// <summary>Takes the memory that a group will need in memtables: a commit that is in the log must not fail for want of it.</summary>
    /// <exception cref="OutOfMemoryException">There is not enough; nothing was written.</exception>
    private void PlanMemory(List<QueuedCommit> commits)
    {
        Dictionary<TableId, List<RowBatch>> tables = [];
        foreach (QueuedCommit commit in commits)
        {
            foreach (ref readonly CommitPart part in commit.Parts)
            {
                tables.TryAdd(part.Table.Id, []);
                tables[part.Table.Id].Add(part.Batch);
            }
        }

        StoreVersion version = _state.Current;
        foreach ((TableId table, List<RowBatch> batches) in tables)
        {
            version[table].Active!.Plan(batches.SelectMany(RowsOf));
        }
    }

    private static IEnumerable<(int Bytes, ReadOnlyMemory<byte> Vectors)> RowsOf(RowBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            BatchEntry entry = batch.Entries[i];
            if (entry.Operation != WriteOperation.Delete)
            {
                yield return (batch.Slice(entry.KeyBytes).Length + batch.Slice(entry.Row).Length, batch.Slice(entry.Vectors));
            }
        }
    }
}
