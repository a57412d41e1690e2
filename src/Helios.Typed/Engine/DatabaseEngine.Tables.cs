using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <content>Changes tables themselves.</content>
internal sealed partial class DatabaseEngine
{
    /// <summary>Drops a table, durably.</summary>
    /// <param name="name">The table.</param>
    /// <param name="cancellationToken">Stops the wait, not the work.</param>
    /// <returns>Whether it was there.</returns>
    public async Task<bool> DropTableAsync(string name, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        bool wasThere = false;
        await RunAsync(Drop, cancellationToken).ConfigureAwait(false);
        return wasThere;

        void Drop() => _writes.CommitChanges(catalog =>
        {
            CatalogTable? table = catalog.Find(name);
            table?.ThrowIfRefusing();
            wasThere = table?.Logged is not null;
            return table is null ? [] : [new CatalogChange(table, null)];
        });
    }

    /// <summary>Drops a column, durably; merges leave its values out from then on.</summary>
    /// <param name="tableName">The table.</param>
    /// <param name="columnName">The column.</param>
    /// <param name="cancellationToken">Stops the wait, not the work.</param>
    /// <exception cref="HeliosSchemaException">There is no such table or column, it is the key, or code of this process declares it.</exception>
    public Task DropColumnAsync(string tableName, string columnName, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        return RunAsync(() => _writes.CommitChanges(catalog => [PlanDropColumn(catalog, tableName, columnName)]), cancellationToken);
    }

    /// <summary>Makes a migration from one table to another.</summary>
    public TableMigration Migrate(TableShape from, TableShape to, MigrationOptions options)
    {
        ThrowIfDisposed();
        return new TableMigration(this, _writes, from, to, options);
    }

    private static CatalogChange PlanDropColumn(Catalog catalog, string tableName, string columnName)
    {
        if (catalog.Find(tableName) is not { Logged: not null } table)
        {
            throw new HeliosSchemaException(tableName, $"There is no table '{tableName}'.");
        }

        table.ThrowIfRefusing();
        TableShape shape = table.Shape;
        int place = shape.IndexOf(columnName);
        if (place < 0)
        {
            throw new HeliosSchemaException(shape.Name, $"Table '{shape.Name}' has no column '{columnName}'; it has {string.Join(", ", shape.Columns.Where(column => !column.IsDropped).Select(column => column.Name))}.");
        }

        ColumnShape column = shape.Columns[place];
        if (place == shape.KeyColumn || catalog.IsColumnDeclared(table, column.Id))
        {
            string why = place == shape.KeyColumn ? "it is the key" : "code of this process declares it; remove it there first";
            throw new HeliosSchemaException(shape.Name, $"Column '{column.Name}' of table '{shape.Name}' cannot be dropped: {why}. Nothing was changed.");
        }

        return new CatalogChange(table, SchemaEvolution.WithoutColumn(shape, column.Id));
    }

    private Task RunAsync(Action work, CancellationToken cancellationToken) =>
        Background.RunAsync(_state.Options.Background, work).WaitAsync(cancellationToken);
}
