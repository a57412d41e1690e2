using Helios.Typed.Generators.Model;

namespace Helios.Typed.Generators.Emission;

/// <summary>Spells what generated code refers to.</summary>
internal static class Names
{
    public const string Helios = "global::Helios.Typed.";

    private static readonly string _version = typeof(Names).Assembly.GetName().Version.ToString(3);

    /// <summary>Gets the attribute that marks generated types and members.</summary>
    public static string GeneratedCode { get; } =
        $"[global::System.CodeDom.Compiler.GeneratedCode(\"Helios.Typed.Generators\", \"{_version}\")]";

    /// <summary>Spells the interface that a record implements, without its columns.</summary>
    /// <param name="record">The record.</param>
    public static string RecordInterface(RecordModel record) => $"{Helios}IHeliosRecord<{record.FullName}>";

    /// <summary>Spells the interface that a record implements, with its columns.</summary>
    /// <param name="record">The record.</param>
    public static string TypedInterface(RecordModel record) => $"{Helios}IHeliosRecord<{record.FullName}, {record.ColumnsFullName}>";

    /// <summary>Spells the CLR type of a property, with its nullability.</summary>
    /// <param name="value">What the property holds.</param>
    public static string Nullable(ValueModel value) => value.IsNullable ? value.ClrType + "?" : value.ClrType;

    /// <summary>Spells the type of a column, as queries see it.</summary>
    /// <param name="column">The column.</param>
    public static string ColumnType(ColumnModel column) => Helios + (column.Value switch
    {
        { IsVector: true } value => $"VectorColumn<{value.ClrType}, {Helios}{column.Vector!.Metric}Metric>",
        { IsList: true } value => $"ListColumn<{value.ClrType}>",
        { Type: Typed.ColumnType.Boolean, IsNullable: false } => "BooleanColumn",
        { Type: Typed.ColumnType.Text } => "TextColumn",
        { Type: Typed.ColumnType.Binary } => "BinaryColumn",
        { Type: Typed.ColumnType.Json } => "JsonColumn",
        var value => $"Column<{Nullable(value)}>",
    });
}
