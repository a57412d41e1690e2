using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <content>Removes deleted data from the disk.</content>
internal sealed partial class DatabaseEngine
{
    /// <summary>Removes from the disk what was deleted or replaced before the call, and returns when it is gone.</summary>
    /// <remarks>
    /// 1. What is in memory goes to segments, so that no log is needed. 2. Each segment that holds ended rows, or values of columns that
    /// were dropped, is written anew without them. 3. The files of replaced segments go with their last reader, whoever replaced
    /// them: that is waited for. 4. The logs are deleted, also those that are kept for readers of changes, once the backups and
    /// checks that began before have ended.
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

            (ulong first, Task held) = (0, Task.CompletedTask);
            await Background.RunAsync(_state.Options.Background, () => (first, held) = ReleaseAllLogs()).WaitAsync(cancellationToken).ConfigureAwait(false);
            await held.WaitAsync(cancellationToken).ConfigureAwait(false);
            await Background.RunAsync(_state.Options.Background, () => DeleteLogsBefore(first)).WaitAsync(cancellationToken).ConfigureAwait(false);
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

    // A hold that is taken after this has a manifest that needs no log before the first.
    private (ulong First, Task Held) ReleaseAllLogs()
    {
        lock (_state.StructureLock)
        {
            // What is kept for readers of changes holds the deleted data too.
            ReleaseLogs(new SequenceNumber(ulong.MaxValue));
            return (_state.Manifest.Current.FirstLogNumber, _state.Holds.WaitForOpenAsync());
        }
    }

    private void DeleteLogsBefore(ulong first)
    {
        lock (_state.StructureLock)
        {
            ThrowIfDisposed();
            _state.DeleteLogsBefore(first);
        }
    }

    private HeliosException StillThere(Exception failure) => _state.FailedWrite(
        failure,
        "purging, so that deleted data is still on the disk",
        $"Deleted data of '{_state.Options.Path}' could not be removed from the disk, and some of it is still there: {failure.Message} See to the disk and purge again, or open the database anew and then purge.");
}
