using Helios.Typed;

namespace NativeAot;

/// <summary>Is a row of the sample.</summary>
internal sealed partial record Article
{
    public long Id { get; init; }

    public required string Title { get; init; }

    [Indexed]
    public required string Category { get; init; }

    public decimal Price { get; init; }

    public string[] Tags { get; init; } = [];

    [VectorColumn(3, Metric.Cosine, Index = IndexKind.Hnsw)]
    public ReadOnlyMemory<float> Embedding { get; init; }
}
