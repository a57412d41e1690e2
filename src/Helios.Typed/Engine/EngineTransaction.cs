using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Is a transaction: one snapshot of all tables, and writes that it alone sees until they are committed together.</summary>
/// <remarks>
/// For one caller at a time, and two at once are refused. Results that were opened on it hold what they need: they may be read
/// while it writes, and after it has ended. One that was abandoned is let go by the collector, and reported.
/// </remarks>
internal sealed class EngineTransaction : IDisposable
{
    private readonly DatabaseState _state;
    private readonly StoreVersion _version;
    private readonly TransactionReads _reads;
    private readonly Lock _gate = new();
    private readonly Dictionary<CatalogTable, TransactionTable> _tables = [];
    private readonly List<CommitPart> _parts = [];
    private long _bytes;
    private ulong _steps;
    private Stage _stage;
    private bool _isBusy;
    private bool _isReleased;

    /// <summary>Begins the transaction.</summary>
    /// <param name="state">The engine's state.</param>
    /// <param name="version">What it reads; its hold passes to the transaction.</param>
    /// <param name="asOf">The commit to read at.</param>
    public EngineTransaction(DatabaseState state, StoreVersion version, SequenceNumber asOf)
    {
        _state = state;
        _version = version;
        _reads = new TransactionReads(asOf, version.Names);
    }

    ~EngineTransaction()
    {
        if (!_isReleased)
        {
            // Not on the finalizer's thread: the last reader of a version closes files.
            ThreadPool.UnsafeQueueUserWorkItem(static abandoned => abandoned.Abandon(), this, preferLocal: false);
        }
    }

    private enum Stage
    {
        Open,
        Committing,
        Committed,
        Failed,
        RolledBack,
    }

    /// <summary>Gets the commit that the transaction reads at.</summary>
    public SequenceNumber AsOf => _reads.AsOf;

