using Helios.Typed.Generators.Diagnostics;
using Helios.Typed.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Helios.Typed.Generators.Parsing;

/// <summary>Goes from an attributed member to its record, once for each record however many members are attributed.</summary>
internal static class RecordFinder
{
    /// <summary>Parses the record of an attributed property or parameter; null where another of its members answers for it.</summary>
    public static ParseResult? Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellationToken)
    {
        IPropertySymbol? property;
        if (context.TargetSymbol is IParameterSymbol parameter)
        {
            property = parameter.ContainingType?.GetMembers(parameter.Name).OfType<IPropertySymbol>()
                .FirstOrDefault(candidate => AttributeReader.PositionalParameter(candidate) is { } own && SymbolEqualityComparer.Default.Equals(own, parameter));
            if (property is null)
            {
                return Misplaced(parameter);
            }
        }
        else
        {
            // Both parts of a partial property have its attributes; the one that the attribute is written at answers.
            property = context.TargetSymbol as IPropertySymbol;
            property = property?.PartialDefinitionPart ?? property;
            if (property is null || !IsWrittenAt(AttributeReader.Find(property, AttributeNames.VectorColumn), context.TargetNode))
            {
                return null;
            }
        }

        return SymbolEqualityComparer.Default.Equals(FirstVector(property.ContainingType), property)
            ? RecordParser.Parse(property.ContainingType, cancellationToken)
            : null;
    }

    /// <summary>Parses a type with <c>[Table]</c>; null where it is not partial, or a vector column answers for it.</summary>
    /// <remarks>A type that is not partial is left alone: it is an entity of another library, which knows the same attribute.</remarks>
    public static ParseResult? ParseTable(GeneratorAttributeSyntaxContext context, CancellationToken cancellationToken) =>
        context.TargetSymbol is INamedTypeSymbol type
        && IsWrittenAt(AttributeReader.Find(type, AttributeNames.Table), context.TargetNode)
        && ShapeParser.IsPartial(type, cancellationToken)
        && FirstVector(type) is null
            ? RecordParser.Parse(type, cancellationToken)
            : null;

    /// <summary>Finds the first vector column that a type itself declares, or null.</summary>
    /// <param name="type">The type.</param>
    public static IPropertySymbol? FirstVector(INamedTypeSymbol type) => type.GetMembers().OfType<IPropertySymbol>()
        .FirstOrDefault(property => AttributeReader.Find(property, AttributeNames.VectorColumn) is not null
            || (AttributeReader.PositionalParameter(property) is { } parameter && AttributeReader.Find(parameter, AttributeNames.VectorColumn) is not null));

    /// <summary>Says, from syntax alone, whether a parameter may have a <c>[property: VectorColumn]</c>.</summary>
    /// <param name="parameter">The parameter.</param>
    public static bool HasPropertyTarget(ParameterSyntax parameter) =>
        parameter.Parent?.Parent is RecordDeclarationSyntax
        && parameter.AttributeLists.Any(list => list.Target?.Identifier.IsKind(SyntaxKind.PropertyKeyword) == true);

    /// <summary>Parses the record of such a parameter; null where it has none, or another member answers for the record.</summary>
    public static ParseResult? ParsePropertyTarget(GeneratorSyntaxContext context, CancellationToken cancellationToken)
    {
        var parameter = (ParameterSyntax)context.Node;
        if (context.SemanticModel.GetDeclaredSymbol(parameter, cancellationToken) is not IParameterSymbol { ContainingType: { } type } symbol)
        {
            return null;
        }

        if (FirstVector(type) is not { } first)
        {
            return TableLack.ParsePropertyTarget(type, parameter, cancellationToken);
        }

        return AttributeReader.Find(symbol, AttributeNames.VectorColumn) is null
            && first.Name == symbol.Name
            && AttributeReader.Find(first, AttributeNames.VectorColumn) is not null
            ? RecordParser.Parse(type, cancellationToken)
            : null;
    }

    private static bool IsWrittenAt(AttributeData? attribute, SyntaxNode node) =>
        attribute?.ApplicationSyntaxReference is { } reference && reference.SyntaxTree == node.SyntaxTree && node.Span.Contains(reference.Span);

    private static ParseResult Misplaced(IParameterSymbol parameter)
    {
        DiagnosticBag diagnostics = new();
        diagnostics.Add(
            DiagnosticDescriptors.MisplacedAttribute,
            parameter.Locations[0],
            "VectorColumn",
            parameter.Name,
            "column",
            "only a positional parameter of a record has a property to go with it; put the attribute on a property");
        return new ParseResult(null, diagnostics.ToArray());
    }
}
