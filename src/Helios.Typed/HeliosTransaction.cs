using Helios.Typed.Engine;

namespace Helios.Typed;

/// <summary>Is a unit of work over any number of tables: all of it is committed, or nothing.</summary>
/// <remarks>
/// <para>
/// It reads one state of the database, the newest one when it began, and its own writes on top; nobody else sees those before
/// the commit. Transactions are serializable: a commit succeeds only if everything that the transaction read is still so.
/// Reading a row by its key rests on that row; a query that finds rows in any other way rests on its whole table. Where it is
/// not so any more, <see cref="CommitAsync"/> throws <see cref="HeliosConflictException"/>. A transaction that only reads
/// never conflicts.
/// </para>
/// <para>
/// For one operation at a time: one that begins while another runs is refused. Disposing a transaction that was not committed
/// rolls it back. Integer keys are assigned at the insert; keys of a transaction that is rolled back are not given again
/// while the database is open, so that gaps may remain.
/// </para>
/// </remarks>
public sealed class HeliosTransaction : IAsyncDisposable, IDisposable
{
    private readonly DatabaseEngine _engine;
    private readonly EngineTransaction _transaction;

    internal HeliosTransaction(HeliosDatabase database, DatabaseEngine engine)
    {
        Database = database;
        _engine = engine;
        _transaction = engine.BeginTransaction();
    }

    /// <summary>Gets the database.</summary>
    public HeliosDatabase Database { get; }

    /// <summary>Gets the place, in the database's one order of commits, of the last commit that the transaction sees.</summary>
    public long Sequence => checked((long)_transaction.AsOf.Value);

    /// <summary>Gets whether the transaction has neither been committed nor rolled back.</summary>
    public bool IsOpen => _transaction.IsOpen;

    /// <summary>Gives the store of a record type, bound to the transaction.</summary>
    /// <typeparam name="TRecord">The annotated record type.</typeparam>
    /// <returns>A store whose reads and writes are the transaction's. Once the transaction has ended, they throw <see cref="InvalidOperationException"/>.</returns>
    public IHeliosStore<TRecord> Store<TRecord>()
        where TRecord : IHeliosRecord<TRecord> => new HeliosStore<TRecord>(Database, new ViewBinding(Database.Store<TRecord>(), View));

    /// <summary>Gives a table that was defined at run time, bound to the transaction.</summary>
    /// <param name="definition">The table; its first use checks it against the stored one.</param>
    public HeliosTable Table(TableDefinition definition) => new(Database, definition, new ViewBinding(Database.Table(definition), View));

    /// <summary>Commits all writes together; whatever comes of it, the transaction has ended.</summary>
    /// <param name="cancellationToken">Stops the wait, and rolls back, while the commit is not yet being written.</param>
    /// <returns>The commit's place in the database's one order of commits, once durable as the options say; where nothing was written, <see cref="Sequence"/>.</returns>
    /// <exception cref="HeliosConflictException">What the transaction read was changed by another commit since it began, or a table that it used was dropped or migrated.</exception>
    /// <exception cref="HeliosDuplicateKeyException">A key that it inserted without looking has come since it began.</exception>
    /// <exception cref="HeliosKeyNotFoundException">A key that it updated without looking has gone since it began.</exception>
    /// <exception cref="InvalidOperationException">The transaction has ended, or is in use.</exception>
    public async ValueTask<long> CommitAsync(CancellationToken cancellationToken = default) =>
        checked((long)(await _engine.CommitAsync(_transaction, cancellationToken).ConfigureAwait(false)).Value);

    /// <summary>Ends the transaction without a trace; one that was rolled back, or could not be committed, stays so.</summary>
    /// <exception cref="InvalidOperationException">The transaction was committed, or is in use.</exception>
    public ValueTask RollbackAsync()
    {
        _transaction.RollBack();
        return default;
    }

    /// <summary>Rolls back what was not committed.</summary>
    public void Dispose() => _transaction.Dispose();

    /// <summary>Rolls back what was not committed.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private TransactedTable View(BoundTable table) => new(table.Engine, table.Handle, _transaction);
}
