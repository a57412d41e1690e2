using System.Diagnostics.CodeAnalysis;
using Helios.Typed.Engine;

namespace Helios.Typed;

/// <content>Begins transactions and snapshots.</content>
public sealed partial class HeliosDatabase
{
    private const int DefaultAttempts = 10;

    /// <summary>Begins a transaction on the newest committed state.</summary>
    /// <param name="cancellationToken">Stops the opening of the database, where this is its first use.</param>
    /// <returns>The transaction; dispose it, which rolls back what was not committed.</returns>
    public async ValueTask<HeliosTransaction> BeginTransactionAsync(CancellationToken cancellationToken = default) =>
        new(this, await EngineAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Keeps the newest committed state of all tables for reading.</summary>
    /// <param name="cancellationToken">Stops the opening of the database, where this is its first use.</param>
    /// <returns>The snapshot; dispose it.</returns>
    public async ValueTask<HeliosSnapshot> OpenSnapshotAsync(CancellationToken cancellationToken = default) =>
        new(this, await EngineAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Runs a transaction and commits it, and runs it again where it met a conflict.</summary>
    /// <param name="work">What to do in the transaction; it may run several times, so that all it changes should be in the transaction. It need not commit.</param>
    /// <param name="maxAttempts">How often it is tried at most, at least 1. Between two attempts there is a short wait of random length, longer each time.</param>
    /// <param name="cancellationToken">Stops it, and rolls back.</param>
    /// <exception cref="HeliosConflictException">The last attempt met a conflict, too.</exception>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The two differ by whether the work gives a value, which the compiler tells apart.")]
    public Task RunInTransactionAsync(
        Func<HeliosTransaction, CancellationToken, Task> work,
        int maxAttempts = DefaultAttempts,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        return RunInTransactionAsync(RunAsync, maxAttempts, cancellationToken);

        async Task<bool> RunAsync(HeliosTransaction transaction, CancellationToken token)
        {
            await work(transaction, token).ConfigureAwait(false);
            return true;
        }
    }

    /// <summary>Runs a transaction and commits it, and runs it again where it met a conflict.</summary>
    /// <typeparam name="TResult">What the work gives.</typeparam>
    /// <param name="work">What to do in the transaction; it may run several times, so that all it changes should be in the transaction. It need not commit.</param>
    /// <param name="maxAttempts">How often it is tried at most, at least 1. Between two attempts there is a short wait of random length, longer each time.</param>
    /// <param name="cancellationToken">Stops it, and rolls back.</param>
    /// <returns>What the work gave in the attempt that was committed.</returns>
    /// <exception cref="HeliosConflictException">The last attempt met a conflict, too.</exception>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The two differ by whether the work gives a value, which the compiler tells apart.")]
    public async Task<TResult> RunInTransactionAsync<TResult>(
        Func<HeliosTransaction, CancellationToken, Task<TResult>> work,
        int maxAttempts = DefaultAttempts,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxAttempts, 1);
        DatabaseEngine engine = await EngineAsync(cancellationToken).ConfigureAwait(false);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                using HeliosTransaction transaction = new(this, engine);
                TResult result = await work(transaction, cancellationToken).ConfigureAwait(false);
                if (transaction.IsOpen)
                {
                    await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                }

                return result;
            }
            catch (HeliosConflictException) when (attempt < maxAttempts)
            {
                await engine.WaitBeforeRetryAsync(attempt, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
