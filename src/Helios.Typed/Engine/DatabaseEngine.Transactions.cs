using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <content>Runs transactions, and snapshots of all tables.</content>
internal sealed partial class DatabaseEngine
{
    private long _jitter;

    /// <summary>Begins a transaction on the newest committed state.</summary>
    public EngineTransaction BeginTransaction()
    {
        StoreVersion version = Pin(out SequenceNumber sequence);
        return new EngineTransaction(_state, version, sequence);
    }

    /// <summary>Pins the newest committed state of all tables.</summary>
    public EngineSnapshot OpenSnapshot()
    {
        StoreVersion version = Pin(out SequenceNumber sequence);
        return new EngineSnapshot(_state, version, sequence);
    }

    /// <summary>Adds a batch to a transaction; see <see cref="EngineTransaction.Write"/>.</summary>
    public WriteResult Write(EngineTransaction transaction, TableHandle table, RowBatch batch)
    {
        if (Volatile.Read(ref _isDisposed) != 0)
        {
            batch.Dispose();
            throw DatabaseState.Closed();
        }

        return transaction.Write(table, batch, MaxBatchBytes);
    }

    /// <summary>Commits a transaction; whatever comes of it, the transaction has ended.</summary>
    /// <returns>The commit's sequence; where nothing was written, the one that was read at.</returns>
    /// <exception cref="HeliosConflictException">What it read was changed by a commit since it began.</exception>
    /// <exception cref="HeliosDuplicateKeyException">A key that it inserted has come since it began.</exception>
    /// <exception cref="HeliosKeyNotFoundException">A key that it updated has gone since it began.</exception>
    /// <exception cref="HeliosException">It could not be written, or the database takes no more writes; nothing of it was written.</exception>
    public async ValueTask<SequenceNumber> CommitAsync(EngineTransaction transaction, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        QueuedCommit? commit = transaction.BeginCommit();
        bool isCommitted = false;
        try
        {
            SequenceNumber sequence = commit is null ? transaction.AsOf : await CommitAsync(commit, cancellationToken).ConfigureAwait(false);
            isCommitted = true;
            return sequence;
        }
        finally
        {
            transaction.EndCommit(isCommitted);
        }
    }

    /// <summary>Waits before a transaction is tried again: twice as long each time, and a random part of it, so that those who met do not meet again.</summary>
    /// <param name="attempt">How many attempts have failed.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public Task WaitBeforeRetryAsync(int attempt, CancellationToken cancellationToken)
    {
        const double FirstMilliseconds = 1;
        const int MaxDoublings = 7;
        ulong random = Scramble(_state.Options.Seed + (0x9E3779B97F4A7C15 * (ulong)Interlocked.Increment(ref _jitter)));
        double share = (random >> 11) * (1.0 / (1UL << 53));
        double longest = FirstMilliseconds * (1 << Math.Min(attempt - 1, MaxDoublings));
        return Task.Delay(TimeSpan.FromMilliseconds(longest * share), _state.Options.Clock, cancellationToken);
    }

    private async ValueTask<SequenceNumber> CommitAsync(QueuedCommit commit, CancellationToken cancellationToken)
    {
        _state.ThrowIfReadOnly();
        WriteResult result = await WriteAsync(commit, cancellationToken).ConfigureAwait(false);
        return new SequenceNumber((ulong)result.Sequence);
    }

    private StoreVersion Pin(out SequenceNumber sequence)
    {
        ThrowIfDisposed();
        StoreVersion version = _state.Pin(out sequence);
        if (Volatile.Read(ref _isDisposed) != 0)
        {
            // Closed meanwhile, so that this may be the empty version that a closed database is left with.
            version.ReleaseReference();
            throw DatabaseState.Closed();
        }

        return version;
    }

    // The finalizer of splitmix64.
    private static ulong Scramble(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
