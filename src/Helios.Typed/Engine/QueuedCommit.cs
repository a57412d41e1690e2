using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Is a batch that waits to be committed, and its caller.</summary>
internal sealed class QueuedCommit(CatalogTable table, RowBatch batch)
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Withdrawn = 2;

    private readonly TaskCompletionSource<WriteResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _place = Waiting;

    /// <summary>Gets the table.</summary>
    public CatalogTable Table => table;

    /// <summary>Gets the batch.</summary>
    public RowBatch Batch => batch;

    /// <summary>Gets the task that ends with the commit.</summary>
    public Task<WriteResult> Completion => _completion.Task;

    /// <summary>Gets or sets what the commit will answer; set once it was checked.</summary>
    public CommitOutcome? Outcome { get; set; }

    /// <summary>Takes the batch for writing; false where its caller has withdrawn it.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _place, Taken, Waiting) == Waiting;

    /// <summary>Withdraws the batch, unless it was taken.</summary>
    public void Withdraw(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _place, Withdrawn, Waiting) == Waiting)
        {
            _completion.TrySetCanceled(cancellationToken);
        }
    }

    /// <summary>Answers the caller that the batch is committed.</summary>
    public void Succeed(SequenceNumber sequence) =>
        _completion.TrySetResult(new WriteResult(Outcome!.Keys, Outcome.Deleted, checked((long)sequence.Value)));

    /// <summary>Answers the caller that nothing of the batch was written.</summary>
    public void Fail(Exception error) => _completion.TrySetException(error);
}

/// <summary>Is what a checked batch will do.</summary>
/// <param name="Keys">The keys of its rows, with those that were assigned.</param>
/// <param name="Deleted">How many deletes meet a row.</param>
internal sealed record CommitOutcome(HeliosKey[] Keys, int Deleted);
