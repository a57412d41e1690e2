using Helios.Typed;

namespace QuickStart;

/// <summary>Is one meaning in WordNet and the words that have it: a row of the reverse dictionary.</summary>
internal sealed partial record Synset
{
    public required string Id { get; init; }

    public required string[] Words { get; init; }

    [Indexed]
    public required string Category { get; init; }

    public required string Definition { get; init; }

    public string[] Examples { get; init; } = [];

    /// <summary>How often the meaning occurs in WordNet's tagged texts.</summary>
    public int Usage { get; init; }

    [VectorColumn(WordVectors.Dimensions, Metric.Cosine)]
    public ReadOnlyMemory<float> Embedding { get; init; }
}
