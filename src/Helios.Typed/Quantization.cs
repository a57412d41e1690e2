namespace Helios.Typed;

/// <summary>Names the compact code that an index traverses in place of the full vectors.</summary>
/// <remarks>The numeric values are stored in databases and never change. Full vectors are always kept.</remarks>
public enum Quantization
{
    /// <summary>Traverses the vectors as they were written.</summary>
    None = 0,
}
