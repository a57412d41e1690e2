namespace Helios.Typed.Benchmarks.Store;

/// <summary>Is what the <c>store</c> verb was asked.</summary>
internal sealed record StoreSettings
{
    /// <summary>Gets the folder, in which databases are made and removed.</summary>
    public required string Path { get; init; }

    /// <summary>Gets how long one side inserts or reads in one round.</summary>
    public required TimeSpan Time { get; init; }

    /// <summary>Gets the rounds; both sides take turns in each, and the median counts.</summary>
    public required int Rounds { get; init; }

    /// <summary>Gets the rows of the read and write-amplification parts.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the rows of the ingest part.</summary>
    public required int IngestRows { get; init; }

    /// <summary>Gets whether only the ingest part is run.</summary>
    public bool IngestOnly { get; init; }

    /// <summary>Gets whether only the insert part is run.</summary>
    public bool InsertsOnly { get; init; }

    /// <summary>Gets the rows of a commit in the insert part.</summary>
    public required IReadOnlyList<int> RowsPerCommit { get; init; }

    /// <summary>Gets the concurrent committers of the insert part.</summary>
    public required IReadOnlyList<int> Committers { get; init; }
}
