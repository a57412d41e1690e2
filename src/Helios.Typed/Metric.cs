namespace Helios.Typed;

/// <summary>Names how two vectors are compared.</summary>
/// <remarks>The numeric values are stored in databases and never change.</remarks>
public enum Metric
{
    /// <summary>Compares directions: the distance is <c>1 − cos(x, y)</c>, from 0 to 2; SQL's <c>&lt;=&gt;</c>.</summary>
    Cosine = 1,

    /// <summary>Compares positions: the distance is <c>√Σ(x[i] − y[i])²</c>; SQL's <c>&lt;-&gt;</c>.</summary>
    Euclidean = 2,

    /// <summary>Compares by inner product: the distance is <c>−Σ x[i]·y[i]</c>; SQL's <c>&lt;#&gt;</c>.</summary>
    InnerProduct = 3,
}
