namespace Helios.Typed;

/// <summary>Says what a check of a database's files found.</summary>
public sealed class VerificationReport
{
    internal VerificationReport(IReadOnlyList<VerificationProblem> problems, int files, long bytes, long rows, TimeSpan elapsed)
    {
        Problems = problems;
        Files = files;
        Bytes = bytes;
        Rows = rows;
        Elapsed = elapsed;
    }

    /// <summary>Gets what is wrong; empty where all is as it was written.</summary>
    public IReadOnlyList<VerificationProblem> Problems { get; }

    /// <summary>Gets whether nothing is wrong.</summary>
    public bool IsClean => Problems.Count == 0;

    /// <summary>Gets how many files were read.</summary>
    public int Files { get; }

    /// <summary>Gets how many bytes of segments, graphs and deletions were read.</summary>
    public long Bytes { get; }

    /// <summary>Gets how many row versions of segments were compared with their indexes.</summary>
    public long Rows { get; }

    /// <summary>Gets the time it took.</summary>
    public TimeSpan Elapsed { get; }
}
