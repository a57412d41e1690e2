namespace Helios.Typed.Schema;

/// <summary>Describes what a vector column holds and how it is indexed.</summary>
/// <param name="Dimensions">The number of elements, 1 to 65,535.</param>
/// <param name="Metric">How vectors are compared.</param>
/// <param name="Index">The index asked for.</param>
/// <param name="MaxConnections">The paper's M.</param>
/// <param name="ConstructionBeam">The paper's efConstruction.</param>
/// <param name="SearchBeam">The paper's ef, by default.</param>
/// <param name="Quantization">The code the index traverses.</param>
internal sealed record VectorShape(
    int Dimensions,
    Metric Metric,
    IndexKind Index,
    int MaxConnections,
    int ConstructionBeam,
    int SearchBeam,
    Quantization Quantization)
{
    /// <summary>The most dimensions a vector may have.</summary>
    internal const int MaxDimensions = 65_535;
}
