using System.ComponentModel.DataAnnotations.Schema;
using System.Text.Json;

namespace Helios.Typed.Tests.Generated;

/// <summary>Is the record of the design's first page.</summary>
[Table("articles")]
public sealed partial record Article
{
    public long Id { get; init; }

    public required string Title { get; init; }

    [Indexed]
    public required string Category { get; init; }

    [Indexed]
    public decimal Price { get; init; }

    public string[] Tags { get; init; } = [];

    public JsonElement? Metadata { get; init; }

    public DateTimeOffset PublishedAt { get; init; }

    [VectorColumn(3, Metric.Cosine)]
    public ReadOnlyMemory<float> Embedding { get; init; }
}
