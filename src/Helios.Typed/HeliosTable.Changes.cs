namespace Helios.Typed;

/// <content>Tells what was committed.</content>
public sealed partial class HeliosTable
{
    /// <summary>Reads the committed inserts, updates and deletes of the table, and what became of the table itself, in the order of the commits.</summary>
    /// <remarks>As <see cref="IHeliosStore{TRecord}.ChangesAsync"/>.</remarks>
    /// <param name="since">The place after which to start, as a change or a snapshot told it; <see cref="ChangePosition.Start"/> is before the first commit.</param>
    /// <param name="follow">Whether to wait for commits to come; if not, the feed ends at the newest commit of the moment when reading starts.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="HeliosChangesTrimmedException">Changes after <paramref name="since"/> are not kept any more.</exception>
    /// <exception cref="HeliosChangesDivergedException"><paramref name="since"/> is of another history: the database was restored from a backup, was one, or was salvaged.</exception>
    public IAsyncEnumerable<Change<HeliosRow>> ChangesAsync(ChangePosition since = default, bool follow = false, CancellationToken cancellationToken = default)
    {
        since.RequirePossible(nameof(since));
        return ChangeStream.ReadAsync(_binding, Definition, row => HeliosRow.Read(Definition, row), since, follow, cancellationToken);
    }
}
