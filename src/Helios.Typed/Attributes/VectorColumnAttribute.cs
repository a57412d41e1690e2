namespace Helios.Typed;

/// <summary>Makes a property a vector column, and its partial type a table.</summary>
/// <remarks>
/// Goes on a property, or on a positional parameter, of type <c>ReadOnlyMemory&lt;float&gt;</c>, <c>float[]</c>,
/// <c>ReadOnlyMemory&lt;Half&gt;</c> or <c>Half[]</c>; nullable where a row may have no vector.
/// </remarks>
/// <param name="dimensions">The number of elements of every vector, 1 to 65,535.</param>
/// <param name="metric">How vectors are compared.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class VectorColumnAttribute(int dimensions, Metric metric = Metric.Cosine) : Attribute
{
    /// <summary>Gets the number of elements of every vector.</summary>
    public int Dimensions { get; } = dimensions;

    /// <summary>Gets how vectors are compared.</summary>
    public Metric Metric { get; } = metric;

    /// <summary>Gets or sets the index that answers nearest-neighbour queries.</summary>
    /// <value>The default is <see cref="IndexKind.Auto"/>.</value>
    public IndexKind Index { get; set; } = IndexKind.Auto;

    /// <summary>Gets or sets the links kept per graph node and level (the paper's M), 2 to 128; level 0 keeps twice as many.</summary>
    /// <value>The default is 16.</value>
    public int M { get; set; } = 16;

    /// <summary>Gets or sets the candidates considered while a node is linked, M to 10,000.</summary>
    /// <value>The default is 200.</value>
    public int EfConstruction { get; set; } = 200;

    /// <summary>Gets or sets the candidates kept while a query walks the graph, 1 to 100,000; a query may override it.</summary>
    /// <value>The default is 64.</value>
    public int EfSearch { get; set; } = 64;

    /// <summary>Gets or sets the compact code the index traverses.</summary>
    /// <value>The default is <see cref="Quantization.Auto"/>.</value>
    public Quantization Quantization { get; set; } = Quantization.Auto;
}
