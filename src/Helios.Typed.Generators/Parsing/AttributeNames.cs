namespace Helios.Typed.Generators.Parsing;

/// <summary>Holds the metadata names of the attributes that are read: ours, and the BCL's that EF Core users know.</summary>
internal static class AttributeNames
{
    public const string VectorColumn = "Helios.Typed.VectorColumnAttribute";
    public const string Indexed = "Helios.Typed.IndexedAttribute";
    public const string FormerName = "Helios.Typed.FormerNameAttribute";
    public const string DefaultValue = "System.ComponentModel.DefaultValueAttribute";
    public const string Key = "System.ComponentModel.DataAnnotations.KeyAttribute";
    public const string Table = "System.ComponentModel.DataAnnotations.Schema.TableAttribute";
    public const string Column = "System.ComponentModel.DataAnnotations.Schema.ColumnAttribute";
    public const string NotMapped = "System.ComponentModel.DataAnnotations.Schema.NotMappedAttribute";
    public const string DatabaseGenerated = "System.ComponentModel.DataAnnotations.Schema.DatabaseGeneratedAttribute";
    public const string Obsolete = "System.ObsoleteAttribute";
    public const string SetsRequiredMembers = "System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute";
    public const string AllowNull = "System.Diagnostics.CodeAnalysis.AllowNullAttribute";

    private static readonly HashSet<string> _ofProperties =
        [.. new[] { VectorColumn, Indexed, FormerName, DefaultValue, Key, Column, NotMapped, DatabaseGenerated, Obsolete }.Select(name => name.Substring(name.LastIndexOf('.') + 1))];

    /// <summary>Says whether an attribute of this name, whatever its namespace, may be one that is read on a property.</summary>
    /// <param name="name">The name of the attribute's class.</param>
    public static bool IsRead(string name) => _ofProperties.Contains(name);
}
