using Helios.Typed;

namespace QuickStart;

/// <summary>Keeps what all definitions have in common, so that later runs embed a question as the rows were embedded.</summary>
internal sealed partial record CommonDirection
{
    /// <summary>The one row of this table.</summary>
    public const int OnlyId = 1;

    public int Id { get; init; } = OnlyId;

    [VectorColumn(WordVectors.Dimensions, Metric.InnerProduct, Index = IndexKind.Flat)]
    public ReadOnlyMemory<float> Direction { get; init; }
}
