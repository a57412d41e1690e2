using Helios.Typed.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace Helios.Typed.Generators.Parsing;

/// <summary>Finds the key: the property with <c>[Key]</c>, else the one named <c>Id</c>.</summary>
internal static class KeyParser
{
    private const string ConventionalName = "Id";

    // DatabaseGeneratedOption.None
    private const int NotGenerated = 0;

    /// <summary>Finds the key, or reports why there is none.</summary>
    public static MappedProperty? Find(INamedTypeSymbol record, List<MappedProperty> properties, DiagnosticBag diagnostics)
    {
        List<MappedProperty> keys = [.. properties.Where(property => property.Key is not null)];
        if (keys.Count > 1)
        {
            diagnostics.Add(DiagnosticDescriptors.SeveralKeys, keys[1].Location, record.Name, string.Join(", ", keys.Select(property => $"'{property.Name}'")));
        }

        MappedProperty? key = keys.FirstOrDefault() ?? properties.FirstOrDefault(property => property.Name == ConventionalName);
        if (key is null)
        {
            diagnostics.Add(DiagnosticDescriptors.NoKey, record.Locations[0], record.Name);
        }

        return key;
    }

    /// <summary>Says whether the key is marked <c>[DatabaseGenerated(DatabaseGeneratedOption.None)]</c>: 0 is then a key like any other.</summary>
    /// <param name="key">The key.</param>
    public static bool IsGivenByCaller(MappedProperty key) =>
        key.Attributes.Find(AttributeNames.DatabaseGenerated) is { } attribute
        && AttributeReader.Argument<int>(attribute, 0) == NotGenerated;
}
