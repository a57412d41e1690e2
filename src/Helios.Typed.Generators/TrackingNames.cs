namespace Helios.Typed.Generators;

/// <summary>Names the steps of the pipeline, for tests of what an edit runs again.</summary>
internal static class TrackingNames
{
    /// <summary>Records found by an attribute on a property or positional parameter.</summary>
    public const string ParseAttributed = nameof(ParseAttributed);

    /// <summary>Records found by <c>[property: VectorColumn]</c>, or another attribute of ours, on a positional parameter.</summary>
    public const string ParsePropertyTargeted = nameof(ParsePropertyTargeted);

    /// <summary>Records found by <c>[Table]</c>, without a vector column of their own.</summary>
    public const string ParseTables = nameof(ParseTables);

    /// <summary>Types with <c>[Indexed]</c> that are no tables.</summary>
    public const string ParseIndexed = nameof(ParseIndexed);

    /// <summary>Types with <c>[FormerName]</c> that are no tables.</summary>
    public const string ParseFormerNames = nameof(ParseFormerNames);

    /// <summary>Models of records, free of places in files.</summary>
    public const string Models = nameof(Models);

    /// <summary>Diagnostics to report.</summary>
    public const string Diagnostics = nameof(Diagnostics);
}
