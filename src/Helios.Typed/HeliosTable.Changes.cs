namespace Helios.Typed;

/// <content>Tells what was committed.</content>
public sealed partial class HeliosTable
{
    /// <summary>Reads the committed inserts, updates and deletes of the table, in the order of the commits.</summary>
    /// <remarks>As <see cref="IHeliosStore{TRecord}.ChangesAsync"/>.</remarks>
    /// <param name="sinceSequence">The commit after which to start; 0 is before the first.</param>
    /// <param name="follow">Whether to wait for commits to come; if not, the feed ends at the newest commit of the moment when reading starts.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="HeliosChangesTrimmedException">Changes after <paramref name="sinceSequence"/> are not kept any more.</exception>
    public IAsyncEnumerable<Change<HeliosRow>> ChangesAsync(long sinceSequence = 0, bool follow = false, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sinceSequence);
        return ChangeStream.ReadAsync(_binding, Definition, row => HeliosRow.Read(Definition, row), sinceSequence, follow, cancellationToken);
    }
}
