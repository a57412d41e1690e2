namespace Helios.Typed;

/// <summary>Says what was committed since the opening, and how many bytes were written to files for it and for care in the background.</summary>
/// <remarks>Backups do not count: they are other directories.</remarks>
public sealed record WriteStatistics
{
    /// <summary>Gets how many commits wrote something.</summary>
    public required long Commits { get; init; }

    /// <summary>Gets how many writes of single rows those held: inserts, updates, upserts and deletes.</summary>
    public required long CommittedRows { get; init; }

    /// <summary>Gets the bytes of user data in them: keys, rows and vectors as they are encoded.</summary>
    public required long CommittedBytes { get; init; }

    /// <summary>Gets the bytes written to segments, by flushes and by merges.</summary>
    public required long SegmentBytes { get; init; }

    /// <summary>Gets the bytes written to graphs.</summary>
    public required long GraphBytes { get; init; }

    /// <summary>Gets the bytes written to deletion files.</summary>
    public required long DeletionBytes { get; init; }

    /// <summary>Gets the bytes written to logs, their padding to whole sectors and the room that they make ahead for small commits included.</summary>
    public required long LogBytes { get; init; }

    /// <summary>Gets the bytes written to the manifest and to the file that names it.</summary>
    public required long ManifestBytes { get; init; }

    /// <summary>Gets the bytes written to anything else.</summary>
    public required long OtherBytes { get; init; }

    /// <summary>Gets all bytes written.</summary>
    public long TotalBytes => SegmentBytes + GraphBytes + DeletionBytes + LogBytes + ManifestBytes + OtherBytes;

    /// <summary>Gets how many bytes were written for each byte of user data, or null where nothing was committed since the opening.</summary>
    /// <remarks>At least twice for what reaches a segment: once to the log, once to the segment. Merges and graphs add to it, and so does the padding of small commits.</remarks>
    public double? Amplification => CommittedBytes == 0 ? null : (double)TotalBytes / CommittedBytes;
}
