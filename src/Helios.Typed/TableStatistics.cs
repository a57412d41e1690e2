namespace Helios.Typed;

/// <summary>Says what one table holds, at one moment.</summary>
public sealed record TableStatistics
{
    /// <summary>Gets the table's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets how many rows it has.</summary>
    public required long Rows { get; init; }

    /// <summary>Gets how many deleted and replaced versions of rows are still kept: merges drop them, and <see cref="HeliosDatabase.PurgeAsync"/> does at once.</summary>
    public required long EndedVersions { get; init; }

    /// <summary>Gets how many segments it has.</summary>
    public required int Segments { get; init; }

    /// <summary>Gets how many of them have a graph; the rows of the others are scanned.</summary>
    public required int SegmentsWithGraph { get; init; }

    /// <summary>Gets how many versions of rows are in no segment yet.</summary>
    public required long MemtableRows { get; init; }

    /// <summary>Gets the bytes of memory that those take.</summary>
    public required long MemtableBytes { get; init; }

    /// <summary>Gets what its segments hold.</summary>
    public required SectionStatistics Sections { get; init; }
}
