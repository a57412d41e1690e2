using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Helios.Typed.Generators.Parsing;

/// <summary>Finds attributes by their metadata names and reads what they say.</summary>
internal static class AttributeReader
{
    /// <summary>Finds an attribute on a symbol, or null.</summary>
    public static AttributeData? Find(ISymbol symbol, string metadataName)
    {
        foreach (AttributeData attribute in symbol.GetAttributes())
        {
            // The name first: it is at hand, and spelling out the namespace is not free.
            if (attribute.AttributeClass is { } type && metadataName.EndsWith(type.Name, StringComparison.Ordinal) && type.ToDisplayString() == metadataName)
            {
                return attribute;
            }
        }

        return null;
    }

    /// <summary>Finds the positional parameter that a record's property came from, or null.</summary>
    public static IParameterSymbol? PositionalParameter(IPropertySymbol property) => property.ContainingType.IsRecord
        ? property.ContainingType.InstanceConstructors
            .SelectMany(constructor => constructor.Parameters)
            .FirstOrDefault(parameter => parameter.Name == property.Name
                && SymbolEqualityComparer.Default.Equals(parameter.Type, property.Type)
                && (Find(parameter, AttributeNames.VectorColumn) ?? Find(parameter, AttributeNames.Indexed)) is not null)
        : null;

    /// <summary>Reads a constructor argument, or null where it is missing, in error or not of the type.</summary>
    public static T? Argument<T>(AttributeData attribute, int place)
        where T : struct =>
        attribute.ConstructorArguments.Length > place && attribute.ConstructorArguments[place] is { Kind: not TypedConstantKind.Error, Value: T value }
            ? value
            : null;

    /// <summary>Reads text given to the constructor, or null.</summary>
    public static string? Text(AttributeData? attribute) =>
        attribute is { ConstructorArguments: [{ Kind: TypedConstantKind.Primitive, Value: string text }, ..] } ? text : null;

    /// <summary>Reads a named argument, or null where it is not given or not of the type.</summary>
    public static T? Named<T>(AttributeData attribute, string name)
        where T : struct
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key == name && argument.Value is { Kind: not TypedConstantKind.Error, Value: T value })
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Finds where an attribute, or one of its arguments, stands.</summary>
    /// <param name="attribute">The attribute.</param>
    /// <param name="argument">The place of a constructor argument, −1 for the whole attribute.</param>
    /// <param name="name">The name of a named argument, or null.</param>
    public static Location? LocationOf(AttributeData attribute, int argument = -1, string? name = null)
    {
        if (attribute.ApplicationSyntaxReference?.GetSyntax() is not AttributeSyntax syntax)
        {
            return null;
        }

        string? parameter = argument >= 0 && attribute.AttributeConstructor is { } constructor ? constructor.Parameters[argument].Name : null;
        AttributeArgumentSyntax? found = syntax.ArgumentList?.Arguments
            .Where((candidate, place) => name is not null ? candidate.NameEquals?.Name.Identifier.ValueText == name
                : candidate.NameColon is { } colon ? colon.Name.Identifier.ValueText == parameter
                : candidate.NameEquals is null && place == argument)
            .FirstOrDefault();
        return (found ?? (SyntaxNode)syntax).GetLocation();
    }
}
