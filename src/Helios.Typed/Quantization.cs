namespace Helios.Typed;

/// <summary>Names the compact code that an index traverses in place of the full vectors.</summary>
/// <remarks>
/// The numeric values are stored in databases and never change. Full vectors are always kept, and the nearest that were found by
/// code are compared with in full: distances are exact whatever the code.
/// </remarks>
public enum Quantization
{
    /// <summary>Traverses the vectors as they were written.</summary>
    None = 0,

    /// <summary>Chooses by the column: <see cref="Scalar"/> from 64 dimensions on, <see cref="None"/> below.</summary>
    Auto = 1,

    /// <summary>Traverses codes of 7 bits an element: a quarter of the memory traffic of single precision, at the same recall.</summary>
    Scalar = 2,
}
