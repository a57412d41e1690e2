namespace Helios.Typed;

/// <summary>Says how many bytes a database's files have, by what they are; for a database in memory, files that are kept there.</summary>
/// <remarks>
/// Replaced segments count until their last reader has gone and they are deleted. Files in the directory that are none of the
/// database's, those that salvage kept among them, do not count. A hard link of a backup shares its bytes.
/// </remarks>
public sealed record DiskStatistics
{
    /// <summary>Gets how many files there are.</summary>
    public int Files { get; init; }

    /// <summary>Gets the bytes of the segments' main files.</summary>
    public long SegmentBytes { get; init; }

    /// <summary>Gets the bytes of the graphs.</summary>
    public long GraphBytes { get; init; }

    /// <summary>Gets the bytes of the files that say which rows of segments were deleted or replaced.</summary>
    public long DeletionBytes { get; init; }

    /// <summary>Gets the bytes of the logs that the next opening would replay.</summary>
    public long LogBytes { get; init; }

    /// <summary>Gets the bytes of the logs that are kept for readers of changes alone (<see cref="HeliosDatabaseOptions.ChangeRetentionBytes"/>).</summary>
    public long RetainedLogBytes { get; init; }

    /// <summary>Gets the bytes of the manifest, which names the files, and of the file that names it.</summary>
    public long ManifestBytes { get; init; }

    /// <summary>Gets the bytes of what is still being written under a temporary name.</summary>
    public long OtherBytes { get; init; }

    /// <summary>Gets all of these bytes.</summary>
    public long TotalBytes => SegmentBytes + GraphBytes + DeletionBytes + LogBytes + RetainedLogBytes + ManifestBytes + OtherBytes;
}
