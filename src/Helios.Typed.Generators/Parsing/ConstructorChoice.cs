using Microsoft.CodeAnalysis;

namespace Helios.Typed.Generators.Parsing;

/// <summary>Is the constructor that makes a record of a row.</summary>
/// <param name="constructor">The constructor.</param>
/// <param name="parameters">Its parameters by the property that they set.</param>
internal sealed class ConstructorChoice(IMethodSymbol constructor, Dictionary<MappedProperty, IParameterSymbol> parameters)
{
    /// <summary>Gets whether it says that it sets every required member.</summary>
    public bool SetsRequiredMembers { get; } = AttributeReader.Find(constructor, AttributeNames.SetsRequiredMembers) is not null;

    /// <summary>Gets the constructor.</summary>
    public IMethodSymbol Constructor { get; } = constructor;

    /// <summary>Names the parameter that takes a property's value, or null.</summary>
    /// <param name="property">The property.</param>
    public string? ParameterOf(MappedProperty property) => parameters.TryGetValue(property, out IParameterSymbol? parameter) ? parameter.Name : null;
}
