using System;
using System.ComponentModel.DataAnnotations.Schema;
using System.Text.Json;
using Helios.Typed;

namespace Shop;

[Table("articles")]
public sealed partial record Article
{
    public long Id { get; init; }
    public required string Title { get; init; }
    [Indexed] public required string Category { get; init; }
    [Indexed] public decimal Price { get; init; }
    public bool InStock { get; set; }
    public string[] Tags { get; init; } = [];
    public JsonElement? Metadata { get; init; }
    public DateTimeOffset PublishedAt { get; init; }
    [VectorColumn(384, Metric.Cosine)] public ReadOnlyMemory<float> Embedding { get; init; }

    public string Headline => Title.ToUpperInvariant();
    [NotMapped] public object? Cache { get; set; }
}
