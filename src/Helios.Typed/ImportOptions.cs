namespace Helios.Typed;

/// <summary>Sets how an import writes.</summary>
public sealed class ImportOptions
{
    /// <summary>Gets or sets what becomes of a record whose key is there already.</summary>
    /// <value>The default is <see cref="ImportMode.Upsert"/>, under which a part that is imported twice does no harm.</value>
    public ImportMode Mode { get; set; } = ImportMode.Upsert;

    /// <summary>Gets or sets the most records in one commit, at least 1.</summary>
    /// <value>The default is 4,096.</value>
    public int BatchRows { get; set; } = 4_096;

    /// <summary>Gets or sets the encoded bytes after which a commit is full, 1 to 256 MiB; memory holds two commits.</summary>
    /// <value>The default is 8 MiB.</value>
    public int BatchBytes { get; set; } = 8 << 20;

    /// <summary>Gets or sets how many records there are, for the time that is left.</summary>
    /// <value>The default is null: not known.</value>
    public long? TotalRows { get; set; }

    /// <summary>Gives the violations, or nothing.</summary>
    internal IEnumerable<string> FindProblems()
    {
        if (!Enum.IsDefined(Mode))
        {
            yield return $"{nameof(Mode)} is {Mode}, which is none";
        }

        if (BatchRows < 1)
        {
            yield return $"{nameof(BatchRows)} is {BatchRows}; it must be at least 1";
        }

        if (BatchBytes is < 1 or > 256 << 20)
        {
            yield return $"{nameof(BatchBytes)} is {BatchBytes}; it must be from 1 to {256 << 20}";
        }

        if (TotalRows < 0)
        {
            yield return $"{nameof(TotalRows)} is {TotalRows}; it cannot be negative";
        }
    }
}
