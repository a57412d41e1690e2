using System.Runtime.CompilerServices;
using Helios.Typed.Engine;
using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed;

/// <summary>Turns the engine's changes into those that the stores and the database hand out.</summary>
internal static class ChangeStream
{
    /// <summary>Reads the changes of one table.</summary>
    /// <typeparam name="TRecord">What its rows are read as.</typeparam>
    /// <param name="binding">The table.</param>
    /// <param name="definition">The table as it is declared.</param>
    /// <param name="read">Makes a record of a row.</param>
    /// <param name="since">The place after which to start.</param>
    /// <param name="follow">Whether to wait for commits to come.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async IAsyncEnumerable<Change<TRecord>> ReadAsync<TRecord>(
        ITable binding, TableDefinition definition, Func<RowDecoder, TRecord> read, ChangePosition since, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        BoundTable table = await binding.BindAsync(cancellationToken).ConfigureAwait(false);
        using ChangeReader reader = table.Engine.OpenChanges(table.Handle, since, follow);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } changes)
        {
            foreach (LoggedChange change in changes)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return Make(change, reader.PositionOf(change), change.IsOfRow ? definition : new TableDefinition(WithoutDropped(change.Shape)), table.Handle.Schema, read);
            }
        }
    }

    /// <summary>Reads the changes of every table, each row as its table was when it was committed.</summary>
    /// <param name="database">The database.</param>
    /// <param name="since">The place after which to start.</param>
    /// <param name="follow">Whether to wait for commits to come.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async IAsyncEnumerable<Change<HeliosRow>> ReadAllAsync(
        HeliosDatabase database, ChangePosition since, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Dictionary<TableShape, (TableDefinition Definition, TableSchema Schema)> tables = new(ReferenceEqualityComparer.Instance);
        DatabaseEngine engine = await database.EngineAsync(cancellationToken).ConfigureAwait(false);
        using ChangeReader reader = engine.OpenChanges(table: null, since, follow);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } changes)
        {
            foreach (LoggedChange change in changes)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!tables.TryGetValue(change.Shape, out (TableDefinition Definition, TableSchema Schema) table))
                {
                    TableShape visible = WithoutDropped(change.Shape);
                    table = (new TableDefinition(visible), TableSchema.Create(visible, change.Shape));
                    tables.Add(change.Shape, table);
                }

                yield return Make(change, reader.PositionOf(change), table.Definition, table.Schema, row => HeliosRow.Read(table.Definition, row));
            }
        }
    }

    private static TableShape WithoutDropped(TableShape shape)
    {
        if (!shape.Columns.Any(column => column.IsDropped))
        {
            return shape;
        }

        List<ColumnShape> columns = [.. shape.Columns.Where(column => !column.IsDropped)];
        return shape with { Columns = columns, KeyColumn = columns.IndexOf(shape.Key) };
    }

    private static Change<TRecord> Make<TRecord>(LoggedChange change, ChangePosition position, TableDefinition definition, TableSchema schema, Func<RowDecoder, TRecord> read) => new(
        position,
        change.IsLastOfCommit,
        change.Kind,
        definition,
        change.Key,
        change.Decode(schema) is { } row ? read(row) : default)
    {
        FormerTableName = change.FormerTableName,
    };
}
