namespace Helios.Typed;

/// <summary>Says what a finished backup holds and what it took.</summary>
public sealed record BackupResult
{
    /// <summary>Gets the commit that the backup holds: all up to it, and none after it.</summary>
    public required long Sequence { get; init; }

    /// <summary>Gets how many files were copied.</summary>
    public required int CopiedFiles { get; init; }

    /// <summary>Gets the bytes of the files that were copied.</summary>
    public required long CopiedBytes { get; init; }

    /// <summary>Gets how many files were given a second name, and share their bytes with the database.</summary>
    public required int LinkedFiles { get; init; }

    /// <summary>Gets how many files the backup had already.</summary>
    public required int KeptFiles { get; init; }

    /// <summary>Gets how many files went that the backup before had needed.</summary>
    public required int RemovedFiles { get; init; }

    /// <summary>Gets the bytes of all its files.</summary>
    public required long TotalBytes { get; init; }

    /// <summary>Gets the time it took.</summary>
    public required TimeSpan Elapsed { get; init; }
}
