namespace Helios.Typed;

/// <summary>Reports that changes were asked for since a position that is not on the way to what the database is now.</summary>
/// <remarks>The database was restored from a backup, was one, or was salvaged: what the receiver has may be what the database never had.</remarks>
public sealed class HeliosChangesDivergedException : HeliosException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="since">The position after which changes were wanted.</param>
    /// <param name="newest">The position of the newest commit.</param>
    public HeliosChangesDivergedException(ChangePosition since, ChangePosition newest)
        : base($"Changes since position {since} were asked for, and the commits that lead there are not those that lead to {newest}, where the database is: it was restored from a backup, was one, or was salvaged, and the receiver had come further; or the position is of another database. Discard what the receiver has, copy all rows anew from a snapshot ({nameof(HeliosDatabase.OpenSnapshotAsync)}), and go on from the snapshot's position.")
    {
        Since = since;
        Newest = newest;
    }

    /// <summary>Gets the position after which changes were wanted.</summary>
    public ChangePosition Since { get; }

    /// <summary>Gets the position of the newest commit of the database.</summary>
    public ChangePosition Newest { get; }
}
