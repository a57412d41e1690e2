namespace Helios.Typed.Generators.Parsing;

/// <summary>Holds names of tables and columns to the rule of <c>TableDefinitionBuilder</c>.</summary>
internal static class ColumnName
{
    /// <summary>Says whether a name is letters, digits and underscores, not starting with a digit, up to 128 characters.</summary>
    /// <param name="name">The name.</param>
    public static bool IsValid(string name) => name.Length is > 0 and <= 128
        && name[0] is < '0' or > '9'
        && name.All(c => char.IsLetterOrDigit(c) || c == '_');
}
