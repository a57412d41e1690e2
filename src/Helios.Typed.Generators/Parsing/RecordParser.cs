using Helios.Typed.Generators.Diagnostics;
using Helios.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Helios.Typed.Generators.Parsing;

/// <summary>Makes the model of a record from its symbol; symbols end here.</summary>
internal static class RecordParser
{
    /// <summary>Parses a record.</summary>
    /// <param name="type">A type with a vector column or <c>[Table]</c>.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static ParseResult Parse(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        DiagnosticBag diagnostics = new();
        if (!ShapeParser.Check(type, diagnostics, cancellationToken))
        {
            return new ParseResult(null, diagnostics.ToArray());
        }

        AttributeData? tableAttribute = AttributeReader.Find(type, AttributeNames.Table);
        string table = AttributeReader.Text(tableAttribute) ?? type.Name;
        if (!ColumnName.IsValid(table))
        {
            diagnostics.Add(DiagnosticDescriptors.InvalidName, tableAttribute is null ? type.Locations[0] : AttributeReader.LocationOf(tableAttribute, 0), table, "table");
        }

        List<MappedProperty> properties = PropertyCollector.Collect(type, diagnostics);
        ConstructorChoice? constructor = ConstructorChooser.Choose(type, properties, diagnostics);
        MappedProperty? key = KeyParser.Find(type, properties, diagnostics);
        cancellationToken.ThrowIfCancellationRequested();

        List<ColumnModel> columns = [];
        Dictionary<string, string> formerNames = new(StringComparer.OrdinalIgnoreCase);
        foreach (MappedProperty property in properties)
        {
            if (property.Name == RecordModel.ColumnsNameOf(type.Name))
            {
                // A member cannot be named as the type around it.
                diagnostics.Add(DiagnosticDescriptors.NameTaken, property.Location, type.Name, property.Name);
            }
            else if (ColumnParser.Parse(property, property == key, constructor, diagnostics) is { } column)
            {
                ReportTwins(column, columns, property, diagnostics);
                columns.Add(column with
                {
                    FormerNames = FormerNameParser.Parse(property.Attributes.FindAll(AttributeNames.FormerName), column.Name, formerNames, diagnostics),
                });
            }
        }

        IEnumerable<AttributeData> ofTable = type.GetAttributes().Where(attribute => attribute.AttributeClass?.ToDisplayString() == AttributeNames.FormerName);
        EquatableArray<string> formerTables = FormerNameParser.Parse(ofTable, table, new(StringComparer.OrdinalIgnoreCase), diagnostics);
        RequiredMembers.Check(type, constructor, columns, diagnostics);
        RecordModel record = Assemble(type, table, key, properties, columns, hasErrors: diagnostics.Count > 0) with { FormerNames = formerTables };
        return new ParseResult(record, diagnostics.ToArray());
    }

    private static void ReportTwins(ColumnModel column, List<ColumnModel> columns, MappedProperty property, DiagnosticBag diagnostics)
    {
        if (columns.FirstOrDefault(other => string.Equals(other.Name, column.Name, StringComparison.OrdinalIgnoreCase)) is { } twin)
        {
            diagnostics.Add(DiagnosticDescriptors.DuplicateColumn, property.Location, twin.Property, column.Property, column.Name);
        }
    }

    private static RecordModel Assemble(
        INamedTypeSymbol type, string table, MappedProperty? key, List<MappedProperty> properties, List<ColumnModel> columns, bool hasErrors)
    {
        IEnumerable<ContainingTypeModel> around = ShapeParser.TypesAround(type).Reverse()
            .Select(outer => new ContainingTypeModel(ShapeParser.Keyword(outer), outer.Name));
        bool isPublic = type.DeclaredAccessibility == Accessibility.Public
            && ShapeParser.TypesAround(type).All(outer => outer.DeclaredAccessibility == Accessibility.Public);
        bool usesObsolete = properties.Any(property => property.Attributes.Find(AttributeNames.Obsolete) is not null
            || AttributeReader.Find(property.Symbol.Type, AttributeNames.Obsolete) is not null)
            || AttributeReader.Find(type, AttributeNames.Obsolete) is not null;
        return new RecordModel(
            NameOf(type.ContainingNamespace),
            new EquatableArray<ContainingTypeModel>(around),
            ShapeParser.Keyword(type),
            type.Name,
            FileNameOf(type),
            Spell(type.DeclaredAccessibility),
            isPublic,
            type.IsValueType,
            table,
            key is null || !KeyParser.IsGivenByCaller(key),
            usesObsolete,
            hasErrors,
            new EquatableArray<ColumnModel>(columns));
    }

    // Names of files are matched without regard to case, names of types are not.
    private static string FileNameOf(INamedTypeSymbol type)
    {
        int before = type.ContainingSymbol is INamespaceOrTypeSymbol around
            ? around.GetTypeMembers().Count(other => string.Equals(other.Name, type.Name, StringComparison.OrdinalIgnoreCase)
                && string.CompareOrdinal(other.Name, type.Name) < 0)
            : 0;
        return before == 0 ? type.Name : $"{type.Name}.{before + 1}";
    }

    private static string? NameOf(INamespaceSymbol symbol) => symbol.IsGlobalNamespace ? null
        : NameOf(symbol.ContainingNamespace) is { } outer ? $"{outer}.{symbol.Name}"
        : symbol.Name;

    private static string Spell(Accessibility accessibility) => accessibility switch
    {
        Accessibility.Public => "public",
        Accessibility.ProtectedOrInternal => "protected internal",
        _ => "internal",
    };
}
