using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Is a commit that waits for its turn, and its caller.</summary>
/// <param name="parts">The writes, table by table, applied in order.</param>
/// <param name="reads">What the writes rest on, or null where they were made without looking.</param>
internal sealed class QueuedCommit(CommitPart[] parts, TransactionReads? reads = null)
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Withdrawn = 2;

    private readonly TaskCompletionSource<WriteResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CommitPart[] _parts = parts;
    private int _place = Waiting;

    /// <summary>Gets the writes, table by table.</summary>
    public ReadOnlySpan<CommitPart> Parts => _parts;

    /// <summary>Gets what the writes rest on, or null.</summary>
    public TransactionReads? Reads => reads;

    /// <summary>Gets or sets what makes the writes once the commit has the database to itself, or null where they are there already.</summary>
    /// <remarks>Called under the commit lock, in a group of its own. A commit that it gives no writes is answered without being logged.</remarks>
    public Func<CommitPart>? Late { get; init; }

    /// <summary>Gets the bytes that the log will take.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (ref readonly CommitPart part in Parts)
            {
                bytes += part.Batch.OperationBytes;
            }

            return bytes;
        }
    }

    /// <summary>Gets the number of writes.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (ref readonly CommitPart part in Parts)
            {
                count += part.Batch.Count;
            }

            return count;
        }
    }

    /// <summary>Gets the task that ends with the commit.</summary>
    public Task<WriteResult> Completion => _completion.Task;

    /// <summary>Gets or sets what the commit will answer; set once it was checked.</summary>
    public CommitOutcome? Outcome { get; set; }

    /// <summary>Takes the commit for writing; false where its caller has withdrawn it.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _place, Taken, Waiting) == Waiting;

    /// <summary>Makes the writes that had to wait; under the commit lock.</summary>
    public void Prepare()
    {
        if (Late is not null)
        {
            _parts = [Late()];
        }
    }

    /// <summary>Withdraws the commit, unless it was taken.</summary>
    public void Withdraw(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _place, Withdrawn, Waiting) == Waiting)
        {
            _completion.TrySetCanceled(cancellationToken);
        }
    }

    /// <summary>Answers the caller that the writes are committed.</summary>
    public void Succeed(SequenceNumber sequence) =>
        _completion.TrySetResult(new WriteResult(Outcome!.Keys, Outcome.Deleted, checked((long)sequence.Value)));

    /// <summary>Answers the caller that nothing of it was written.</summary>
    public void Fail(Exception error) => _completion.TrySetException(error);
}

/// <summary>Is what a commit writes to one table; a table may have several parts in one commit.</summary>
/// <param name="Table">The table.</param>
/// <param name="Batch">The writes, in order.</param>
internal readonly record struct CommitPart(CatalogTable Table, RowBatch Batch);

/// <summary>Is what a checked commit will do.</summary>
/// <param name="Keys">The keys of its rows, with those that were assigned.</param>
/// <param name="Deleted">How many deletes meet a row.</param>
internal sealed record CommitOutcome(HeliosKey[] Keys, int Deleted);
