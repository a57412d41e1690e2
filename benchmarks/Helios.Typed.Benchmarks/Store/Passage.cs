namespace Helios.Typed.Benchmarks.Store;

/// <summary>Is the row of the store benchmark: a key, three scalar columns and a vector as embedding models give it.</summary>
internal sealed partial record Passage
{
    /// <summary>The vector's elements.</summary>
    public const int Dimensions = 768;

    public long Id { get; init; }

    public required string Title { get; init; }

    public int Year { get; init; }

    public double Price { get; init; }

    [VectorColumn(Dimensions, Metric.Cosine)]
    public ReadOnlyMemory<float> Embedding { get; init; }

    /// <summary>Gets the bytes that the user hands over.</summary>
    public long Bytes => sizeof(long) + Title.Length + sizeof(int) + sizeof(double) + ((long)Embedding.Length * sizeof(float));
}
