namespace Helios.Typed.Benchmarks.Store;

/// <summary>Is the row of the ingest benchmark: a key and a vector of 384 elements.</summary>
internal sealed partial record Chunk
{
    /// <summary>The vector's elements.</summary>
    public const int Dimensions = 384;

    public long Id { get; init; }

    [VectorColumn(Dimensions, Metric.Cosine, Index = IndexKind.Hnsw)]
    public ReadOnlyMemory<float> Embedding { get; init; }
}
