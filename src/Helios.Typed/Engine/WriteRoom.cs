using System.Globalization;
using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Lets writers wait while the memtables' share of the memory budget is used up.</summary>
/// <remarks>
/// A writer is promised the most that its batch can make memtables grow by, before the batch is queued: so nothing that was logged
/// can fail for want of room. Where the share is full, what waits is flushed; where nothing waits, what was written is sealed; and
/// where open snapshots keep flushed memtables alive, room is borrowed from what searches use.
/// </remarks>
internal sealed class WriteRoom(DatabaseState state, WritePath writes, Flusher flusher)
{
    // What an arena takes at most beyond what is put into it: a chunk of rows, and one of vectors for each column.
    private const long ArenaSlack = 5 << 18;
    private const long VectorSlack = 160 << 10;
    private const long BytesPerRow = 128;

    // Less than this share of the memtables' is not worth a segment of its own.
    private const int SealShare = 6;

    private TaskCompletionSource _ended = NewStep();
    private int _promises;

    /// <summary>Waits for room.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>The promise; for <see cref="End"/>.</returns>
    /// <exception cref="HeliosException">The budget is too small for the batch, or open snapshots keep what there is.</exception>
    public ValueTask<long> PromiseAsync(QueuedCommit commit, CancellationToken cancellationToken)
    {
        // Twice, as a row that does not fit the rest of a chunk begins another.
        long bytes = (2 * commit.Bytes) + (commit.Count * BytesPerRow);
        foreach (ref readonly CommitPart part in commit.Parts)
        {
            bytes += ArenaSlack + (part.Table.Shape.Columns.Count(column => column.Vector is not null) * VectorSlack);
        }

        return TryPromise(bytes, mayBorrow: false) ? new ValueTask<long>(bytes) : new ValueTask<long>(WaitAsync(bytes, cancellationToken));
    }

    /// <summary>Takes a promise back, once the batch was written or was not.</summary>
    public void End(long promised)
    {
        TaskCompletionSource ended;
        lock (state.Memory.Budget.Lock)
        {
            state.Memory.Budget.EndPromise(promised);
            _promises--;
            (ended, _ended) = (_ended, NewStep());
        }

        ended.TrySetResult();
    }

    private static TaskCompletionSource NewStep() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<long> WaitAsync(long bytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task ended = Volatile.Read(ref _ended).Task;
            long flushed = flusher.Enqueued - flusher.Waiting;
            if (TryPromise(bytes, mayBorrow: false))
            {
                return bytes;
            }

            if (flusher.Waiting > 0)
            {
                await flusher.WaitForAsync(flushed + 1, cancellationToken).ConfigureAwait(false);
            }
            else if (Volatile.Read(ref _promises) > 0)
            {
                // Others are writing: what they leave is known when they are done.
                await ended.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (CountActiveBytes() > state.Memory.Budget.MemtableLimit / SealShare)
            {
                await SealAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (TryPromise(bytes, mayBorrow: true))
            {
                return bytes;
            }
            else if (CountActiveBytes() > 0)
            {
                await SealAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (IsAlone(ended))
            {
                throw NoRoom(bytes);
            }
        }
    }

    private bool TryPromise(long bytes, bool mayBorrow)
    {
        // In one step: who is refused for the sake of a promise has to see that there is one.
        lock (state.Memory.Budget.Lock)
        {
            if (!state.Memory.Budget.TryPromise(bytes, mayBorrow))
            {
                return false;
            }

            _promises++;
            return true;
        }
    }

    // Whether nobody has been writing since a step, so that room was refused for no promise's sake.
    private bool IsAlone(Task step)
    {
        lock (state.Memory.Budget.Lock)
        {
            return _promises == 0 && ReferenceEquals(_ended.Task, step);
        }
    }

    private long CountActiveBytes()
    {
        using VersionHold hold = new(state);
        return hold.Version.Tables.Values.Sum(table => table.Active is { RowCount: > 0 } active ? active.Bytes : 0);
    }

    private Task SealAsync(CancellationToken cancellationToken) =>
        Background.RunAsync(state.Options.Background, writes.SealAll).WaitAsync(cancellationToken);

    private HeliosException NoRoom(long bytes)
    {
        MemoryBudget budget = state.Memory.Budget;
        long memtables = budget.UsedBy(MemoryKind.Memtables);
        string kept = memtables > 0
            ? string.Create(CultureInfo.InvariantCulture, $" Open snapshots keep {memtables} bytes of rows in memory that are in segments by now: dispose of queries that are not read to their end.")
            : "";
        return new HeliosException(string.Create(
            CultureInfo.InvariantCulture,
            $"The batch may take {bytes} bytes of memory, and the memory budget of {budget.Limit} bytes has no room for it.{kept} Write smaller batches, or set a larger MemoryBudgetBytes; nothing of the batch was written."));
    }
}
