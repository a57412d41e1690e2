namespace Helios.Typed.Engine;

/// <summary>Gathers batches into groups that are logged and synced together.</summary>
/// <remarks>
/// Whoever queues a batch while nobody writes starts a leader on the pool; the leader writes group after group until the
/// queue is empty. While one group is synced the next gathers, so that the more callers wait, the fewer syncs each costs.
/// </remarks>
/// <param name="maxGroupBytes">The encoded bytes after which a group is full; one larger batch is a group of its own.</param>
/// <param name="write">Writes a group and answers its callers; must not throw.</param>
internal sealed class CommitQueue(long maxGroupBytes, Action<IReadOnlyList<QueuedCommit>> write)
{
    private readonly Lock _lock = new();
    private readonly Queue<QueuedCommit> _waiting = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isLed;
    private bool _isClosed;

    /// <summary>Queues a batch.</summary>
    /// <returns>False where the queue is closed.</returns>
    public bool TryEnqueue(QueuedCommit commit)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return false;
            }

            _waiting.Enqueue(commit);
            if (_isLed)
            {
                return true;
            }

            _isLed = true;
        }

        // Globally, because a caller may block its thread: what is queued there is not taken before all that is queued globally.
        ThreadPool.UnsafeQueueUserWorkItem(static queue => queue.Lead(), this, preferLocal: false);
        return true;
    }

    /// <summary>Takes no more batches.</summary>
    /// <returns>A task that ends when the batches already queued were written or refused.</returns>
    public Task CloseAsync()
    {
        lock (_lock)
        {
            _isClosed = true;
            if (!_isLed)
            {
                _drained.TrySetResult();
            }
        }

        return _drained.Task;
    }

    private void Lead()
    {
        List<QueuedCommit> group = [];
        while (TryTakeGroup(group))
        {
            write(group);
            group.Clear();
        }
    }

    private bool TryTakeGroup(List<QueuedCommit> group)
    {
        lock (_lock)
        {
            long bytes = 0;
            while (_waiting.TryPeek(out QueuedCommit? next) && (group.Count == 0 || (next.Late is null && bytes + next.Bytes <= maxGroupBytes)))
            {
                _waiting.Dequeue();
                if (!next.TryTake())
                {
                    continue;
                }

                bytes += next.Bytes;
                group.Add(next);
                if (next.Late is not null)
                {
                    // It has to see what the commits before it did, and what it does is not known to the ones after.
                    break;
                }
            }

            if (group.Count > 0)
            {
                return true;
            }

            _isLed = false;
            if (_isClosed)
            {
                _drained.TrySetResult();
            }

            return false;
        }
    }
}
