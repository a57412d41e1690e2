namespace Helios.Typed.Engine;

/// <summary>Is a store's own way to the engine, for the query builder.</summary>
internal interface ITable
{
    /// <summary>Gives the table of the open database; a database that a container made is opened here on first use.</summary>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ObjectDisposedException">The database is closed.</exception>
    /// <exception cref="HeliosSchemaException">The table does not fit the stored one.</exception>
    ValueTask<BoundTable> BindAsync(CancellationToken cancellationToken);
}
