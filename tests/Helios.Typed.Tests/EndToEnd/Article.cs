namespace Helios.Typed.Tests.EndToEnd;

public sealed partial record Article
{
    public long Id { get; init; }

    public required string Title { get; init; }

    [Indexed]
    public required string Category { get; init; }

    [Indexed]
    public decimal Price { get; init; }

    public string[] Tags { get; init; } = [];

    public DateTimeOffset? PublishedAt { get; init; }

    [VectorColumn(4, Metric.Cosine)]
    public ReadOnlyMemory<float> Embedding { get; init; }
}
