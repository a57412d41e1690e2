using Microsoft.CodeAnalysis;

namespace Helios.Typed.Generators.Parsing;

/// <summary>Compares types that are the same but for the nulls they admit.</summary>
internal static class Nullability
{
    /// <summary>Says whether a parameter takes every value of a property of its type, as the compiler will see it.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="property">The property.</param>
    public static bool Takes(IParameterSymbol parameter, IPropertySymbol property)
    {
        bool takesNull = Admits(parameter.NullableAnnotation, property.NullableAnnotation)
            || AttributeReader.Find(parameter, AttributeNames.AllowNull) is not null;
        return takesNull && ElementsFit(parameter.Type, property.Type);
    }

    private static bool ElementsFit(ITypeSymbol to, ITypeSymbol from) => (to, from) switch
    {
        (IArrayTypeSymbol array, IArrayTypeSymbol other) => Fits(array.ElementType, other.ElementType, isExact: false),
        (INamedTypeSymbol { TypeArguments: [var element] } named, INamedTypeSymbol { TypeArguments: [var other] }) =>
            Fits(element, other, isExact: named.OriginalDefinition.TypeParameters[0].Variance == VarianceKind.None),
        _ => true,
    };

    private static bool Fits(ITypeSymbol to, ITypeSymbol from, bool isExact) => to.IsValueType
        || (Admits(to.NullableAnnotation, from.NullableAnnotation) && (!isExact || Admits(from.NullableAnnotation, to.NullableAnnotation)));

    // Code without annotations admits everything.
    private static bool Admits(NullableAnnotation to, NullableAnnotation from) =>
        to != NullableAnnotation.NotAnnotated || from != NullableAnnotation.Annotated;
}
