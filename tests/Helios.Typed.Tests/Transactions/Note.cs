namespace Helios.Typed.Tests.Transactions;

public sealed partial record Note
{
    public required string Id { get; init; }

    public required string Text { get; init; }

    [VectorColumn(2, Metric.Euclidean)]
    public ReadOnlyMemory<float> Place { get; init; }

    public static Note Create(string id, string text) => new() { Id = id, Text = text, Place = new float[] { text.Length, 1 } };
}
