using System;
using System.ComponentModel.DataAnnotations;
using Helios.Typed;

public partial record Word(
    [property: Key] string Lemma,
    [Indexed] string Part,
    string? Gloss,
    [VectorColumn(50, Metric.Euclidean, Index = IndexKind.Hnsw, M = 32, EfConstruction = 300, EfSearch = 100, Quantization = Quantization.None)] float[] Vector)
{
    public int Uses { get; init; }
}
