namespace Helios.Typed.Benchmarks.Ann;

/// <summary>Says what the <c>ann</c> verb measures.</summary>
internal sealed record AnnSettings
{
    public required string Base { get; init; }

    public required string Queries { get; init; }

    public required string Truth { get; init; }

    public required Metric Metric { get; init; }

    public required IndexKind Index { get; init; }

    public required Quantization Quantization { get; init; }

    /// <summary>The graph's links per node.</summary>
    public required int M { get; init; }

    public required int EfConstruction { get; init; }

    /// <summary>The beams to measure, each a point of the curve.</summary>
    public required IReadOnlyList<int> Ef { get; init; }

    public required int K { get; init; }

    public required int BuildThreads { get; init; }

    public required int QueryThreads { get; init; }

    /// <summary>The folder in which the database is made, or <c>:memory:</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Whether the database stays when the run is over.</summary>
    public required bool Keep { get; init; }
}
