using Helios.Typed.Primitives;
using Helios.Typed.Storage.Manifest;

namespace Helios.Typed.Engine;

/// <summary>Follows the commits that logs hold, group after group, from what a manifest has in segments on.</summary>
/// <remarks>Replaying, checking and salvaging ask here, so that they agree on which commits follow, and on which are passed over.</remarks>
/// <param name="manifest">The manifest.</param>
internal sealed class CommitRun(ManifestState manifest)
{
    private readonly Dictionary<TableId, ManifestTable> _tables = manifest.TablesById();
    private readonly SequenceNumber _ofOthers = manifest.PersistedThrough;
    private readonly SequenceNumber _persisted = manifest.LastPersisted;
    private SequenceNumber? _lastRead;

    /// <summary>Gets the newest commit that segments, or the groups that were entered, have.</summary>
    public SequenceNumber Last => _lastRead is { } last && last > _persisted ? last : _persisted;

    /// <summary>Says whether what a commit did to a table is in segments, or was of a table that was dropped since.</summary>
    public bool IsPersisted(TableId table, SequenceNumber sequence)
    {
        SequenceNumber persisted = _tables.TryGetValue(table, out ManifestTable? known) ? known.PersistedThrough : _ofOthers;
        return sequence <= persisted;
    }

    /// <summary>Says what is wrong with a group that does not follow what was entered before, or gives null.</summary>
    /// <remarks>The first group may begin with commits that segments have.</remarks>
    public string? FindGap(SequenceNumber first, SequenceNumber last)
    {
        bool follows = _lastRead is { } before ? first.Value == before.Value + 1 : first.Value > 0 && first.Value <= _persisted.Value + 1;
        return follows ? null : $"commits {first.Value} to {last.Value} follow commit {(_lastRead ?? _persisted).Value}";
    }

    /// <summary>Enters a group that ends with a commit.</summary>
    public void Enter(SequenceNumber last) => _lastRead = last;
}
