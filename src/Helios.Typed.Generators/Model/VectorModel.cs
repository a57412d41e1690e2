namespace Helios.Typed.Generators.Model;

/// <summary>Is what a <c>[VectorColumn]</c> says.</summary>
/// <param name="Dimensions">The number of elements.</param>
/// <param name="Metric">How vectors are compared.</param>
/// <param name="Index">The index asked for, or null where the attribute leaves it to its default.</param>
/// <param name="MaxConnections">The attribute's <c>M</c>, or null.</param>
/// <param name="ConstructionBeam">The attribute's <c>EfConstruction</c>, or null.</param>
/// <param name="SearchBeam">The attribute's <c>EfSearch</c>, or null.</param>
/// <param name="Quantization">The code the index traverses, or null.</param>
internal sealed record VectorModel(
    int Dimensions,
    Metric Metric,
    IndexKind? Index,
    int? MaxConnections,
    int? ConstructionBeam,
    int? SearchBeam,
    Quantization? Quantization);
