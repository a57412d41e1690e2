namespace Helios.Typed;

/// <summary>Reports that changes were asked for which are not kept any more.</summary>
public sealed class HeliosChangesTrimmedException : HeliosException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="since">The position after which changes were wanted.</param>
    /// <param name="availableSince">The earliest position after which every change is still there.</param>
    public HeliosChangesTrimmedException(ChangePosition since, ChangePosition availableSince)
        : base($"The changes since commit {since.Sequence} are not all kept any more; those since commit {availableSince.Sequence} are. Discard what the receiver has, copy all rows anew from a snapshot ({nameof(HeliosDatabase.OpenSnapshotAsync)}), and go on from the snapshot's position; a larger {nameof(HeliosDatabaseOptions.ChangeRetentionBytes)} keeps more.")
    {
        Since = since;
        AvailableSince = availableSince;
    }

    /// <summary>Gets the position after which changes were wanted.</summary>
    public ChangePosition Since { get; }

    /// <summary>Gets the earliest position after which every change is still there.</summary>
    public ChangePosition AvailableSince { get; }
}
