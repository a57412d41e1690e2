namespace Helios.Typed.Generators.Model;

/// <summary>Is one record, as the emitters need it: no symbols, no syntax, no places in files.</summary>
/// <param name="Namespace">The namespace, or null for the global one.</param>
/// <param name="ContainingTypes">The types it is nested in, outermost first.</param>
/// <param name="Keyword">How it is declared: <c>record</c>, <c>record struct</c>, <c>class</c> or <c>struct</c>.</param>
/// <param name="Name">Its name, without an escaping at sign.</param>
/// <param name="FileName">The name of its files, which differ by more than case.</param>
/// <param name="Accessibility">Its own accessibility.</param>
/// <param name="IsPublic">Whether other assemblies see it.</param>
/// <param name="IsValueType">Whether it is a struct.</param>
/// <param name="Table">The table's name.</param>
/// <param name="AssignsKeys">Whether an integer key of 0 is replaced on insert.</param>
/// <param name="UsesObsolete">Whether generated code touches what its author marked obsolete.</param>
/// <param name="HasErrors">Whether the record was refused: only its shape is emitted, so that code around it is not refused as well.</param>
/// <param name="Columns">The columns in declaration order; a column's place here is its place in the table.</param>
internal sealed record RecordModel(
    string? Namespace,
    EquatableArray<ContainingTypeModel> ContainingTypes,
    string Keyword,
    string Name,
    string FileName,
    string Accessibility,
    bool IsPublic,
    bool IsValueType,
    string Table,
    bool AssignsKeys,
    bool UsesObsolete,
    bool HasErrors,
    EquatableArray<ColumnModel> Columns)
{
    /// <summary>Gets the names that the table was stored under.</summary>
    public EquatableArray<string> FormerNames { get; init; }

    /// <summary>Gets the record's full name, for generated code.</summary>
    public string FullName => Qualified(Identifier.Escape(Name));

    /// <summary>Gets the full name of the columns type, which stands beside the record.</summary>
    public string ColumnsFullName => Qualified(ColumnsName);

    /// <summary>Gets the name of the columns type.</summary>
    public string ColumnsName => ColumnsNameOf(Name);

    /// <summary>Gets the name of the class of store methods, which cannot be nested.</summary>
    public string ExtensionsName => ExtensionsNameOf(ContainingTypes.Select(type => type.Name), Name);

    /// <summary>Gets the record's full name as people say it.</summary>
    public string DisplayName => DotWith(Name);

    /// <summary>Gets what the names of its files start with.</summary>
    public string FilePrefix => DotWith(FileName);

    /// <summary>Gets the key; a record without errors has one.</summary>
    public ColumnModel? Key => Columns.FirstOrDefault(column => column.IsKey);

    /// <summary>Names the columns type of a record.</summary>
    /// <param name="name">The record's name.</param>
    public static string ColumnsNameOf(string name) => name + "Columns";

    /// <summary>Names the class of store methods of a record, as nobody would name one of their own.</summary>
    /// <param name="around">The names of the types around the record, outermost first.</param>
    /// <param name="name">The record's name.</param>
    public static string ExtensionsNameOf(IEnumerable<string> around, string name)
    {
        // Doubled underscores keep A_B apart from B in A.
        IEnumerable<string> path = around.Concat([name]).Select(part => part.Replace("_", "__"));
        return string.Join("_", path) + "HeliosStoreExtensions";
    }

    private string DotWith(string name) =>
        string.Join(".", [.. Namespace is null ? Array.Empty<string>() : [Namespace], .. ContainingTypes.Select(type => type.Name), name]);

    private string Qualified(string name) => "global::" + string.Join(
        ".",
        [
            .. Namespace is null ? Array.Empty<string>() : [Identifier.EscapeDotted(Namespace)],
            .. ContainingTypes.Select(type => Identifier.Escape(type.Name)),
            name,
        ]);
}
