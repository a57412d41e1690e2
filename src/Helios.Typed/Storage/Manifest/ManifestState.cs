using Helios.Typed.Primitives;

namespace Helios.Typed.Storage.Manifest;

/// <summary>Is what the manifest says: which tables and files make up the database.</summary>
/// <remarks>Immutable; a commit makes the next one.</remarks>
internal sealed record ManifestState
{
    /// <summary>Gets the state of a new database.</summary>
    public static ManifestState Empty { get; } = new();

    /// <summary>Gets the database's own id, made when it was created.</summary>
    public Guid DatabaseId { get; init; }

    /// <summary>Gets the histories that lead to the present one, oldest first; none where there was only the first, which has the database's id.</summary>
    public IReadOnlyList<ManifestHistory> Histories { get; init; } = [];

    /// <summary>Gets the histories that lead to the present one, oldest first, the first among them.</summary>
    public IReadOnlyList<ManifestHistory> Lineage => Histories.Count > 0 ? Histories : [new ManifestHistory(DatabaseId, default)];

    /// <summary>Gets the number that the next segment or sidecar file takes.</summary>
    public ulong NextFileNumber { get; init; } = 1;

    /// <summary>Gets the oldest log that opening replays.</summary>
    public ulong FirstLogNumber { get; init; }

    /// <summary>Gets the commit through which everything is in segments. What a log has at or before it of a table that is not here is of a dropped one.</summary>
    public SequenceNumber PersistedThrough { get; init; }

    /// <summary>Gets the logs before it that are kept for readers of changes, oldest first.</summary>
    public IReadOnlyList<ManifestLog> RetainedLogs { get; init; } = [];

    /// <summary>Gets the id that the next table takes at least: those of dropped tables are not used again.</summary>
    public ulong NextTableId { get; init; } = 1;

    /// <summary>Gets the tables by id.</summary>
    public IReadOnlyList<ManifestTable> Tables { get; init; } = [];

    /// <summary>Gets the segments, oldest first.</summary>
    public IReadOnlyList<ManifestSegment> Segments { get; init; } = [];

    /// <summary>Lists the files of all segments.</summary>
    public List<string> ListFiles()
    {
        List<string> names = [];
        foreach (ManifestSegment segment in Segments)
        {
            names.AddRange(segment.ListFiles());
        }

        return names;
    }

    /// <summary>Gives the tables by their ids.</summary>
    public Dictionary<TableId, ManifestTable> TablesById() => ById(Tables);

    /// <summary>Gives tables by their ids.</summary>
    public static Dictionary<TableId, ManifestTable> ById(IReadOnlyList<ManifestTable> tables)
    {
        Dictionary<TableId, ManifestTable> byId = [];
        foreach (ManifestTable table in tables)
        {
            byId.Add(table.Id, table);
        }

        return byId;
    }

    /// <summary>Gets the newest commit that segments have.</summary>
    public SequenceNumber LastPersisted
    {
        get
        {
            SequenceNumber last = PersistedThrough;
            foreach (ManifestTable table in Tables)
            {
                last = table.PersistedThrough > last ? table.PersistedThrough : last;
            }

            return last;
        }
    }

    /// <summary>Gives the state of a copy, which goes on apart from what it was copied from.</summary>
    /// <param name="id">The id of the copy's history.</param>
    /// <param name="after">A commit through which the two are one.</param>
    public ManifestState Fork(Guid id, SequenceNumber after) => this with { Histories = [.. Lineage, new ManifestHistory(id, after)] };

    /// <summary>Gives a state of which nothing before is known to be as it was.</summary>
    /// <param name="id">The id of the new history.</param>
    /// <param name="after">The commit that it begins after.</param>
    public ManifestState Break(Guid id, SequenceNumber after) => this with { Histories = [new ManifestHistory(id, after)] };
}

/// <summary>Is a history: a run of commits whose numbers mean nothing else within it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="After">The commit that it begins after; up to it, the history before goes on in this one.</param>
internal sealed record ManifestHistory(Guid Id, SequenceNumber After);

/// <summary>Is a log whose commits are all in segments, and which is kept for readers of changes.</summary>
/// <param name="Number">Its number.</param>
/// <param name="First">The sequence of its first commit.</param>
/// <param name="Last">The sequence of its last.</param>
/// <param name="Bytes">The bytes of its file.</param>
internal sealed record ManifestLog(ulong Number, SequenceNumber First, SequenceNumber Last, long Bytes);

/// <summary>Is a table as the manifest keeps it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Shape">Its shape, as the records room encodes it.</param>
/// <param name="NextKey">The integer key that the next insert without one takes, as far as persisted.</param>
/// <param name="PersistedThrough">The sequence through which its rows and deletions are in segments.</param>
internal sealed record ManifestTable(TableId Id, ReadOnlyMemory<byte> Shape, long NextKey, SequenceNumber PersistedThrough);

/// <summary>Is a segment as the manifest keeps it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Table">Its table.</param>
/// <param name="FileName">Its main file.</param>
/// <param name="Rows">Its rows, deleted ones included.</param>
/// <param name="First">The lowest sequence of its rows.</param>
/// <param name="Last">The highest.</param>
/// <param name="Sidecars">The files that stand beside the main one.</param>
internal sealed record ManifestSegment(SegmentId Id, TableId Table, string FileName, uint Rows, SequenceNumber First, SequenceNumber Last, IReadOnlyList<ManifestSidecar> Sidecars)
{
    /// <summary>Lists the main file and the sidecars.</summary>
    public string[] ListFiles()
    {
        string[] names = new string[1 + Sidecars.Count];
        names[0] = FileName;
        for (int i = 0; i < Sidecars.Count; i++)
        {
            names[i + 1] = Sidecars[i].FileName;
        }

        return names;
    }
}

/// <summary>Is a sidecar file of a segment.</summary>
/// <param name="Kind">What it holds; the engine's own numbering (graph, deletions, …).</param>
/// <param name="ColumnId">The column it belongs to, or 0.</param>
/// <param name="SettingsHash">The settings it was made with; another hash makes another sidecar.</param>
/// <param name="FileName">The file.</param>
internal sealed record ManifestSidecar(ushort Kind, ushort ColumnId, ulong SettingsHash, string FileName);
