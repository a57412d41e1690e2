namespace Helios.Typed.Generators.Model;

/// <summary>Is one column, as the emitters need it.</summary>
/// <param name="Property">The record's property.</param>
/// <param name="Name">The column's name, as SQL sees it.</param>
/// <param name="Accessibility">The accessibility of the property, which that of its column equals.</param>
/// <param name="Value">What the property holds.</param>
/// <param name="IsKey">Whether this is the key.</param>
/// <param name="IsIndexed">Whether filters on it were announced.</param>
/// <param name="Vector">The settings of a vector column.</param>
/// <param name="Parameter">The constructor's parameter that takes the value, or null.</param>
/// <param name="IsInitialized">Whether an object initializer sets the property.</param>
internal sealed record ColumnModel(
    string Property,
    string Name,
    string Accessibility,
    ValueModel Value,
    bool IsKey,
    bool IsIndexed,
    VectorModel? Vector,
    string? Parameter,
    bool IsInitialized)
{
    /// <summary>Gets the expression of the column's default, or null.</summary>
    public string? Default { get; init; }

    /// <summary>Gets the names that the column was stored under.</summary>
    public EquatableArray<string> FormerNames { get; init; }
}
