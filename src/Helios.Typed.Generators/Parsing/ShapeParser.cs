using Helios.Typed.Generators.Diagnostics;
using Helios.Typed.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Helios.Typed.Generators.Parsing;

/// <summary>Checks that code can be added to a type and reach it from outside.</summary>
internal static class ShapeParser
{
    /// <summary>Checks the type; false where nothing can be emitted for it.</summary>
    public static bool Check(INamedTypeSymbol type, DiagnosticBag diagnostics, CancellationToken cancellationToken)
    {
        int before = diagnostics.Count;
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct) || type.IsRefLikeType || type.IsStatic)
        {
            bool hasVector = RecordFinder.FirstVector(type) is not null;
            diagnostics.Add(
                DiagnosticDescriptors.MisplacedAttribute,
                type.Locations[0],
                hasVector ? "VectorColumn" : "Table",
                type.Name,
                hasVector ? "column" : "table",
                $"{(hasVector ? "its type" : "it")} must be a record, class or struct, and neither static nor a ref struct");
            return false;
        }

        CheckPartial(type, diagnostics, cancellationToken);
        if (TypesAround(type).Any(around => around.IsGenericType) || type.IsGenericType)
        {
            diagnostics.Add(DiagnosticDescriptors.GenericRecord, type.Locations[0], type.Name);
        }

        CheckReach(type, diagnostics);
        string columns = RecordModel.ColumnsNameOf(type.Name);
        bool isTaken = type.ContainingType is { } around
            ? around.Name == columns || !around.GetMembers(columns).IsEmpty
            : type.ContainingNamespace.GetMembers(columns).Any();
        if (isTaken)
        {
            diagnostics.Add(DiagnosticDescriptors.NameTaken, type.Locations[0], type.Name, columns);
        }

        string extensions = RecordModel.ExtensionsNameOf(TypesAround(type).Reverse().Select(outer => outer.Name), type.Name);
        if (type.ContainingNamespace.GetMembers(extensions).Any())
        {
            diagnostics.Add(DiagnosticDescriptors.NameTaken, type.Locations[0], type.Name, extensions);
        }

        return diagnostics.Count == before;
    }

    /// <summary>Lists the types that a type is nested in, innermost first.</summary>
    /// <param name="type">The type.</param>
    public static IEnumerable<INamedTypeSymbol> TypesAround(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? around = type.ContainingType; around is not null; around = around.ContainingType)
        {
            yield return around;
        }
    }

    /// <summary>Spells how a type is declared.</summary>
    /// <param name="type">The type.</param>
    public static string Keyword(INamedTypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Interface } => "interface",
        { IsRecord: true, IsValueType: true } => "record struct",
        { IsRecord: true } => "record",
        { IsValueType: true } => "struct",
        _ => "class",
    };

    /// <summary>Says whether one of a type's declarations is <c>partial</c>.</summary>
    /// <param name="type">The type.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static bool IsPartial(INamedTypeSymbol type, CancellationToken cancellationToken) => type.DeclaringSyntaxReferences
        .Select(reference => reference.GetSyntax(cancellationToken))
        .OfType<TypeDeclarationSyntax>()
        .Any(declaration => declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    private static void CheckPartial(INamedTypeSymbol type, DiagnosticBag diagnostics, CancellationToken cancellationToken)
    {
        if (!IsPartial(type, cancellationToken))
        {
            diagnostics.Add(DiagnosticDescriptors.NotPartial, type.Locations[0], type.Name, Keyword(type));
        }

        foreach (INamedTypeSymbol around in TypesAround(type))
        {
            if (!IsPartial(around, cancellationToken))
            {
                diagnostics.Add(DiagnosticDescriptors.ContainingTypeNotPartial, around.Locations[0], type.Name, around.Name, Keyword(around));
            }
        }
    }

    private static void CheckReach(INamedTypeSymbol type, DiagnosticBag diagnostics)
    {
        foreach (INamedTypeSymbol link in new[] { type }.Concat(TypesAround(type)))
        {
            if (link.IsFileLocal)
            {
                diagnostics.Add(DiagnosticDescriptors.Inaccessible, link.Locations[0], link.Name, "is local to its file, and the code generated for its table stands in another");
            }
            else if (link.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal))
            {
                diagnostics.Add(DiagnosticDescriptors.Inaccessible, link.Locations[0], link.Name, "is private or protected, and the store methods generated for its table cannot reach it");
            }
        }
    }
}
