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
    private uint _highestId;

    /// <summary>Gives the tables that are stored, by id.</summary>
    public IReadOnlyList<CatalogTable> Stored
    {
        get
        {
            lock (_lock)
            {
                return [.. _byId.Values.Where(table => table.Logged is not null).OrderBy(table => table.Id.Value)];
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
            if (!_byName.TryGetValue(declared.Name, out CatalogTable? table))
            {
                table = Add(new TableId(_highestId + 1), declared);
            }
            else
            {
                table.Shape = SchemaEvolution.Reconcile(table.Shape, declared);
            }

            return new TableHandle(TableSchema.Create(declared, table.Shape), table);
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
    /// <exception cref="InvalidDataException">The table has another name.</exception>
    public void Alter(CatalogTable table, TableShape stored)
    {
        lock (_lock)
        {
            if (!string.Equals(table.Shape.Name, stored.Name, StringComparison.Ordinal))
            {
                throw new InvalidDataException($"the new shape of table '{table.Shape.Name}' is named '{stored.Name}'");
            }

            table.Shape = stored;
            table.Logged = stored;
        }
    }

    private CatalogTable Add(TableId id, TableShape shape)
    {
        CatalogTable table = new(id, shape);
        _byId.Add(id, table);
        _byName.Add(shape.Name, table);
        _highestId = Math.Max(_highestId, id.Value);
        return table;
    }
}
