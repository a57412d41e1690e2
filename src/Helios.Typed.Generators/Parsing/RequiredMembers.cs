using Helios.Typed.Generators.Diagnostics;
using Helios.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Helios.Typed.Generators.Parsing;

/// <summary>Finds required members that no column fills, so that a record could not be made.</summary>
internal static class RequiredMembers
{
    /// <summary>Reports each.</summary>
    public static void Check(INamedTypeSymbol record, ConstructorChoice? constructor, List<ColumnModel> columns, DiagnosticBag diagnostics)
    {
        // Another error may be why a member is no column; one report is enough.
        if (diagnostics.Count > 0 || constructor is not { SetsRequiredMembers: false })
        {
            return;
        }

        for (INamedTypeSymbol? type = record; type is not null; type = type.BaseType)
        {
            foreach (ISymbol member in type.GetMembers())
            {
                bool isRequired = member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true };
                if (isRequired && !columns.Any(column => column.Property == member.Name && column.IsInitialized))
                {
                    diagnostics.Add(
                        DiagnosticDescriptors.NoConstructor,
                        member.Locations.FirstOrDefault(location => location.IsInSource) ?? record.Locations[0],
                        record.Name,
                        $"'{member.Name}' is required and is no column; remove 'required', or make it a column");
                }
            }
        }
    }
}
