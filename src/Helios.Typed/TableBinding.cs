using Helios.Typed.Engine;

namespace Helios.Typed;

/// <summary>Binds a table to the open database on first use, and remembers it.</summary>
internal sealed class TableBinding(HeliosDatabase database, TableDefinition definition) : ITable
{
    private BoundTable? _bound;

    /// <inheritdoc/>
    public ValueTask<BoundTable> BindAsync(CancellationToken cancellationToken)
    {
        ValueTask<DatabaseEngine> engine = database.EngineAsync(cancellationToken);
        return engine.IsCompletedSuccessfully
            ? new ValueTask<BoundTable>(Bind(engine.Result))
            : new ValueTask<BoundTable>(BindLaterAsync(engine));
    }

    private async Task<BoundTable> BindLaterAsync(ValueTask<DatabaseEngine> engine) => Bind(await engine.ConfigureAwait(false));

    // Two threads may both bind; the engine makes handles freely, and one of them stays.
    // One whose table was dropped meanwhile, or kept by a migration under another name, is asked for anew.
    private BoundTable Bind(DatabaseEngine engine) =>
        Volatile.Read(ref _bound) is { } bound && IsCurrent(bound.Handle.Table) ? bound : BindAnew(engine);

    private BoundTable BindAnew(DatabaseEngine engine)
    {
        BoundTable? before = Volatile.Read(ref _bound);
        CommittedTable bound = new(engine, engine.Bind(definition.Shape));
        return Interlocked.CompareExchange(ref _bound, bound, before) is { } other && IsCurrent(other.Handle.Table) ? other : bound;
    }

    private bool IsCurrent(CatalogTable table) => !table.IsDropped && string.Equals(table.Shape.Name, definition.Name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Binds a table as another view of one that the database binds: within a transaction, or at a snapshot.</summary>
/// <param name="table">The table of the database.</param>
/// <param name="view">Makes the view.</param>
internal sealed class ViewBinding(ITable table, Func<BoundTable, BoundTable> view) : ITable
{
    private BoundTable? _bound;

    /// <inheritdoc/>
    public async ValueTask<BoundTable> BindAsync(CancellationToken cancellationToken) =>
        _bound ??= view(await table.BindAsync(cancellationToken).ConfigureAwait(false));
}
