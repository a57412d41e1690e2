using Helios.Typed.Generators.Diagnostics;
using Helios.Typed.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Helios.Typed.Generators.Parsing;

/// <summary>Finds attributes of columns and tables on a partial type that is no table, where nothing would ever read them.</summary>
/// <remarks>
/// A type that is not partial, or abstract, cannot be a table; it may be the base of one, which has its attributes, and is left alone.
/// </remarks>
internal static class TableLack
{
    /// <summary>Reports a type by one of its attributes; null where it is a table, cannot be one, or another attribute answers for it.</summary>
    public static ParseResult? Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellationToken)
    {
        INamedTypeSymbol? type = context.TargetSymbol as INamedTypeSymbol ?? context.TargetSymbol.ContainingType;
        return type is not null
            && Find(type, cancellationToken) is { } first
            && context.Attributes.Any(attribute => Place(attribute) == Place(first))
                ? Report(type, first)
                : null;
    }

    /// <summary>Reports a type by an attribute <c>[property: …]</c> of one of its positional parameters.</summary>
    /// <param name="type">The type.</param>
    /// <param name="parameter">The parameter.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static ParseResult? ParsePropertyTarget(INamedTypeSymbol type, ParameterSyntax parameter, CancellationToken cancellationToken) =>
        Find(type, cancellationToken) is { } first
        && first.ApplicationSyntaxReference?.GetSyntax(cancellationToken).Parent is AttributeListSyntax { Target: { } target } list
        && target.Identifier.IsKind(SyntaxKind.PropertyKeyword)
        && list.Parent == parameter
            ? Report(type, first)
            : null;

    private static AttributeData? Find(INamedTypeSymbol type, CancellationToken cancellationToken) =>
        type.TypeKind is TypeKind.Class or TypeKind.Struct
        && !type.IsAbstract
        && ShapeParser.IsPartial(type, cancellationToken)
        && AttributeReader.Find(type, AttributeNames.Table) is null
        && RecordFinder.FirstVector(type) is null
            ? AttributeReader.Find(type, AttributeNames.FormerName) ?? type.GetMembers().OfType<IPropertySymbol>()
                .Where(property => property.PartialDefinitionPart is null)
                .Select(property => new PropertyAttributes(property))
                .Select(attributes => attributes.Find(AttributeNames.Indexed) ?? attributes.Find(AttributeNames.FormerName))
                .FirstOrDefault(attribute => attribute is not null)
            : null;

    // One attribute of source is several objects, one for each symbol that has it.
    private static (SyntaxTree? Tree, TextSpan? Span) Place(AttributeData attribute) =>
        (attribute.ApplicationSyntaxReference?.SyntaxTree, attribute.ApplicationSyntaxReference?.Span);

    private static ParseResult Report(INamedTypeSymbol type, AttributeData attribute)
    {
        // The BCL's [Table] goes on classes alone.
        string remedy = type.IsValueType
            ? "make it a class or record class with [Table], give it a property with [VectorColumn], or remove the attribute"
            : "add [Table(\"…\")] to it, give it a property with [VectorColumn], or remove the attribute";
        string name = attribute.AttributeClass!.Name;
        DiagnosticBag diagnostics = new();
        diagnostics.Add(DiagnosticDescriptors.NoTable, type.Locations[0], type.Name, name.Substring(0, name.Length - nameof(Attribute).Length), remedy);
        return new ParseResult(null, diagnostics.ToArray());
    }
}
