namespace Helios.Typed;

/// <summary>Says how many bytes of a table's segments hold what; without checksums, directories and padding, and without graphs, which are files of their own.</summary>
public sealed record SectionStatistics
{
    /// <summary>Gets the bytes of the rows as they were written, vectors apart.</summary>
    public required long RowBytes { get; init; }

    /// <summary>Gets the bytes of the keys, of the filter that says which are not there, and of the commits that their rows began with.</summary>
    public required long KeyBytes { get; init; }

    /// <summary>Gets the bytes of the columns that stand beside the rows, for filters and orders, and of what is known of their values by groups of rows.</summary>
    public required long ColumnBytes { get; init; }

    /// <summary>Gets the bytes of the vectors and their norms.</summary>
    public required long VectorBytes { get; init; }
}
