using Helios.Typed.Engine;

namespace Helios.Typed;

/// <content>Tells what was committed.</content>
public sealed partial class HeliosDatabase
{
    /// <summary>Reads the committed inserts, updates and deletes of every table, and drops, renames and migrations of tables, in the order of the commits.</summary>
    /// <remarks>
    /// For sending the database's changes elsewhere: keep the <see cref="Change{TRecord}.Position"/> of the last change that
    /// was applied and had <see cref="Change{TRecord}.IsLastOfCommit"/>, and start from it again. A row is read as its table
    /// was when it was committed. What is told is durable, whatever the <see cref="Durability"/>: where a commit is not yet,
    /// the feed syncs the log before it tells of it. The changes are read from the logs, which are kept beyond their use for
    /// recovery up to <see cref="HeliosDatabaseOptions.ChangeRetentionBytes"/>.
    /// </remarks>
    /// <param name="since">The place after which to start, as a change or a snapshot told it; <see cref="ChangePosition.Start"/> is before the first commit.</param>
    /// <param name="follow">Whether to wait for commits to come; if not, the feed ends at the newest commit of the moment when reading starts.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="HeliosChangesTrimmedException">Changes after <paramref name="since"/> are not kept any more, or went while the reader lagged behind.</exception>
    /// <exception cref="HeliosCorruptionException">A log is damaged.</exception>
    /// <exception cref="HeliosChangesDivergedException"><paramref name="since"/> is of another history: the database was restored from a backup, was one, or was salvaged.</exception>
    /// <exception cref="ObjectDisposedException">The database is closed, or was while the feed was read.</exception>
    public IAsyncEnumerable<Change<HeliosRow>> ChangesAsync(ChangePosition since = default, bool follow = false, CancellationToken cancellationToken = default)
    {
        since.RequirePossible(nameof(since));
        return ChangeStream.ReadAllAsync(this, since, follow, cancellationToken);
    }

    /// <summary>Tells the place of the newest commit, for <see cref="ChangesAsync"/> to go on from, once no power cut can take it.</summary>
    /// <remarks>For copying rows and then following their changes, take that of a snapshot: <see cref="HeliosSnapshot.GetPositionAsync"/>.</remarks>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="HeliosReadOnlyException">The log could not be synced.</exception>
    public async ValueTask<ChangePosition> GetPositionAsync(CancellationToken cancellationToken = default)
    {
        DatabaseEngine engine = await EngineAsync(cancellationToken).ConfigureAwait(false);
        return await engine.FindPositionAsync(sequence: null, cancellationToken).ConfigureAwait(false);
    }
}
