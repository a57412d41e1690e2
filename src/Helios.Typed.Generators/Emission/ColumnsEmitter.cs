using Helios.Typed.Generators.Model;
using Microsoft.CodeAnalysis.CSharp;

namespace Helios.Typed.Generators.Emission;

/// <summary>Writes the columns type of a record, which the lambdas of queries take.</summary>
internal static class ColumnsEmitter
{
    private static readonly HashSet<string> _membersOfObject =
        [nameof(Equals), nameof(GetHashCode), nameof(GetType), nameof(ToString), nameof(ReferenceEquals), nameof(MemberwiseClone)];

    /// <summary>Writes the part.</summary>
    public static void Emit(SourceWriter writer, RecordModel record) => RecordEmitter.Nest(writer, record, () =>
    {
        writer.Line($"/// <summary>Holds the columns of <see cref=\"{Identifier.Escape(record.Name)}\"/>, for queries that the compiler checks.</summary>");
        writer.Line(Names.GeneratedCode);
        writer.Line($"{record.Accessibility} sealed class {record.ColumnsName}");
        writer.Open();
        for (int i = 0; i < record.Columns.Count; i++)
        {
            if (i > 0)
            {
                writer.Line();
            }

            EmitColumn(writer, record.Columns[i]);
        }

        writer.Close();
    });

    private static void EmitColumn(SourceWriter writer, ColumnModel column)
    {
        string hides = _membersOfObject.Contains(column.Property) ? "new " : "";
        writer.Line($"/// <summary>Gets column {Descriptions.Quote(column.Name)}: {Descriptions.Describe(column)}.</summary>");
        writer.Line(
            $"{hides}{column.Accessibility} {Names.ColumnType(column)} {Identifier.Escape(column.Property)} {{ get; }} = "
            + $"new({SymbolDisplay.FormatLiteral(column.Name, quote: true)});");
    }
}
