using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Knows which tables were stored at one moment, by which names and in which shapes, so that who reads as of then takes no other table for one of them.</summary>
/// <remarks>
/// Immutable, a part of each <see cref="StoreVersion"/>. A table that was not stored then had no rows, and is read so; unless its
/// name was that of another one, which has been dropped, renamed or migrated since, or it was being filled by a migration.
/// </remarks>
internal sealed class TableNames
{
    private readonly Dictionary<string, CatalogTable> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<CatalogTable, TableShape> _shapes = [];

    /// <summary>Notes the tables that are stored.</summary>
    /// <param name="tables">The tables; what was only declared is passed over.</param>
    public TableNames(IEnumerable<CatalogTable> tables)
    {
        foreach (CatalogTable table in tables)
        {
            if (table.Logged is { } logged)
            {
                _shapes.Add(table, logged);
                _byName.Add(logged.Name, table);
            }
        }
    }

    /// <summary>Gets the names of a database without tables.</summary>
    public static TableNames None { get; } = new([]);

    /// <summary>Says whether what is found for a table is what its name, and those of its columns, meant then.</summary>
    /// <param name="table">The table, as code found it at any time.</param>
    public bool Show(TableHandle table)
    {
        // Its present name, not the declared one: a store goes on with its table under whatever name that was given.
        string name = table.Table.Shape.Name;
        return (_byName.TryGetValue(name, out CatalogTable? then) ? then == table.Table : !IsOf(table.Table, WorkTable.NameFor(name)))
            && (!_shapes.TryGetValue(table.Table, out TableShape? shape) || ShowColumns(shape, table.Schema));
    }

    /// <summary>Says whether a name that a table had then means another one later.</summary>
    /// <param name="table">The table.</param>
    /// <param name="later">What names mean later.</param>
    public bool IsReplaced(CatalogTable table, TableNames later) =>
        !ReferenceEquals(this, later)
        && _byName.Any(then => then.Value == table && later._byName.TryGetValue(then.Key, out CatalogTable? now) && now != table);

    // A column that was dropped may have been followed by another of its name.
    private static bool ShowColumns(TableShape then, TableSchema schema) =>
        ReferenceEquals(then, schema.Stored)
        || schema.Stored.Columns.Where(column => schema.Declares(column.Id)).All(column => then.IndexOf(column.Name) < 0 || Has(then, column.Id));

    private static bool Has(TableShape shape, int columnId) => shape.Columns.Any(column => column.Id == columnId);

    private bool IsOf(CatalogTable table, string name) => _byName.TryGetValue(name, out CatalogTable? then) && then == table;
}
