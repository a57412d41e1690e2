using Helios.Typed.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Helios.Typed.Generators.Parsing;

/// <summary>Chooses the constructor that makes records.</summary>
/// <remarks>
/// A constructor serves when each of its parameters takes a property, matched by name without regard to case and by type,
/// or has a default. A parameter that takes no null does not take a property that may be null: reading a row would break
/// the constructor's word. Of those that serve, the one that reaches most properties without a setter wins, then the primary one, then the
/// one with fewest parameters.
/// </remarks>
internal static class ConstructorChooser
{
    /// <summary>Chooses, or reports that none serves.</summary>
    public static ConstructorChoice? Choose(INamedTypeSymbol record, List<MappedProperty> properties, DiagnosticBag diagnostics)
    {
        if (record.IsAbstract)
        {
            diagnostics.Add(DiagnosticDescriptors.NoConstructor, record.Locations[0], record.Name, "it is abstract; put [VectorColumn] on a type derived from it");
            return null;
        }

        ConstructorChoice? best = record.InstanceConstructors
            .Where(constructor => !IsCopy(constructor))
            .Select(constructor => Match(constructor, properties))
            .OfType<ConstructorChoice>()
            .OrderByDescending(choice => properties.Count(property => !property.IsSettable && choice.ParameterOf(property) is not null))
            .ThenByDescending(choice => IsPrimary(choice.Constructor))
            .ThenBy(choice => choice.Constructor.Parameters.Length)
            .FirstOrDefault();
        if (best is null)
        {
            diagnostics.Add(
                DiagnosticDescriptors.NoConstructor,
                record.Locations[0],
                record.Name,
                Why(record, properties));
        }

        return best;
    }

    /// <summary>Says whether a constructor would take a property but for its nulls, so that the property is state and not computed.</summary>
    /// <param name="property">The property.</param>
    public static bool RefusesNullsOf(MappedProperty property) => ParameterRefusingNulls(property.Record, [property]) is not null;

    private static string Why(INamedTypeSymbol record, List<MappedProperty> properties) =>
        ParameterRefusingNulls(record, properties) is { } parameter
            ? $"'{Find(parameter, properties)!.Name}' may be null, or hold nulls, and the constructor's '{parameter.Name}' takes none; make the two agree, or add a constructor without parameters"
            : "no constructor has only parameters that properties match in name and type; add one, or a constructor without parameters and 'init' or 'set' on the properties";

    private static IParameterSymbol? ParameterRefusingNulls(INamedTypeSymbol record, List<MappedProperty> properties) => record.InstanceConstructors
        .SelectMany(constructor => constructor.Parameters)
        .FirstOrDefault(parameter => Find(parameter, properties) is { } property && !Nullability.Takes(parameter, property.Symbol));

    private static ConstructorChoice? Match(IMethodSymbol constructor, List<MappedProperty> properties)
    {
        Dictionary<MappedProperty, IParameterSymbol> parameters = [];
        foreach (IParameterSymbol parameter in constructor.Parameters)
        {
            MappedProperty? property = parameter.RefKind is RefKind.None or RefKind.In ? Find(parameter, properties) : null;
            if (property is not null && !Nullability.Takes(parameter, property.Symbol))
            {
                if (!property.IsSettable || !IsOptional(parameter))
                {
                    return null;
                }
            }
            else if (property is not null && !parameters.ContainsKey(property))
            {
                parameters.Add(property, parameter);
            }
            else if (!IsOptional(parameter))
            {
                return null;
            }
        }

        return new ConstructorChoice(constructor, parameters);
    }

    private static MappedProperty? Find(IParameterSymbol parameter, List<MappedProperty> properties) => properties
        .Where(property => string.Equals(property.Name, parameter.Name, StringComparison.OrdinalIgnoreCase)
            && SymbolEqualityComparer.Default.Equals(property.Symbol.Type, parameter.Type))
        .OrderByDescending(property => property.Name == parameter.Name)
        .FirstOrDefault();

    private static bool IsOptional(IParameterSymbol parameter) => parameter.HasExplicitDefaultValue || parameter.IsParams;

    private static bool IsCopy(IMethodSymbol constructor) =>
        constructor.Parameters is [var only] && SymbolEqualityComparer.Default.Equals(only.Type, constructor.ContainingType);

    private static bool IsPrimary(IMethodSymbol constructor) =>
        constructor.DeclaringSyntaxReferences is [var reference] && reference.GetSyntax() is TypeDeclarationSyntax { ParameterList: not null };
}
