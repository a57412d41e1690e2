using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Names a table of an open database to the engine, as one piece of code declares it.</summary>
internal sealed class TableHandle(TableSchema schema, CatalogTable table)
{
    /// <summary>Gets the table as declared and as stored.</summary>
    public TableSchema Schema => schema;

    /// <summary>Gets the table's place in the catalog.</summary>
    public CatalogTable Table => table;
}
