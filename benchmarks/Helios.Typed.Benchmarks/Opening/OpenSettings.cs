namespace Helios.Typed.Benchmarks.Opening;

/// <summary>Says what the <c>open</c> verb measures.</summary>
internal sealed record OpenSettings
{
    public required int Rows { get; init; }

    public required int Dimensions { get; init; }

    public required int M { get; init; }

    public required int EfConstruction { get; init; }

    public required int Ef { get; init; }

    /// <summary>The folder of the database, which is built where it is not there and kept.</summary>
    public required string Path { get; init; }

    /// <summary>The budgets to measure in processes of their own, in bytes; 0 for the default.</summary>
    public required IReadOnlyList<long> Budgets { get; init; }

    /// <summary>The fresh processes whose medians the times of opening are.</summary>
    public required int Openings { get; init; }

    /// <summary>The bytes of log to replay, or 0 to measure opening a database that was closed.</summary>
    public required long LogBytes { get; init; }
}
