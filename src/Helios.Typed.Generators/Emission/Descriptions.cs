using Helios.Typed.Generators.Model;
using Helios.Typed.Schema;

namespace Helios.Typed.Generators.Emission;

/// <summary>Says in words what columns hold, for the documentation of generated code.</summary>
internal static class Descriptions
{
    /// <summary>Writes the row's layout on one line: each column with its place, name and type.</summary>
    /// <param name="record">The record.</param>
    public static string Layout(RecordModel record) => $"Row v{RowFormat.Version} · "
        + string.Join(" · ", record.Columns.Select((column, place) => $"{place} {Quote(column.Name)} {Describe(column)}"));

    /// <summary>Marks the name of a table or column as code.</summary>
    /// <param name="name">The name; one that was refused may hold anything, a tag or the end of the line as well.</param>
    public static string Quote(string name) => $"<c>{new string([.. name.Select(c => char.IsLetterOrDigit(c) || c == '_' ? c : '?')])}</c>";

    /// <summary>Describes a column.</summary>
    /// <param name="column">The column.</param>
    public static string Describe(ColumnModel column)
    {
        string type = column.Vector is { } vector
            ? $"{(column.Value.Type == ColumnType.HalfVector ? "float16" : "float32")}[{vector.Dimensions}], {Spell(vector.Metric)}, {Spell(vector.Index)}"
            : Spell(column.Value.Type) + (column.Value.IsList ? " list" : "");
        return type
            + (column.IsKey ? ", key" : "")
            + (column.Value.IsNullable ? ", nullable" : "")
            + (column.IsIndexed ? ", indexed" : "");
    }

    private static string Spell(Metric metric) => metric switch
    {
        Metric.Cosine => "cosine",
        Metric.Euclidean => "Euclidean",
        _ => "inner product",
    };

    private static string Spell(IndexKind? index) => index switch
    {
        IndexKind.Flat => "flat",
        IndexKind.Hnsw => "HNSW",
        _ => "index by size",
    };

    private static string Spell(ColumnType type) => type switch
    {
        ColumnType.Boolean => "bool",
        ColumnType.SByte => "int8",
        ColumnType.Byte => "uint8",
        ColumnType.Single => "float32",
        ColumnType.Double => "float64",
        ColumnType.Text => "utf8",
        ColumnType.Binary => "bytes",
        ColumnType.DateTime => "date and time",
        ColumnType.DateTimeOffset => "date, time and offset",
        ColumnType.DateOnly => "date",
        ColumnType.TimeOnly => "time",
        ColumnType.TimeSpan => "time span",
        _ => type.ToString().ToLowerInvariant(),
    };
}
