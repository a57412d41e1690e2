namespace Helios.Typed.Engine;

/// <summary>Counts who reads the database's files by name, and keeps files from being deleted meanwhile.</summary>
/// <remarks>Thread-safe. Files of segments are held by the store version that lists them; this is for the rest: logs, and sidecars that were replaced.</remarks>
internal sealed class FileHolds
{
    private readonly Lock _lock = new();
    private readonly List<string> _deferred = [];
    private int _holds;
    private TaskCompletionSource? _drained;

    /// <summary>Begins a hold.</summary>
    /// <exception cref="ObjectDisposedException">The database is being closed.</exception>
    public void Add()
    {
        lock (_lock)
        {
            if (_drained is not null)
            {
                throw DatabaseState.Closed();
            }

            _holds++;
        }
    }

    /// <summary>Ends a hold.</summary>
    /// <returns>The files to delete now.</returns>
    public IReadOnlyList<string> Release()
    {
        lock (_lock)
        {
            if (--_holds > 0)
            {
                return [];
            }

            string[] free = [.. _deferred];
            _deferred.Clear();
            _drained?.TrySetResult();
            return free;
        }
    }

    /// <summary>Puts a deletion off, where a hold is open.</summary>
    /// <returns>False where the file is to be deleted by the caller.</returns>
    public bool TryDefer(string fileName)
    {
        lock (_lock)
        {
            if (_holds == 0)
            {
                return false;
            }

            _deferred.Add(fileName);
            return true;
        }
    }

    /// <summary>Takes no more holds, and waits for the end of those that are open.</summary>
    public Task DrainAsync()
    {
        lock (_lock)
        {
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_holds == 0)
            {
                _drained.TrySetResult();
            }

            return _drained.Task;
        }
    }
}
