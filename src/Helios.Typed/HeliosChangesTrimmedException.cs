namespace Helios.Typed;

/// <summary>Reports that changes were asked for which are not kept any more.</summary>
public sealed class HeliosChangesTrimmedException : HeliosException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="since">The commit after which changes were wanted.</param>
    /// <param name="availableSince">The earliest commit after which every change is still there.</param>
    public HeliosChangesTrimmedException(long since, long availableSince)
        : base($"The changes since commit {since} are not all kept any more; those since commit {availableSince} are. Note the present commit, copy the rows anew, and go on from the commit noted; a larger {nameof(HeliosDatabaseOptions.ChangeRetentionBytes)} keeps more.")
    {
        Since = since;
        AvailableSince = availableSince;
    }

    /// <summary>Gets the commit after which changes were wanted.</summary>
    public long Since { get; }

    /// <summary>Gets the earliest commit after which every change is still there.</summary>
    public long AvailableSince { get; }
}