    /// <summary>Gets whether it has neither been committed nor rolled back.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return _stage == Stage.Open;
            }
        }
    }

    private SequenceNumber Now => new(AsOf.Value + _steps);

    /// <summary>Opens a table as the transaction sees it at this moment.</summary>
    /// <param name="table">The table.</param>
    /// <param name="keys">The ordered bytes of the only keys that the reader will look at, or null where it may look at any row.</param>
    /// <exception cref="InvalidOperationException">The transaction has ended, or is in use.</exception>
    /// <exception cref="HeliosConflictException">The table's name meant another table when the transaction began.</exception>
    public TableSnapshot OpenSnapshot(TableHandle table, IReadOnlyList<byte[]>? keys)
    {
        Enter();
        try
        {
            TransactionTable view = ViewOf(table);
            view.Note(keys, Now);
            string name = table.Schema.Stored.Name;
            SnapshotPin pin = SnapshotPin.Hold(_version, view.Own, () => _state.Log.ReleasedAbandonedSnapshot(name))!;
            return new TableSnapshot(table.Schema, Now, view.Sources, pin);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Adds a batch, all of it or nothing.</summary>
    /// <param name="table">The table.</param>
    /// <param name="batch">The writes; the transaction's own from here on.</param>
    /// <param name="maxBytes">The bytes that all writes of the transaction may take.</param>
    /// <returns>What it did; the sequence is 0, as there is none before the commit.</returns>
    /// <exception cref="InvalidOperationException">The transaction has ended, or is in use.</exception>
    /// <exception cref="HeliosConflictException">The table's name meant another table when the transaction began.</exception>
    /// <exception cref="HeliosDuplicateKeyException">An insert meets a key that the transaction sees.</exception>
    /// <exception cref="HeliosKeyNotFoundException">An update meets a key that the transaction does not see.</exception>
    public WriteResult Write(TableHandle table, RowBatch batch, long maxBytes)
    {
        bool isKept = false;
        try
        {
            Enter();
            try
            {
                if (_bytes + batch.OperationBytes > maxBytes)
                {
                    throw new ArgumentException($"With this batch of {batch.OperationBytes} bytes the transaction takes {_bytes + batch.OperationBytes}, and a commit takes {maxBytes}. Commit it in parts, or write less in one transaction; nothing of this batch was written.", nameof(batch));
                }

                TransactionTable view = ViewOf(table);
                CommitOutcome outcome = view.Check(batch, Now);
                if (batch.Count > 0)
                {
                    Apply(table, view, batch);
                    isKept = true;
                }

                return new WriteResult(outcome.Keys, outcome.Deleted, 0);
            }
            finally
            {
                Leave();
            }
        }
        finally
        {
            if (!isKept)
            {
                batch.Dispose();
            }
        }
    }

    /// <summary>Begins the commit: from here on nothing else may be done with the transaction.</summary>
    /// <returns>What to commit, or null where it wrote nothing.</returns>
    /// <exception cref="InvalidOperationException">The transaction has ended, or is in use.</exception>
    public QueuedCommit? BeginCommit()
    {
        Enter();
        lock (_gate)
        {
            _stage = Stage.Committing;
        }

        return _parts.Count == 0 ? null : new QueuedCommit([.. _parts], _reads);
    }

    /// <summary>Ends the commit, and with it the transaction.</summary>
    public void EndCommit(bool isCommitted)
    {
        lock (_gate)
        {
            _stage = isCommitted ? Stage.Committed : Stage.Failed;
            _isBusy = false;
        }

        Release();
    }

    /// <summary>Ends the transaction without a trace; one that has been rolled back stays so.</summary>
    /// <exception cref="InvalidOperationException">It was committed, or is being, or is in use.</exception>
    public void RollBack()
    {
        lock (_gate)
        {
            if (_stage is Stage.Failed or Stage.RolledBack)
            {
                return;
            }
        }

        Enter();
        lock (_gate)
        {
            _stage = Stage.RolledBack;
            _isBusy = false;
        }

        Release();
    }

    /// <summary>Rolls back what was not committed. Where an operation is under way, it ends first.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        lock (_gate)
        {
            if (_stage == Stage.Open)
            {
                _stage = Stage.RolledBack;
            }

            if (_isBusy)
            {
                return;
            }
        }

        Release();
    }

    /// <summary>Takes the transaction for one operation.</summary>
    internal void Enter()
    {
        lock (_gate)
        {
            string? problem = _stage switch
            {
                Stage.Committing => "The transaction is being committed. Await its commit, and begin another one for what comes after.",
                Stage.Committed => "The transaction was committed. Begin another one.",
                Stage.Failed => "The transaction could not be committed, and was rolled back. Begin another one and do its work again.",
                Stage.RolledBack => "The transaction was rolled back. Begin another one.",
                _ when _isBusy => "The transaction is in use by another operation. It is for one at a time: await each before the next, or give each thread a transaction of its own.",
                _ => null,
            };
            if (problem is not null)
            {
                throw new InvalidOperationException(problem);
            }

            _isBusy = true;
        }
    }

    /// <summary>Gives the transaction back.</summary>
    internal void Leave()
    {
        lock (_gate)
        {
            _isBusy = false;
            if (_stage == Stage.Open)
            {
                return;
            }
        }

        // It was disposed, or failed, meanwhile.
        Release();
    }

    private void Apply(TableHandle table, TransactionTable view, RowBatch batch)
    {
        try
        {
            view.Apply(batch, new SequenceNumber(Now.Value + 1));
        }
        catch
        {
            // Half a batch may be seen, which must not be committed.
            lock (_gate)
            {
                _stage = Stage.Failed;
            }

            throw;
        }

        _steps++;
        _bytes += batch.OperationBytes;
        _parts.Add(new CommitPart(table.Table, batch));
    }

    private TransactionTable ViewOf(TableHandle table)
    {
        if (!_version.Names.Show(table))
        {
            throw HeliosConflictException.OfReplaced(table.Schema.Stored.Name);
        }

        if (!_tables.TryGetValue(table.Table, out TransactionTable? view))
        {
            _tables.Add(table.Table, view = new TransactionTable(_state, table.Table, _version[table.Table.Id], _reads));
        }

        return view;
    }

    private void Abandon()
    {
        int batches = _parts.Count;
        Release();
        _state.Log.RolledBackAbandonedTransaction(batches);
    }

    private void Release()
    {
        lock (_gate)
        {
            if (_isReleased)
            {
                return;
            }

            _isReleased = true;
        }

        foreach (TransactionTable table in _tables.Values)
        {
            table.Release();
        }

        foreach (CommitPart part in _parts)
        {
            part.Batch.Dispose();
        }

        _version.ReleaseReference();
    }
}
