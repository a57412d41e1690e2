namespace Helios.Typed.Engine;

/// <summary>Counts what was committed since the opening.</summary>
/// <remarks>Written under the commit lock; read by any thread.</remarks>
internal sealed class CommitTotals
{
    private long _commits;
    private long _rows;
    private long _bytes;

    /// <summary>Gets how many commits.</summary>
    public long Commits => Volatile.Read(ref _commits);

    /// <summary>Gets how many writes they held: inserts, updates, upserts and deletes.</summary>
    public long Rows => Volatile.Read(ref _rows);

    /// <summary>Gets the bytes of their keys, rows and vectors, as encoded.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Adds a group of commits, which was written.</summary>
    /// <returns>The rows and bytes of the group.</returns>
    public (long Rows, long Bytes) Add(List<QueuedCommit> commits)
    {
        long rows = 0;
        long bytes = 0;
        foreach (QueuedCommit commit in commits)
        {
            rows += commit.Count;
            bytes += commit.Bytes;
        }

        Volatile.Write(ref _commits, _commits + commits.Count);
        Volatile.Write(ref _rows, _rows + rows);
        Volatile.Write(ref _bytes, _bytes + bytes);
        return (rows, bytes);
    }
}
