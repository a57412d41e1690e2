using Helios.Typed.Generators.Diagnostics;
using Helios.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Helios.Typed.Generators.Parsing;

/// <summary>Reads what a column or a table was called before.</summary>
internal static class FormerNameParser
{
    /// <summary>Reads the former names.</summary>
    /// <param name="attributes">The <c>[FormerName]</c> attributes.</param>
    /// <param name="present">The present name.</param>
    /// <param name="claimed">Who claims which name so far; gains these.</param>
    /// <param name="diagnostics">Takes what cannot be.</param>
    public static EquatableArray<string> Parse(IEnumerable<AttributeData> attributes, string present, Dictionary<string, string> claimed, DiagnosticBag diagnostics)
    {
        List<string> names = [];
        foreach (AttributeData attribute in attributes)
        {
            string name = AttributeReader.Text(attribute) ?? "";
            string? problem = !ColumnName.IsValid(name) ? "it is no name: use letters, digits and underscores, not starting with a digit, up to 128 characters"
                : string.Equals(name, present, StringComparison.OrdinalIgnoreCase) ? "it is the present name; remove the attribute, or give the name it had"
                : claimed.TryGetValue(name, out string? other) ? $"'{other}' claims it already; only one can have had it"
                : null;
            if (problem is not null)
            {
                diagnostics.Add(DiagnosticDescriptors.FormerName, AttributeReader.LocationOf(attribute, 0), name, present, problem);
                continue;
            }

            claimed.Add(name, present);
            names.Add(name);
        }

        return new EquatableArray<string>(names);
    }
}
