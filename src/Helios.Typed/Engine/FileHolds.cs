namespace Helios.Typed.Engine;

/// <summary>Knows who reads the database's files by name, and keeps files from being deleted meanwhile.</summary>
/// <remarks>
/// Thread-safe. Files of segments are held by the store version that lists them; this is for the rest: logs, and sidecars that
/// were replaced. What is to be deleted waits for the holds that are open then, and not for later ones, whose manifest does not name it.
/// </remarks>
internal sealed class FileHolds
{
    private readonly Lock _lock = new();
    private readonly List<long> _open = [];
    private readonly Queue<Deferred> _deferred = new();
    private readonly List<Waiting> _waiting = [];
    private long _newest;
    private bool _isDraining;

    /// <summary>Begins a hold.</summary>
    /// <returns>Its number; for <see cref="Release"/>.</returns>
    /// <exception cref="ObjectDisposedException">The database is being closed.</exception>
    public long Add()
    {
        lock (_lock)
        {
            if (_isDraining)
            {
                throw DatabaseState.Closed();
            }

            _open.Add(++_newest);
            return _newest;
        }
    }

    /// <summary>Ends a hold, deletes what waited for it alone, and then lets those go on who waited.</summary>
    /// <param name="number">The hold.</param>
    /// <param name="delete">Deletes a file.</param>
    public void Release(long number, Action<string> delete)
    {
        List<string> free = [];
        List<TaskCompletionSource> ended;
        lock (_lock)
        {
            _open.Remove(number);
            long oldest = _open.Count == 0 ? long.MaxValue : _open[0];
            while (_deferred.TryPeek(out Deferred? file) && file.Newest < oldest)
            {
                free.Add(_deferred.Dequeue().FileName);
            }

            ended = [.. _waiting.Where(waiting => waiting.Newest < oldest).Select(waiting => waiting.Ended)];
            _waiting.RemoveAll(waiting => waiting.Newest < oldest);
        }

        try
        {
            free.ForEach(delete);
        }
        finally
        {
            ended.ForEach(waiting => waiting.TrySetResult());
        }
    }

    /// <summary>Puts a deletion off, where a hold is open.</summary>
    /// <returns>False where the file is to be deleted by the caller.</returns>
    public bool TryDefer(string fileName)
    {
        lock (_lock)
        {
            if (_open.Count == 0)
            {
                return false;
            }

            _deferred.Enqueue(new Deferred(_newest, fileName));
            return true;
        }
    }

    /// <summary>Gives a task that ends with the last of the holds that are open now.</summary>
    public Task WaitForOpenAsync()
    {
        lock (_lock)
        {
            if (_open.Count == 0)
            {
                return Task.CompletedTask;
            }

            TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add(new Waiting(_newest, ended));
            return ended.Task;
        }
    }

    /// <summary>Takes no more holds, and waits for the end of those that are open.</summary>
    public Task DrainAsync()
    {
        lock (_lock)
        {
            _isDraining = true;
            return WaitForOpenAsync();
        }
    }

    private sealed record Deferred(long Newest, string FileName);

    internal sealed record Waiting(long Newest, TaskCompletionSource Ended);
}
