namespace Helios.Typed.Storage.Manifest;

/// <summary>Lays out manifests: a <see cref="Framing.FileHeader"/> and then edits, one in each group of <see cref="Framing.GroupFormat"/>.</summary>
/// <remarks>
/// The header's version is the format version of the whole database. The group's sequences are the edit's number, 1 and up in
/// each file; the first edit of a file says everything. An edit is a run of entries, each
/// <code>
/// 0  1  tag
/// 1  4  bytes of the body
/// 5     body
/// </code>
/// A reader passes over a tag it does not know from <see cref="FirstOptionalTag"/> up; below, it refuses the file.
/// </remarks>
internal static class ManifestFormat
{
    /// <summary>The first bytes of the file: "HELIOMAN".</summary>
    public const ulong Magic = 0x4E414D4F494C4548;

    /// <summary>The format version of the database that is written, and the newest that is read.</summary>
    public const int Version = 1;

    /// <summary>The database's id: 16 bytes, big-endian as text shows it.</summary>
    public const byte DatabaseIdTag = 1;

    /// <summary>The next file number: 8 bytes.</summary>
    public const byte NextFileNumberTag = 2;

    /// <summary>The number of the first log that is replayed: 8 bytes.</summary>
    public const byte FirstLogNumberTag = 3;

    /// <summary>A table that is new or changed: id (4), next key (8), persisted through (8), then its shape.</summary>
    public const byte TableTag = 4;

    /// <summary>A table that changed but for its shape: id (4), next key (8), persisted through (8).</summary>
    public const byte TableProgressTag = 5;

    /// <summary>A table that is gone: id (4).</summary>
    public const byte TableGoneTag = 6;

    /// <summary>A segment that is new or changed: id (8), table (4), rows (4), first (8), last (8), file name, count of sidecars (4),
    /// and of each kind (2), column (2), settings hash (8), file name. A name is its length (2) and UTF-8.</summary>
    public const byte SegmentTag = 7;

    /// <summary>A segment that is gone: id (8).</summary>
    public const byte SegmentGoneTag = 8;

    /// <summary>The order of the tables, where it is not "kept ones as they were, new ones after": every id (4 each).</summary>
    public const byte TableOrderTag = 9;

    /// <summary>The order of the segments, likewise: every id (8 each).</summary>
    public const byte SegmentOrderTag = 10;

    /// <summary>A log that is kept for readers of changes: number (8), first and last sequence (8 each), bytes (8). New ones come last.</summary>
    public const byte RetainedLogTag = 11;

    /// <summary>A log that is kept no longer: number (8).</summary>
    public const byte RetainedLogGoneTag = 12;

    /// <summary>The id that the next table takes at least: 8 bytes.</summary>
    public const byte NextTableIdTag = 13;

    /// <summary>The commit through which everything is in segments, of dropped tables too: 8 bytes.</summary>
    public const byte PersistedThroughTag = 14;

    /// <summary>The histories that lead to the present one, all of them, oldest first: of each id (16, as of the database) and the commit that it begins after (8).</summary>
    public const byte HistoriesTag = 15;

    /// <summary>The first of the tags that a reader may pass over.</summary>
    public const byte FirstOptionalTag = 128;

    /// <summary>The bytes before an entry's body.</summary>
    public const int EntryHeaderBytes = 5;

    /// <summary>The longest file name, in bytes.</summary>
    public const int MaxNameBytes = 255;
}
