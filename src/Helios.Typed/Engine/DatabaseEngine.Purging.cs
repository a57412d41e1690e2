using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <content>Removes deleted data from the disk.</content>
internal sealed partial class DatabaseEngine
{
    /// <summary>Removes from the disk what was deleted or replaced before the call, and returns when it is gone.</summary>
    /// <remarks>
    /// 1. What is in memory goes to segments, so that no log is needed. 2. Each segment that holds ended rows, or values of columns that
    /// were dropped, is written anew without them. 3. The logs are deleted, also those that something else would keep. 4. The files of replaced segments go with their last
    /// reader, whoever replaced them: that is waited for.
    /// </remarks>
    /// <param name="cancellationToken">Stops the wait, not the work.</param>
    /// <exception cref="HeliosException">Something could not be written or deleted; deleted data is still on the disk.</exception>
    public async Task<PurgeResult> PurgeAsync(CancellationToken cancellationToken)
    {
        await CheckpointAsync(cancellationToken).ConfigureAwait(false);
        PurgeResult total = default;
        try
        {
            await _indexer.RunBetweenAsync(() => total = Rewrite()).WaitAsync(cancellationToken).ConfigureAwait(false);
            foreach (Task<Exception?> freed in _state.RetiredSegments)
            {
                if (await freed.WaitAsync(cancellationToken).ConfigureAwait(false) is { } failure)
                {
                    throw StillThere(failure);
                }
            }

            await Background.RunAsync(_state.Options.Background, DeleteUnneededLogs).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw DatabaseState.Closed();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw _state.FindReadOnly() ?? StillThere(error);
        }

        _state.Log.Purged(total.SegmentsRewritten, total.RowsRemoved, total.BytesFreed);
        return total;
    }

    private PurgeResult Rewrite()
    {
        PurgeResult total = default;
        foreach (CatalogTable table in _state.Catalog.Stored)
        {
            PurgeResult done = _merger.Purge(table);
            total = new PurgeResult(total.SegmentsRewritten + done.SegmentsRewritten, total.RowsRemoved + done.RowsRemoved, total.BytesFreed + done.BytesFreed);
        }

        return total;
    }

    private void DeleteUnneededLogs()
    {
        lock (_state.StructureLock)
        {
            // What is kept for readers of changes holds the deleted data too.
            ReleaseLogs(new SequenceNumber(ulong.MaxValue));
            _state.DeleteUnneededLogs();
        }
    }

    private HeliosException StillThere(Exception failure) => _state.FailedWrite(
        failure,
        "purging, so that deleted data is still on the disk",
        $"Deleted data of '{_state.Options.Path}' could not be removed from the disk, and some of it is still there: {failure.Message} See to the disk and purge again, or open the database anew and then purge.");
}
