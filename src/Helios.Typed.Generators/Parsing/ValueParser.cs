using Helios.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Helios.Typed.Generators.Parsing;

/// <summary>Says what a property's type is to the database.</summary>
internal static class ValueParser
{
    private static readonly SymbolDisplayFormat _nameWithNullability = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>Reads the type of a scalar or list; null where no column holds it.</summary>
    public static ValueModel? Parse(ITypeSymbol type, NullableAnnotation annotation)
    {
        ITypeSymbol plain = WithoutNullable(type, out bool isNullableValue);
        bool isNullable = isNullableValue || (!plain.IsValueType && annotation != NullableAnnotation.NotAnnotated);
        if (ScalarType(plain) is { } scalar)
        {
            return new ValueModel(scalar, ValueContainer.None, NameOf(plain), isNullable, plain.IsValueType);
        }

        if (ElementOf(plain, out ValueContainer container) is not { } element || container == ValueContainer.Memory)
        {
            return null;
        }

        return ScalarType(WithoutNullable(element, out _)) is { } elementType
            ? new ValueModel(elementType, container, element.ToDisplayString(_nameWithNullability), isNullable, IsValueType: false)
            : null;
    }

    /// <summary>Reads the type of a vector; null where it is none.</summary>
    public static ValueModel? ParseVector(ITypeSymbol type, NullableAnnotation annotation)
    {
        ITypeSymbol plain = WithoutNullable(type, out bool isNullableValue);
        if (ElementOf(plain, out ValueContainer container) is not { } element || container is not (ValueContainer.Array or ValueContainer.Memory))
        {
            return null;
        }

        bool isNullable = isNullableValue || (!plain.IsValueType && annotation == NullableAnnotation.Annotated);
        return element switch
        {
            { SpecialType: SpecialType.System_Single } => new ValueModel(ColumnType.Vector, container, "float", isNullable, plain.IsValueType),
            _ when NameOf(element) == "global::System.Half" => new ValueModel(ColumnType.HalfVector, container, NameOf(element), isNullable, plain.IsValueType),
            _ => null,
        };
    }

    /// <summary>Writes a type's name as messages show it.</summary>
    public static string Display(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier));

    private static string NameOf(ITypeSymbol type) => Keyword(type.SpecialType) ?? type.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    // The common types, without the cost of spelling them out.
    private static string? Keyword(SpecialType type) => type switch
    {
        SpecialType.System_Boolean => "bool",
        SpecialType.System_Int32 => "int",
        SpecialType.System_Int64 => "long",
        SpecialType.System_Single => "float",
        SpecialType.System_Double => "double",
        SpecialType.System_Decimal => "decimal",
        SpecialType.System_String => "string",
        _ => null,
    };

    private static ITypeSymbol WithoutNullable(ITypeSymbol type, out bool isNullable)
    {
        isNullable = type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T };
        return isNullable ? ((INamedTypeSymbol)type).TypeArguments[0] : type;
    }

    private static ColumnType? ScalarType(ITypeSymbol type) => type switch
    {
        INamedTypeSymbol { TypeKind: TypeKind.Enum, EnumUnderlyingType: { } underlying } => ScalarType(underlying),
        IArrayTypeSymbol { IsSZArray: true, ElementType.SpecialType: SpecialType.System_Byte } => ColumnType.Binary,
        _ => type.SpecialType switch
        {
            SpecialType.System_Boolean => ColumnType.Boolean,
            SpecialType.System_SByte => ColumnType.SByte,
            SpecialType.System_Byte => ColumnType.Byte,
            SpecialType.System_Int16 => ColumnType.Int16,
            SpecialType.System_UInt16 => ColumnType.UInt16,
            SpecialType.System_Int32 => ColumnType.Int32,
            SpecialType.System_UInt32 => ColumnType.UInt32,
            SpecialType.System_Int64 => ColumnType.Int64,
            SpecialType.System_UInt64 => ColumnType.UInt64,
            SpecialType.System_Single => ColumnType.Single,
            SpecialType.System_Double => ColumnType.Double,
            SpecialType.System_Decimal => ColumnType.Decimal,
            SpecialType.System_String => ColumnType.Text,
            SpecialType.System_DateTime => ColumnType.DateTime,
            _ => NamedScalarType(type),
        },
    };

    private static ColumnType? NamedScalarType(ITypeSymbol type) => NameOf(type) switch
    {
        "global::System.Guid" => ColumnType.Guid,
        "global::System.DateTimeOffset" => ColumnType.DateTimeOffset,
        "global::System.DateOnly" => ColumnType.DateOnly,
        "global::System.TimeOnly" => ColumnType.TimeOnly,
        "global::System.TimeSpan" => ColumnType.TimeSpan,
        "global::System.Text.Json.JsonElement" => ColumnType.Json,
        _ => null,
    };

    private static ITypeSymbol? ElementOf(ITypeSymbol type, out ValueContainer container)
    {
        container = ValueContainer.None;
        if (type is IArrayTypeSymbol { IsSZArray: true } array)
        {
            container = ValueContainer.Array;
            return array.ElementType;
        }

        if (type is not INamedTypeSymbol { TypeArguments: [var argument] } named)
        {
            return null;
        }

        container = named.OriginalDefinition.ToDisplayString() switch
        {
            "System.Collections.Generic.List<T>" => ValueContainer.List,
            "System.Collections.Generic.IReadOnlyList<out T>" or "System.Collections.Generic.IReadOnlyList<T>" => ValueContainer.ReadOnlyList,
            "System.Collections.Generic.IReadOnlyCollection<out T>" or "System.Collections.Generic.IReadOnlyCollection<T>" => ValueContainer.Sequence,
            "System.Collections.Generic.IEnumerable<out T>" or "System.Collections.Generic.IEnumerable<T>" => ValueContainer.Sequence,
            "System.Collections.Generic.IList<T>" or "System.Collections.Generic.ICollection<T>" => ValueContainer.MutableList,
            "System.ReadOnlyMemory<T>" => ValueContainer.Memory,
            _ => ValueContainer.None,
        };
        return container == ValueContainer.None ? null : argument;
    }
}
