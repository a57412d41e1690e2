using Helios.Typed.Engine;

namespace Helios.Typed;

/// <summary>Is the whole database as of one commit, for reading; it stays as it is however long it is kept.</summary>
/// <remarks>
/// Safe for any number of threads. It keeps memory and files that later commits have done without: dispose it when it is not
/// needed any more. One that was abandoned is let go by the garbage collector, and reported.
/// </remarks>
public sealed class HeliosSnapshot : IAsyncDisposable, IDisposable
{
    private readonly DatabaseEngine _engine;
    private readonly EngineSnapshot _snapshot;

    internal HeliosSnapshot(HeliosDatabase database, DatabaseEngine engine)
    {
        Database = database;
        _engine = engine;
        _snapshot = engine.OpenSnapshot();
    }

    /// <summary>Gets the database.</summary>
    public HeliosDatabase Database { get; }

    /// <summary>Gets the place, in the database's one order of commits, of the last commit that the snapshot shows.</summary>
    public long Sequence => checked((long)_snapshot.Sequence.Value);

    /// <summary>Tells the place of the snapshot's commit, once no power cut can take it: who copied its rows follows their changes from there.</summary>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="HeliosReadOnlyException">The log could not be synced.</exception>
    /// <exception cref="ObjectDisposedException">The database is closed.</exception>
    public ValueTask<ChangePosition> GetPositionAsync(CancellationToken cancellationToken = default) =>
        _engine.FindPositionAsync(_snapshot.Sequence, cancellationToken);

    /// <summary>Gives the records of a type as they were.</summary>
    /// <typeparam name="TRecord">The annotated record type.</typeparam>
    /// <returns>
    /// A reader; once the snapshot is disposed, its queries throw <see cref="ObjectDisposedException"/>. Where the table was dropped or
    /// migrated since the snapshot was taken, and this reader was not used before that, they throw <see cref="HeliosSchemaException"/>.
    /// </returns>
    public IHeliosReader<TRecord> Store<TRecord>()
        where TRecord : IHeliosRecord<TRecord> => new HeliosReader<TRecord>(Database, new ViewBinding(Database.Store<TRecord>(), View));

    /// <summary>Lets the snapshot go; queries that are running keep what they need.</summary>
    public void Dispose() => _snapshot.Dispose();

    /// <summary>Lets the snapshot go; queries that are running keep what they need.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private PinnedTable View(BoundTable table) => new(table.Engine, table.Handle, _snapshot);
}
