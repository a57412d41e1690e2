using Helios.Typed.Schema;

namespace Helios.Typed.Records;

/// <summary>Decides what may change between two openings of a table.</summary>
/// <remarks>
/// Applied without asking, and without rewriting a row: new columns that may be null or have a default, new lists, renamed
/// columns, a column that may now be null, index settings, key assignment. A column that is no longer declared stays as it is,
/// unread. Everything else could lose data or meaning and is refused, all of it at once. See docs/decisions/0008.
/// </remarks>
internal static class SchemaEvolution
{
    /// <summary>Gives the shape to store: the stored one itself where nothing changes.</summary>
    /// <param name="stored">What the database has, or other code of this process has declared.</param>
    /// <param name="declared">What the code wants.</param>
    /// <param name="hasRows">Whether there may be rows of the stored shape.</param>
    /// <param name="isInUse">Says of a column's id whether other code of this process declares it; none where it is null.</param>
    /// <exception cref="HeliosSchemaException">They do not fit; the message lists each difference.</exception>
    public static TableShape Reconcile(TableShape stored, TableShape declared, bool hasRows = true, Func<int, bool>? isInUse = null)
    {
        List<string> refused = [];
        var match = ColumnMatch.Of(stored, declared, isInUse, refused);
        List<ColumnShape> columns = [];
        foreach (ColumnShape old in stored.Columns)
        {
            columns.Add(match.DeclaredFor(old) is { } wanted ? Merge(old, wanted, refused) : old);
        }

        int nextId = stored.Columns.Max(column => column.Id) + 1;
        foreach (ColumnShape added in match.Added)
        {
            columns.Add(Add(added with { Id = nextId++ }, hasRows, refused));
        }

        if (nextId > RowFormat.MaxColumns)
        {
            refused.Add($"it would have column number {nextId}, and a table has {RowFormat.MaxColumns} in all its life");
        }

        if (!ReferenceEquals(match.DeclaredFor(stored.Key), declared.Key))
        {
            refused.Add($"the key is column '{stored.Key.Name}' in the database and '{declared.Key.Name}' in the code");
        }

        if (refused.Count > 0)
        {
            throw new HeliosSchemaException(
                stored.Name,
                $"Table '{stored.Name}' as declared does not fit the stored one: {string.Join("; ", refused)}. Nothing was changed. Where rows have to be converted, copy them with MigrateAsync.");
        }

        TableShape reconciled = stored with { Columns = columns, AssignsKeys = declared.AssignsKeys };
        return Same(stored, reconciled) ? stored : reconciled;
    }

    /// <summary>Gives the shape once rows are written by code that declares less: what it does not declare has gaps.</summary>
    /// <param name="stored">The shape.</param>
    /// <param name="writer">The table as the code knows it.</param>
    public static TableShape WithGaps(TableShape stored, TableSchema writer) => stored with
    {
        Columns = [.. stored.Columns.Select(column => column.IsDropped || writer.Declares(column.Id) ? column : column with { HasGaps = true })],
    };

    /// <summary>Gives the shape without a column, whose place and id stay taken.</summary>
    /// <param name="stored">The shape.</param>
    /// <param name="columnId">The column, which is not the key.</param>
    public static TableShape WithoutColumn(TableShape stored, int columnId) => stored with
    {
        Columns = [.. stored.Columns.Select(column => column.Id == columnId ? Drop(column) : column)],
    };

