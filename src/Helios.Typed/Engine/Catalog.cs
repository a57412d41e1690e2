using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Knows the tables of a database, the stored ones and those that code declared and nobody has written to yet.</summary>
/// <remarks>Thread-safe. Declaring changes memory only; the first commit that needs it logs the table's shape.</remarks>
internal sealed class Catalog
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CatalogTable> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<TableId, CatalogTable> _byId = [];
    private readonly HashSet<string> _promised = new(StringComparer.OrdinalIgnoreCase);
    private uint _highestId;

    /// <summary>Gives the tables that are stored, by id.</summary>
    public IReadOnlyList<CatalogTable> Stored
    {
        get
        {
            lock (_lock)
            {
                List<CatalogTable> stored = [.. _byId.Values.Where(table => table.Logged is not null)];
                stored.Sort(static (a, b) => a.Id.Value.CompareTo(b.Id.Value));
                return stored;
            }
        }
    }

    /// <summary>Gives what names mean to whoever reads what has been committed.</summary>
    public TableNames Names
    {
        get
        {
            lock (_lock)
            {
                return new TableNames(_byId.Values);
            }
        }
    }

    /// <summary>Finds a table by name, or declares it, and relates the declaration to what is stored.</summary>
    /// <param name="declared">The table as the code wants it.</param>
    /// <exception cref="HeliosSchemaException">It does not fit the stored one.</exception>
    public TableHandle Bind(TableShape declared)
    {
        lock (_lock)
        {
            CatalogTable table = FindOrAdd(declared);
            var schema = TableSchema.Create(declared, table.Shape);
            table.NoteDeclared(schema);
            return new TableHandle(schema, table);
        }
    }

    /// <summary>Notes that code which does not declare all of a table writes to it.</summary>
    /// <param name="table">The table.</param>
    /// <param name="writer">The table as that code knows it.</param>
    /// <returns>The table's shape from here on.</returns>
    public TableShape NoteGaps(CatalogTable table, TableSchema writer)
    {
        lock (_lock)
        {
            return writer.Covers(table.Shape) ? table.Shape : table.Shape = SchemaEvolution.WithGaps(table.Shape, writer);
        }
    }

    /// <summary>Gets or sets the highest id that a table has, or had.</summary>
    public uint HighestId
    {
        get
        {
            lock (_lock)
            {
                return _highestId;
            }
        }

        set
        {
            lock (_lock)
            {
                _highestId = Math.Max(_highestId, value);
            }
        }
    }

    /// <summary>Finds a table by its present name, stored or only declared; null where there is none.</summary>
    public CatalogTable? Find(string name)
    {
        lock (_lock)
        {
            return _byName.GetValueOrDefault(name);
        }
    }

    /// <summary>Finds the stored table that has a name, be it in the log or, as it was declared anew, in memory; null where the name is free.</summary>
    public CatalogTable? FindStored(string name)
    {
        lock (_lock)
        {
            return _byId.Values.FirstOrDefault(table => table.Logged is { } logged && (IsSame(logged.Name, name) || IsSame(table.Shape.Name, name)));
        }
    }

    /// <summary>Promises the names that changes give, so that nothing takes one before <see cref="EndPromises"/>: once they are logged, they must fit.</summary>
    /// <param name="changes">The changes, in the order in which they are logged.</param>
    /// <exception cref="HeliosSchemaException">A table is gone, or another has its new name; nothing was changed.</exception>
    public void Promise(IReadOnlyList<CatalogChange> changes)
    {
        lock (_lock)
        {
            var names = _byId.Values.Where(table => table.Logged is not null).ToDictionary(table => table, table => (Logged: table.Logged!.Name, Present: table.Shape.Name));
            foreach ((CatalogTable table, TableShape? shape) in changes)
            {
                table.ThrowIfDropped();
                if (shape is null)
                {
                    names.Remove(table);
                    continue;
                }

                if (names.Any(other => other.Key != table && (IsSame(other.Value.Logged, shape.Name) || IsSame(other.Value.Present, shape.Name))))
                {
                    throw new HeliosSchemaException(shape.Name, $"Table '{shape.Name}' is there already, or was renamed by code of this process and is stored by that name. Nothing was changed.");
                }

                names[table] = (shape.Name, shape.Name);
            }

            _promised.UnionWith(changes.Where(change => change.Shape is not null).Select(change => change.Shape!.Name));
        }
    }

    /// <summary>Ends the promises of names: the changes were made, or will not be.</summary>
    public void EndPromises()
    {
        lock (_lock)
        {
            _promised.Clear();
        }
    }

    /// <summary>Says whether code of this process declares a column of a table.</summary>
    public bool IsColumnDeclared(CatalogTable table, int columnId)
    {
        lock (_lock)
        {
            return table.IsColumnDeclared(columnId);
        }
    }

    /// <summary>Finds a table by id.</summary>
    public bool TryGet(TableId id, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out CatalogTable? table)
    {
        lock (_lock)
        {
            return _byId.TryGetValue(id, out table);
        }
    }

    /// <summary>Takes a table from the manifest or the log.</summary>
    /// <exception cref="InvalidDataException">Another table has its id or its name.</exception>
    public CatalogTable Restore(TableId id, TableShape stored)
    {
        lock (_lock)
        {
            if (_byId.ContainsKey(id) || _byName.ContainsKey(stored.Name))
            {
                throw new InvalidDataException($"table '{stored.Name}' with id {id.Value} is there already");
            }

            CatalogTable table = Add(id, stored);
            table.Logged = stored;
            return table;
        }
    }

    /// <summary>Takes another shape of a restored table from the log.</summary>
    /// <exception cref="InvalidDataException">Another table has its new name.</exception>
    public void Alter(CatalogTable table, TableShape stored)
    {
        lock (_lock)
        {
            if (_byName.TryGetValue(stored.Name, out CatalogTable? other) && other != table)
            {
                throw new InvalidDataException($"the new shape of table '{table.Shape.Name}' is named '{stored.Name}', as another table is");
            }

            Rename(table, stored);
            table.Logged = stored;
        }
    }

    /// <summary>Takes a shape that was logged; one that was only declared makes way for its name.</summary>
    public void Replace(CatalogTable table, TableShape stored)
    {
        lock (_lock)
        {
            if (_byName.TryGetValue(stored.Name, out CatalogTable? other) && other != table)
            {
                Remove(other.Logged is null ? other : throw new InvalidOperationException($"Table '{stored.Name}' is there already."));
            }

            Rename(table, stored);
            table.Logged = stored;
        }
    }

    /// <summary>Forgets a table; whoever still has it is told that it is gone.</summary>
    public void Drop(CatalogTable table)
    {
        lock (_lock)
        {
            Remove(table);
        }
    }

    private void Remove(CatalogTable table)
    {
        table.MarkDropped();
        _byId.Remove(table.Id);
        _byName.Remove(table.Shape.Name);
    }

    private CatalogTable FindOrAdd(TableShape declared)
    {
        if (_byName.TryGetValue(declared.Name, out CatalogTable? table))
        {
            table.Shape = SchemaEvolution.Reconcile(table.Shape, declared, hasRows: table.Logged is not null, table.IsColumnDeclared);
            return table;
        }

        if (FindFormer(declared) is { } former)
        {
            if (_promised.Contains(declared.Name))
            {
                throw new HeliosSchemaException(declared.Name, $"Table '{former.Shape.Name}' cannot be renamed to '{declared.Name}': another table is taking that name. Nothing was changed.");
            }

            if (FindLogged(declared.Name) is { } holder && holder != former)
            {
                // Logged apart, one of the two would be replayed before the other, and two tables would have one name.
                throw new HeliosSchemaException(
                    declared.Name,
                    $"Table '{former.Shape.Name}' cannot be renamed to '{declared.Name}' yet: the table that is stored by that name becomes '{holder.Shape.Name}' with the next write to it. Write to '{holder.Shape.Name}' first. Nothing was changed.");
            }

            Rename(former, SchemaEvolution.Reconcile(former.Shape with { Name = declared.Name }, declared, hasRows: former.Logged is not null));
            return former;
        }

        if (FindLogged(declared.Name) is { } renamed)
        {
            throw new HeliosSchemaException(
                declared.Name,
                $"Table '{declared.Name}' was renamed to '{renamed.Shape.Name}' by other code of this process, and its rows are there. Declare one of the two.");
        }

        return Add(new TableId(_highestId + 1), declared with { FormerNames = [] });
    }

    // No two tables are logged by one name.
    private CatalogTable? FindLogged(string name) =>
        _byId.Values.FirstOrDefault(table => table.Logged is { } logged && IsSame(logged.Name, name));

    private CatalogTable? FindFormer(TableShape declared)
    {
        CatalogTable[] found = [.. declared.FormerNames.Where(former => former.Column is null)
            .Select(former => _byName.GetValueOrDefault(former.Name)).OfType<CatalogTable>().Distinct()];
        if (found.Length > 1)
        {
            throw new HeliosSchemaException(
                declared.Name,
                $"Table '{declared.Name}' names {string.Join(" and ", found.Select(table => $"'{table.Shape.Name}'"))} as its former names, and both are stored. Leave the one that it is, or copy the rows of the other with MigrateAsync. Nothing was changed.");
        }

        if (found is [{ IsDeclared: true } used])
        {
            throw new HeliosSchemaException(
                declared.Name,
                $"Table '{declared.Name}' names '{used.Shape.Name}' as its former name, and other code of this process uses the table by that name. Declare one of the two. Nothing was changed.");
        }

        return found is [CatalogTable former] ? former : null;
    }

    private void Rename(CatalogTable table, TableShape shape)
    {
        _byName.Remove(table.Shape.Name);
        _byName.Add(shape.Name, table);
        table.Shape = shape;
    }

    private static bool IsSame(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private CatalogTable Add(TableId id, TableShape shape)
    {
        CatalogTable table = new(id, shape);
        _byId.Add(id, table);
        _byName.Add(shape.Name, table);
        _highestId = Math.Max(_highestId, id.Value);
        return table;
    }
}
