namespace Helios.Typed.Engine;

/// <content>Deletes rows by a condition.</content>
internal sealed partial class DatabaseEngine
{
    private const int PassesBesideWriters = 2;

    /// <summary>Deletes the rows that match, as one commit of its own, whatever others write meanwhile.</summary>
    /// <param name="table">The table.</param>
    /// <param name="filter">Which rows, or null for all.</param>
    /// <param name="keys">The ordered bytes of the only keys that can match, or null where any can.</param>
    /// <param name="cancellationToken">Stops it while nothing is being written.</param>
    /// <returns>How many there were.</returns>
    /// <exception cref="HeliosException">They are too many for one commit, or could not be written, or the database takes no more writes; none was deleted.</exception>
    public async ValueTask<int> DeleteAsync(TableHandle table, RowFilter? filter, IReadOnlyList<byte[]>? keys, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        _state.ThrowIfReadOnly();
        DeletionScan scan = new(table, filter, keys);
        for (int pass = 0; pass < PassesBesideWriters; pass++)
        {
            using TableSnapshot snapshot = OpenSnapshot(table);
            scan.Advance(snapshot.Sources, snapshot.Sequence, cancellationToken);
        }

        RowBatch? batch = null;
        try
        {
            QueuedCommit commit = new([]) { Late = FinishScan };
            return (await WriteAsync(commit, cancellationToken).ConfigureAwait(false)).Deleted;
        }
        finally
        {
            batch?.Dispose();
        }

        CommitPart FinishScan()
        {
            IReadOnlyList<RowSource> sources = _state.Current[table.Table.Id].Sources;
            scan.Advance(sources, _state.Published, cancellationToken);
            batch = scan.MakeBatch(sources);
            return batch.OperationBytes <= MaxBatchBytes
                ? new CommitPart(table.Table, batch)
                : throw new HeliosException($"Deleting {batch.Count} rows of table '{table.Schema.Declared.Name}' takes {batch.OperationBytes} bytes of log, and a commit takes {MaxBatchBytes}. Delete them in parts, by narrower conditions; none was deleted.");
        }
    }
}
