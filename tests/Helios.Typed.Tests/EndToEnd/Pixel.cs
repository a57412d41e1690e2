namespace Helios.Typed.Tests.EndToEnd;

public sealed partial record Pixel
{
    public int Id { get; init; }

    [VectorColumn(3, Metric.Euclidean, Index = IndexKind.Hnsw)]
    public ReadOnlyMemory<float> Color { get; init; }

    public static Pixel Create(int id, Random random) =>
        new() { Id = id, Color = new[] { random.NextSingle(), random.NextSingle(), random.NextSingle() } };
}
