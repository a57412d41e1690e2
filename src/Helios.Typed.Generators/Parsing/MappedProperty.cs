using Microsoft.CodeAnalysis;

namespace Helios.Typed.Generators.Parsing;

/// <summary>Is a property that is, or may be, a column; lives only while its record is parsed.</summary>
/// <param name="symbol">The property.</param>
/// <param name="record">The record it is seen from.</param>
internal sealed class MappedProperty(IPropertySymbol symbol, INamedTypeSymbol record)
{
    /// <summary>Gets the property.</summary>
    public IPropertySymbol Symbol { get; } = symbol;

    /// <summary>Gets the record it is seen from.</summary>
    public INamedTypeSymbol Record { get; } = record;

    /// <summary>Gets its attributes.</summary>
    public PropertyAttributes Attributes { get; } = new(symbol);

    /// <summary>Gets its name.</summary>
    public string Name => Symbol.Name;

    /// <summary>Gets its <c>[VectorColumn]</c>, or null.</summary>
    public AttributeData? Vector => Attributes.Find(AttributeNames.VectorColumn);

    /// <summary>Gets whether it is <c>[Indexed]</c>.</summary>
    public bool IsIndexed => Attributes.Find(AttributeNames.Indexed) is not null;

    /// <summary>Gets its <c>[Key]</c>, or null.</summary>
    public AttributeData? Key => Attributes.Find(AttributeNames.Key);

    /// <summary>Gets its <c>[Column]</c>, or null.</summary>
    public AttributeData? Column => Attributes.Find(AttributeNames.Column);

    /// <summary>Gets whether its author says that it is a column.</summary>
    public bool IsAttributed => Vector is not null || IsIndexed || Key is not null || Column is not null;

    /// <summary>Gets whether an object initializer may set it: an <c>init</c> or <c>set</c> that is not private or protected.</summary>
    public bool IsSettable { get; } = SetterOf(symbol) is { DeclaredAccessibility: Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal } setter
        && IsVisible(setter, record);

    /// <summary>Gets whether it has a setter, of whatever accessibility.</summary>
    public bool HasSetter { get; } = SetterOf(symbol) is not null;

    /// <summary>Gets where it stands: on the record's own lines where it is inherited from elsewhere.</summary>
    public Location Location { get; } = symbol.Locations.FirstOrDefault(location => location.IsInSource) ?? record.Locations[0];

    /// <summary>Says whether code in the record sees a member: internal ones of other assemblies are not seen.</summary>
    /// <param name="member">The member.</param>
    /// <param name="record">The record.</param>
    public static bool IsVisible(ISymbol member, INamedTypeSymbol record) => member.DeclaredAccessibility == Accessibility.Public
        || SymbolEqualityComparer.Default.Equals(member.ContainingAssembly, record.ContainingAssembly);

    private static IMethodSymbol? SetterOf(IPropertySymbol property) => property.SetMethod
        ?? (property.OverriddenProperty is { } overridden ? SetterOf(overridden) : null);
}
