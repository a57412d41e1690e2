using Helios.Typed.Primitives;

namespace Helios.Typed.Storage.Manifest;

/// <summary>Tells which commits of the logs a manifest has in segments, table by table.</summary>
/// <remarks>Everybody who reads logs beside a manifest asks here, so that replaying, checking and salvaging pass over the same.</remarks>
internal sealed class PersistedCommits(ManifestState manifest)
{
    private readonly Dictionary<TableId, SequenceNumber> _tables = manifest.Tables.ToDictionary(table => table.Id, table => table.PersistedThrough);
    private readonly SequenceNumber _ofOthers = manifest.PersistedThrough;

    /// <summary>Gets the newest commit that is in segments.</summary>
    public SequenceNumber Highest { get; } = manifest.LastPersisted;

    /// <summary>Says whether what a commit did to a table is in segments, or was of a table that was dropped since.</summary>
    public bool Has(TableId table, SequenceNumber sequence) => sequence <= _tables.GetValueOrDefault(table, _ofOthers);
}
