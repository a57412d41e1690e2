namespace Helios.Typed.Tests.Hosting;

public sealed partial record HostedNote
{
    public long Id { get; init; }

    public required string Title { get; init; }

    [VectorColumn(3, Metric.Euclidean)]
    public ReadOnlyMemory<float> Place { get; init; }
}

public sealed partial record HostedTag
{
    public required string Id { get; init; }

    [VectorColumn(2)]
    public float[]? Direction { get; init; }
}
