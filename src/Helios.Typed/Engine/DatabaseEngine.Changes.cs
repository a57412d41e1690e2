using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;

namespace Helios.Typed.Engine;

/// <content>Reads changes, and decides how long their logs are kept.</content>
internal sealed partial class DatabaseEngine
{
    /// <summary>Gets the id of the history that commits go to.</summary>
    public Guid History => _state.Lineage.Present;

    /// <summary>Starts reading the changes of commits, in order.</summary>
    /// <param name="table">The one table whose changes are wanted, or null for all.</param>
    /// <param name="since">The place after which to start.</param>
    /// <param name="follows">Whether to wait for commits to come, instead of ending at the newest.</param>
    /// <exception cref="HeliosChangesTrimmedException">Commits after <paramref name="since"/> are in no log any more.</exception>
    /// <exception cref="HeliosChangesDivergedException"><paramref name="since"/> is not on the way to what the database is.</exception>
    public ChangeReader OpenChanges(TableHandle? table, ChangePosition since, bool follows)
    {
        ThrowIfDisposed();
        return new ChangeReader(this, _state, table?.Table, since, follows);
    }

    /// <summary>Gives the place of a published commit, once no power cut can take it.</summary>
    /// <param name="sequence">The commit, or null for the newest.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="HeliosReadOnlyException">It could not be made durable.</exception>
    public async ValueTask<ChangePosition> FindPositionAsync(SequenceNumber? sequence, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        SequenceNumber at = sequence ?? _state.Published;
        if (at > _state.Durable)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        return _state.Lineage.At(at);
    }

    /// <summary>Drops the logs that are kept for readers of changes alone and hold no commit from a sequence on.</summary>
    /// <remarks>A checkpoint before it makes every log up to then one of these. Files go from the directory at once, and from the disk with the last reader that has them open.</remarks>
    /// <param name="before">The first commit whose log stays.</param>
    /// <exception cref="HeliosException">The manifest could not be written; the logs stay.</exception>
    public void ReleaseLogs(SequenceNumber before)
    {
        ThrowIfDisposed();
        List<ManifestLog> released = [];
        lock (_state.StructureLock)
        {
            _state.ThrowIfReadOnly();
            ManifestState manifest = _state.Manifest.Current;
            released.AddRange(manifest.RetainedLogs.Where(log => log.Last < before));
            if (released.Count > 0)
            {
                List<ManifestLog> kept = [.. manifest.RetainedLogs.Except(released)];
                _state.CommitManifest(manifest with { RetainedLogs = kept }, () => _state.Logs.Install(kept, manifest.FirstLogNumber));
            }
        }

        released.ForEach(log => _state.TryDelete(FileNames.Log(log.Number)));
    }
}
