using System.Globalization;
using Helios.Typed.Generators.Model;
using Microsoft.CodeAnalysis.CSharp;

namespace Helios.Typed.Generators.Emission;

/// <summary>Writes the table of a record: its name, columns and key.</summary>
internal static class SchemaEmitter
{
    /// <summary>Writes the part.</summary>
    public static void Emit(SourceWriter writer, RecordModel record) => RecordEmitter.Nest(writer, record, () =>
    {
        writer.Line($"partial {record.Keyword} {Identifier.Escape(record.Name)} : {Names.TypedInterface(record)}");
        writer.Open();
        writer.Line($"/// <summary>Gets table {Descriptions.Quote(record.Table)}.</summary>");
        writer.Line(Names.GeneratedCode);
        string property = $"static {Names.Helios}TableDefinition {Names.RecordInterface(record)}.HeliosTable";
        if (record.HasErrors)
        {
            writer.Line($"{property} => {RowEmitter.Refusal}");
        }
        else
        {
            EmitTable(writer, record, property);
        }

        writer.Line();
        writer.Line("/// <summary>Gets the columns, as queries name them.</summary>");
        writer.Line(Names.GeneratedCode);
        writer.Line($"static {record.ColumnsFullName} {Names.TypedInterface(record)}.HeliosColumns {{ get; }} = new();");
        writer.Close();
    });

    private static void EmitTable(SourceWriter writer, RecordModel record, string property)
    {
        writer.Line($"{property} {{ get; }} =");
        writer.Indent();
        writer.Line($"{Names.Helios}TableDefinition.Create({Literal(record.Table)})");
        writer.Indent();
        foreach (string formerName in record.FormerNames)
        {
            writer.Line($".FormerTableName({Literal(formerName)})");
        }

        foreach (ColumnModel column in record.Columns)
        {
            writer.Line(Column(record, column));
            foreach (string formerName in column.FormerNames)
            {
                writer.Line($".FormerName({Literal(column.Name)}, {Literal(formerName)})");
            }

            if (column.Default is { } value)
            {
                writer.Line($".Default({Literal(column.Name)}, {value})");
            }
        }

        writer.Line(".Build();");
        writer.Outdent();
        writer.Outdent();
    }

    private static string Column(RecordModel record, ColumnModel column)
    {
        string name = Literal(column.Name);
        string type = $"{Names.Helios}ColumnType.{column.Value.Type}";
        string nullable = column.Value.IsNullable ? ", nullable: true" : "";
        return column switch
        {
            { IsKey: true } => $".Key({name}, {type}{(record.AssignsKeys ? "" : ", assigned: false")})",
            { Vector: { } vector } => $".Vector({name}, {Settings(vector)}{nullable}{(column.Value.Type == ColumnType.HalfVector ? ", half: true" : "")})",
            _ => $".Column({name}, {type}{nullable}{(column.Value.IsList ? ", list: true" : "")}{(column.IsIndexed ? ", indexed: true" : "")})",
        };
    }

    private static string Settings(VectorModel vector)
    {
        List<string> settings = [];
        Add("Index", vector.Index is { } index ? $"{Names.Helios}IndexKind.{index}" : null);
        Add("M", vector.MaxConnections?.ToString(CultureInfo.InvariantCulture));
        Add("EfConstruction", vector.ConstructionBeam?.ToString(CultureInfo.InvariantCulture));
        Add("EfSearch", vector.SearchBeam?.ToString(CultureInfo.InvariantCulture));
        Add("Quantization", vector.Quantization is { } code ? $"{Names.Helios}Quantization.{code}" : null);
        string attribute = $"new {Names.Helios}VectorColumnAttribute({vector.Dimensions}, {Names.Helios}Metric.{vector.Metric})";
        return settings.Count == 0 ? attribute : $"{attribute} {{ {string.Join(", ", settings)} }}";

        void Add(string setting, string? value)
        {
            if (value is not null)
            {
                settings.Add($"{setting} = {value}");
            }
        }
    }

    private static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);
}