    /// <summary>Says why a shape cannot be what became of an earlier one, or gives null: columns keep place, id and type for ever.</summary>
    /// <param name="before">The earlier shape.</param>
    /// <param name="after">The later shape.</param>
    public static string? FindContradiction(TableShape before, TableShape after)
    {
        if (after.Key.Id != before.Key.Id || after.Columns.Count < before.Columns.Count)
        {
            return $"it had {before.Columns.Count} columns with column {before.Key.Id} for a key, and has {after.Columns.Count} with column {after.Key.Id}";
        }

        for (int place = 0; place < before.Columns.Count; place++)
        {
            (ColumnShape old, ColumnShape now) = (before.Columns[place], after.Columns[place]);
            bool isSame = old.Id == now.Id && old.Type == now.Type && old.IsArray == now.IsArray && (now.IsDropped || !old.IsDropped)
                && old.Vector?.Dimensions == now.Vector?.Dimensions && old.Vector?.Metric == now.Vector?.Metric;
            if (!isSame)
            {
                return $"column {old.Id} '{old.Name}', {Describe(old)}, became column {now.Id} '{now.Name}', {Describe(now)}";
            }
        }

        return null;
    }

    // Nobody wants its index any more, and rows without it are as good as any.
    private static ColumnShape Drop(ColumnShape column) => column with
    {
        IsDropped = true,
        IsNullable = true,
        IsIndexed = false,
        Default = null,
        Missing = null,
        FormerName = null,
        Vector = column.Vector is { } vector ? vector with { Index = IndexKind.Flat } : null,
    };

    private static ColumnShape Add(ColumnShape added, bool hasRows, List<string> refused)
    {
        if (!hasRows || added.IsNullable || added.IsArray)
        {
            return added;
        }

        if (added.Default is null)
        {
            refused.Add($"column '{added.Name}' is new and takes no null, but stored rows have no value for it; make it nullable{OrGiveDefault(added)}");
        }

        return added with { Missing = added.Default };
    }

    private static ColumnShape Merge(ColumnShape old, ColumnShape wanted, List<string> refused)
    {
        if (old.Type != wanted.Type || old.IsArray != wanted.IsArray)
        {
            refused.Add($"column '{old.Name}' is stored as {Describe(old)} and declared as {Describe(wanted)}");
            return old;
        }

        bool isRenamed = !string.Equals(old.Name, wanted.Name, StringComparison.OrdinalIgnoreCase);
        CheckNulls(old, wanted, refused);
        if (old.Vector is { } stored && wanted.Vector is { } declared
            && (stored.Dimensions != declared.Dimensions || stored.Metric != declared.Metric))
        {
            refused.Add($"vector column '{old.Name}' is stored with {stored.Dimensions} dimensions and {stored.Metric}, and declared with {declared.Dimensions} and {declared.Metric}; declare a new column for the other vectors");
        }

        return old with
        {
            Name = isRenamed ? wanted.Name : old.Name,
            FormerName = isRenamed ? old.Name : old.FormerName,
            IsNullable = wanted.IsNullable,
            IsIndexed = wanted.IsIndexed,
            Vector = wanted.Vector,
            Default = wanted.Default,
            Missing = old.HasGaps && !wanted.IsNullable ? old.Missing ?? wanted.Default : old.Missing,
        };
    }

    private static void CheckNulls(ColumnShape old, ColumnShape wanted, List<string> refused)
    {
        if (old.IsNullable && !wanted.IsNullable)
        {
            refused.Add($"column '{old.Name}' may be null in stored rows and takes no null as declared; keep it nullable");
        }
        else if (old.Missing is not null && wanted.IsNullable)
        {
            refused.Add($"column '{old.Name}' may be null as declared, but rows from before it was added have its default, which null could not be told from; keep it as it is");
        }
        else if (old.HasGaps && !wanted.IsNullable && !wanted.IsArray && old.Missing is null && wanted.Default is null)
        {
            refused.Add($"column '{old.Name}' takes no null, but rows were written by code that did not declare it and have no value for it; make it nullable{OrGiveDefault(wanted)}");
        }
    }

    private static string OrGiveDefault(ColumnShape column) => column.Vector is null ? ", or give it a default" : "";

    private static string Describe(ColumnShape column) => column.IsArray ? $"a list of {column.Type}" : column.Type.ToString();

    private static bool Same(TableShape a, TableShape b) =>
        a.AssignsKeys == b.AssignsKeys && a.Name == b.Name && a.Columns.SequenceEqual(b.Columns);
}
