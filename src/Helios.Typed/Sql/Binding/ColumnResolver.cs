using Helios.Typed.Schema;
using Helios.Typed.Sql.Ast;

namespace Helios.Typed.Sql.Binding;

/// <summary>Finds the columns that queries name.</summary>
internal static class ColumnResolver
{
    /// <summary>Finds a column.</summary>
    /// <param name="table">The table.</param>
    /// <param name="reference">The name.</param>
    /// <exception cref="HeliosQueryException">There is none of that name; the message suggests one where one is near.</exception>
    internal static ColumnShape Resolve(TableShape table, ColumnReference reference) => table.Columns[PlaceOf(table, reference)];

    /// <summary>Finds a column's place.</summary>
    /// <param name="table">The table.</param>
    /// <param name="reference">The name.</param>
    /// <exception cref="HeliosQueryException">There is none of that name; the message suggests one where one is near.</exception>
    internal static int PlaceOf(TableShape table, ColumnReference reference)
    {
        if (reference.Table is { } qualifier && !string.Equals(qualifier, table.Name, StringComparison.OrdinalIgnoreCase))
        {
            throw new HeliosQueryException($"The query reads table '{table.Name}', not '{qualifier}'.");
        }

        int place = table.IndexOf(reference.Name);
        if (place >= 0)
        {
            return place;
        }

        string hint = NameSuggestions.Nearest(reference.Name, table.Columns.Select(column => column.Name)) is { } near
            ? $"Did you mean '{near}'?"
            : $"It has {string.Join(", ", table.Columns.Select(column => column.Name))}.";
        throw new HeliosQueryException($"Table '{table.Name}' has no column '{reference.Name}'. {hint}");
    }
}
