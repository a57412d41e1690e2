namespace Helios.Typed.Stress.Tests;

/// <summary>Is an account; money moves between accounts and is never made or lost.</summary>
public sealed partial record Account
{
    /// <summary>The vector's elements.</summary>
    public const int Dimensions = 16;

    public required long Id { get; init; }

    public required long Balance { get; init; }

    [VectorColumn(Dimensions, Metric.Euclidean, Index = IndexKind.Hnsw, M = 8, EfConstruction = 40)]
    public ReadOnlyMemory<float> Place { get; init; }
}

/// <summary>Is what moved once; written in one transaction with the two accounts.</summary>
public sealed partial record Transfer
{
    public long Id { get; init; }

    public required long From { get; init; }

    public required long To { get; init; }

    public required long Amount { get; init; }

    [VectorColumn(Account.Dimensions, Metric.Euclidean, Index = IndexKind.Hnsw, M = 8, EfConstruction = 40)]
    public ReadOnlyMemory<float>? Place { get; init; }
}
