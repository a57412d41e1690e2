using System.ComponentModel.DataAnnotations.Schema;

namespace Helios.Typed.Tests.Evolution.First;

/// <summary>Is a record as it was at first.</summary>
[Table("letters")]
public sealed partial record Letter
{
    public long Id { get; init; }

    public required string Heading { get; init; }

    public int Pages { get; init; }

    public string? Draft { get; init; }

    [VectorColumn(2, Metric.Euclidean, Index = IndexKind.Hnsw)]
    public ReadOnlyMemory<float> Place { get; init; }
}
