namespace Helios.Typed;

/// <content>Tells what was committed.</content>
public sealed partial class HeliosDatabase
{
    /// <summary>Reads the committed inserts, updates and deletes of every table, in the order of the commits.</summary>
    /// <remarks>
    /// For sending the database's changes elsewhere: keep the <see cref="Change{TRecord}.Sequence"/> of the last change that
    /// was applied and had <see cref="Change{TRecord}.IsLastOfCommit"/>, and start from it again. A row is read as its table
    /// was when it was committed. What is told is durable, whatever the <see cref="Durability"/>: where a commit is not yet,
    /// the feed syncs the log before it tells of it. The changes are read from the logs, which are kept beyond their use for
    /// recovery up to <see cref="HeliosDatabaseOptions.ChangeRetentionBytes"/>.
    /// </remarks>
    /// <param name="sinceSequence">The commit after which to start; 0 is before the first.</param>
    /// <param name="follow">Whether to wait for commits to come; if not, the feed ends at the newest commit of the moment when reading starts.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="HeliosChangesTrimmedException">Changes after <paramref name="sinceSequence"/> are not kept any more, or went while the reader lagged behind.</exception>
    /// <exception cref="HeliosCorruptionException">A log is damaged.</exception>
    /// <exception cref="HeliosException">The database has no commit <paramref name="sinceSequence"/> yet: the position is of another one.</exception>
    /// <exception cref="ObjectDisposedException">The database is closed, or was while the feed was read.</exception>
    public IAsyncEnumerable<Change<HeliosRow>> ChangesAsync(long sinceSequence = 0, bool follow = false, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sinceSequence);
        return ChangeStream.ReadAllAsync(this, sinceSequence, follow, cancellationToken);
    }
}
