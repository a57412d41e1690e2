using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Runs one open database: tables, commits, snapshots, background work.</summary>
internal sealed class DatabaseEngine : IAsyncDisposable
{
    /// <summary>Opens or creates a database.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    public static Task<DatabaseEngine> OpenAsync(EngineOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Finds a table, or declares it; its place in the catalog is written with its first commit.</summary>
    /// <param name="declared">The table as the code wants it.</param>
    /// <exception cref="HeliosSchemaException">It does not fit the stored one.</exception>
    public TableHandle Bind(TableShape declared) => throw new NotSupportedException();

    /// <summary>Gives the shapes of the tables that are stored.</summary>
    public IReadOnlyList<TableShape> Tables => throw new NotSupportedException();

    /// <summary>Commits a batch to one table, all of it or nothing.</summary>
    /// <param name="table">The table.</param>
    /// <param name="batch">The writes, in order; not changed until the call returns.</param>
    /// <param name="cancellationToken">Stops the wait while the batch is not yet being written.</param>
    public ValueTask<WriteResult> CommitAsync(TableHandle table, RowBatch batch, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Pins the newest committed state of a table.</summary>
    public TableSnapshot OpenSnapshot(TableHandle table) => throw new NotSupportedException();

    /// <summary>Writes what is in memory to segments.</summary>
    public Task FlushAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Waits until every row committed before the call is in the index its columns ask for.</summary>
    /// <param name="table">The table, or null for all.</param>
    /// <param name="progress">Is told how far the work is, or null.</param>
    /// <param name="cancellationToken">Stops the wait, not the work.</param>
    public Task WaitForIndexingAsync(TableHandle? table, IProgress<IndexingProgress>? progress, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
