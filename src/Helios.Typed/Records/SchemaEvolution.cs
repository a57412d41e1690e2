using Helios.Typed.Schema;

namespace Helios.Typed.Records;

/// <summary>Decides what may change between two openings of a table.</summary>
/// <remarks>
/// Applied without asking: new columns that may be null and new lists (a row without one reads as empty), a column that may
/// now be null, index settings, key assignment. Everything else could lose data or meaning and is refused.
/// </remarks>
internal static class SchemaEvolution
{
    /// <summary>Gives the shape to store: the stored one itself where nothing changes.</summary>
    /// <param name="stored">What the database has.</param>
    /// <param name="declared">What the code wants.</param>
    /// <exception cref="HeliosSchemaException">They do not fit; the message lists each difference.</exception>
    public static TableShape Reconcile(TableShape stored, TableShape declared)
    {
        List<string> refused = [];
        List<ColumnShape> columns = [];
        foreach (ColumnShape old in stored.Columns)
        {
            int place = declared.IndexOf(old.Name);
            if (place < 0)
            {
                refused.Add($"column '{old.Name}' is stored and no longer declared; declare it again, or copy the rows into a new table without it");
                continue;
            }

            columns.Add(Merge(old, declared.Columns[place], refused));
        }

        int nextId = stored.Columns.Max(column => column.Id) + 1;
        foreach (ColumnShape added in declared.Columns.Where(column => stored.IndexOf(column.Name) < 0))
        {
            if (!added.IsNullable && !added.IsArray)
            {
                refused.Add($"column '{added.Name}' is new and takes no null, but stored rows have no value for it; make it nullable");
            }

            columns.Add(added with { Id = nextId++ });
        }

        if (!string.Equals(stored.Key.Name, declared.Key.Name, StringComparison.OrdinalIgnoreCase))
        {
            refused.Add($"the key is column '{stored.Key.Name}' in the database and '{declared.Key.Name}' in the code");
        }

        if (refused.Count > 0)
        {
            throw new HeliosSchemaException(
                stored.Name,
                $"Table '{stored.Name}' as declared does not fit the stored one: {string.Join("; ", refused)}. Nothing was changed.");
        }

        TableShape reconciled = stored with { Columns = columns, AssignsKeys = declared.AssignsKeys };
        return Same(stored, reconciled) ? stored : reconciled;
    }

    private static ColumnShape Merge(ColumnShape old, ColumnShape wanted, List<string> refused)
    {
        if (old.Type != wanted.Type || old.IsArray != wanted.IsArray)
        {
            refused.Add($"column '{old.Name}' is stored as {Describe(old)} and declared as {Describe(wanted)}");
            return old;
        }

        if (old.IsNullable && !wanted.IsNullable)
        {
            refused.Add($"column '{old.Name}' may be null in stored rows and takes no null as declared; keep it nullable");
        }

        if (old.Vector is { } stored && wanted.Vector is { } declared
            && (stored.Dimensions != declared.Dimensions || stored.Metric != declared.Metric))
        {
            refused.Add($"vector column '{old.Name}' is stored with {stored.Dimensions} dimensions and {stored.Metric}, and declared with {declared.Dimensions} and {declared.Metric}; declare a new column for the other vectors");
        }

        return old with { IsNullable = wanted.IsNullable, IsIndexed = wanted.IsIndexed, Vector = wanted.Vector };
    }

    private static string Describe(ColumnShape column) => column.IsArray ? $"a list of {column.Type}" : column.Type.ToString();

    private static bool Same(TableShape a, TableShape b) => a.AssignsKeys == b.AssignsKeys && a.Columns.SequenceEqual(b.Columns);
}
