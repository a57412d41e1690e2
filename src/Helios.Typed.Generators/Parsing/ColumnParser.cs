using Helios.Typed.Generators.Diagnostics;
using Helios.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Helios.Typed.Generators.Parsing;

/// <summary>Makes columns of properties.</summary>
internal static class ColumnParser
{
    private const string Supported =
        "columns hold bool, the integers, float, double, decimal, string, Guid, DateTime, DateTimeOffset, DateOnly, TimeOnly, TimeSpan, enums, byte[], "
        + "JsonElement, nullable forms of these, and arrays and lists of them; change the type, or mark the property with [NotMapped]";

    /// <summary>Makes the column; null where the property is none or is refused.</summary>
    public static ColumnModel? Parse(MappedProperty property, bool isKey, ConstructorChoice? constructor, DiagnosticBag diagnostics)
    {
        string? parameter = constructor?.ParameterOf(property);
        if (constructor is not null && parameter is null && !property.IsSettable && !MustBeSettable(property, isKey, diagnostics))
        {
            return null;
        }

        if (ParseValue(property, isKey, diagnostics) is not { } value)
        {
            return null;
        }

        VectorModel? vector = null;
        if (property.Vector is { } attribute && (vector = VectorParser.Parse(property, attribute, diagnostics)) is null)
        {
            return null;
        }

        string name = AttributeReader.Text(property.Column) ?? property.Name;
        if (!ColumnName.IsValid(name))
        {
            diagnostics.Add(DiagnosticDescriptors.InvalidName, property.Column is { } named ? AttributeReader.LocationOf(named, 0) : property.Location, name, "column");
        }

        string? defaultValue = DefaultParser.Parse(property, value, isKey, diagnostics);
        bool mustInitialize = property.Symbol.IsRequired && constructor?.SetsRequiredMembers == false;
        return new ColumnModel(
            property.Name,
            name,
            property.Symbol.DeclaredAccessibility == Accessibility.Public ? "public" : "internal",
            value,
            isKey,
            property.IsIndexed,
            vector,
            parameter,
            IsInitialized: property.IsSettable && (parameter is null || mustInitialize))
        {
            Default = defaultValue,
        };
    }

    // A computed property is no column; one that looks like state must not be dropped in silence.
    private static bool MustBeSettable(MappedProperty property, bool isKey, DiagnosticBag diagnostics)
    {
        bool refusesNulls = ConstructorChooser.RefusesNullsOf(property);
        if (property.HasSetter || property.IsAttributed || isKey || refusesNulls)
        {
            diagnostics.Add(
                DiagnosticDescriptors.NotSettable,
                property.Location,
                property.Name,
                property.HasSetter ? "its setter is private or protected"
                    : refusesNulls ? "it has no setter, and the parameter that would set it takes no nulls"
                    : "it has no setter",
                Identifier.CamelCase(property.Name),
                ValueParser.Display(property.Symbol.Type));
        }

        return false;
    }

    private static ValueModel? ParseValue(MappedProperty property, bool isKey, DiagnosticBag diagnostics)
    {
        ITypeSymbol type = property.Symbol.Type;
        if (type.TypeKind == TypeKind.Error)
        {
            return null;
        }

        if (property.Vector is not null)
        {
            return ValueParser.ParseVector(type, property.Symbol.NullableAnnotation)
                ?? Refuse(DiagnosticDescriptors.NotAVector);
        }

        ValueModel? value = ValueParser.Parse(type, property.Symbol.NullableAnnotation);
        if (!isKey)
        {
            return value ?? Refuse(
                DiagnosticDescriptors.UnsupportedType,
                ValueParser.ParseVector(type, property.Symbol.NullableAnnotation) is not null
                    ? "if it is a vector, give it [VectorColumn(dimensions)]; if not, mark it with [NotMapped]"
                    : Supported);
        }

        // Code without nullable annotations may have a string key all the same.
        bool isKeyType = value is { Container: ValueContainer.None, Type: ColumnType.Int32 or ColumnType.Int64 or ColumnType.Text or ColumnType.Guid }
            && type.TypeKind != TypeKind.Enum
            && (!value.IsNullable || property.Symbol.NullableAnnotation == NullableAnnotation.None);
        return isKeyType ? value! with { IsNullable = false } : Refuse(DiagnosticDescriptors.UnsupportedKeyType);

        ValueModel? Refuse(DiagnosticDescriptor rule, params string[] more)
        {
            diagnostics.Add(rule, property.Location, [property.Name, ValueParser.Display(type), .. more]);
            return null;
        }
    }
}
