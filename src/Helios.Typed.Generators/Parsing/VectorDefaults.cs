namespace Helios.Typed.Generators.Parsing;

/// <summary>Holds the defaults of <c>[VectorColumn]</c> that checks need; a test holds them to the attribute's own.</summary>
internal static class VectorDefaults
{
    public const int MaxConnections = 16;
    public const int ConstructionBeam = 200;
}
