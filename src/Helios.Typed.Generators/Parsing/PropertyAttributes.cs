using Microsoft.CodeAnalysis;

namespace Helios.Typed.Generators.Parsing;

/// <summary>Holds the attributes of a property that are read: its own, those of what it overrides, and of its positional parameter.</summary>
/// <remarks>Gathered in one pass, because this runs for every property of every record at every edit.</remarks>
internal sealed class PropertyAttributes
{
    private readonly List<(string MetadataName, AttributeData Attribute)> _found = [];

    /// <summary>Gathers the attributes of a property.</summary>
    /// <param name="property">The property.</param>
    public PropertyAttributes(IPropertySymbol property)
    {
        for (IPropertySymbol? current = property; current is not null; current = current.OverriddenProperty)
        {
            Add(current);
            if (AttributeReader.PositionalParameter(current) is { } parameter)
            {
                Add(parameter);
            }
        }
    }

    /// <summary>Finds an attribute, the most derived one first; null where there is none.</summary>
    /// <param name="metadataName">One of <see cref="AttributeNames"/>.</param>
    public AttributeData? Find(string metadataName)
    {
        foreach ((string name, AttributeData attribute) in _found)
        {
            if (name == metadataName)
            {
                return attribute;
            }
        }

        return null;
    }

    /// <summary>Finds every attribute of a kind.</summary>
    /// <param name="metadataName">One of <see cref="AttributeNames"/>.</param>
    public IEnumerable<AttributeData> FindAll(string metadataName) =>
        _found.Where(found => found.MetadataName == metadataName).Select(found => found.Attribute);

    private void Add(ISymbol symbol)
    {
        foreach (AttributeData attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass is { } type && AttributeNames.IsRead(type.Name))
            {
                _found.Add((type.ToDisplayString(), attribute));
            }
        }
    }
}
