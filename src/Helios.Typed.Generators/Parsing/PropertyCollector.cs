using Helios.Typed.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace Helios.Typed.Generators.Parsing;

/// <summary>Lists the properties of a record that may be columns: inherited ones first, then in the order of declaration.</summary>
internal static class PropertyCollector
{
    /// <summary>Lists the properties.</summary>
    /// <param name="record">The record.</param>
    /// <param name="diagnostics">Takes what is wrong with attributed properties that cannot be columns.</param>
    public static List<MappedProperty> Collect(INamedTypeSymbol record, DiagnosticBag diagnostics)
    {
        List<IPropertySymbol> found = [];
        for (INamedTypeSymbol? type = record; type is not null; type = type.BaseType)
        {
            // What a derived type overrides or hides is seen there alone.
            found.InsertRange(0, type.GetMembers().OfType<IPropertySymbol>()
                .Where(property => property.ExplicitInterfaceImplementations.IsEmpty && property.PartialDefinitionPart is null)
                .Where(property => !found.Any(derived => derived.Name == property.Name)));
        }

        return [.. found.Select(property => new MappedProperty(property, record)).Where(property => IsCandidate(property, record, diagnostics))];
    }

    private static bool IsCandidate(MappedProperty property, INamedTypeSymbol record, DiagnosticBag diagnostics)
    {
        IPropertySymbol symbol = property.Symbol;
        if (property.Attributes.Find(AttributeNames.NotMapped) is not null)
        {
            return false;
        }

        bool isShaped = !symbol.IsStatic && !symbol.IsIndexer && !symbol.ReturnsByRef && !symbol.ReturnsByRefReadonly && symbol.GetMethod is not null;
        if (!isShaped)
        {
            if (property.Vector is not null)
            {
                string why = symbol.IsStatic ? "it is static" : symbol.IsIndexer ? "it is an indexer" : symbol.GetMethod is null ? "it has no getter" : "it returns a reference";
                diagnostics.Add(DiagnosticDescriptors.MisplacedAttribute, property.Location, "VectorColumn", symbol.Name, "column", $"{why}; put it on a property that each record has a value of");
            }

            return false;
        }

        bool isVisible = IsReachable(symbol) && IsReachable(symbol.GetMethod!) && MappedProperty.IsVisible(symbol, record);
        if (!isVisible && property.IsAttributed)
        {
            diagnostics.Add(DiagnosticDescriptors.Inaccessible, property.Location, symbol.Name, "is a column that queries and the serializer cannot reach");
        }

        return isVisible && (symbol.DeclaredAccessibility == Accessibility.Public || property.IsAttributed);
    }

    private static bool IsReachable(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal;
}
