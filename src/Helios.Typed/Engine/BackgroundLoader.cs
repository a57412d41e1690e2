namespace Helios.Typed.Engine;

/// <summary>Loads sections that take long, one after the other, while queries go on without them.</summary>
internal sealed class BackgroundLoader : IDisposable
{
    private readonly TaskScheduler _scheduler;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stopped;
    private readonly Lock _lock = new();
    private Task _tail = Task.CompletedTask;

    /// <summary>Starts with nothing to load.</summary>
    /// <param name="scheduler">Where it runs.</param>
    public BackgroundLoader(TaskScheduler scheduler)
    {
        _scheduler = scheduler;

        // Taken here, as a disposed source gives none: a snapshot that outlives the database may still ask for vectors.
        _stopped = _stopping.Token;
    }

    /// <summary>Loads after what was asked for before.</summary>
    /// <param name="load">Does it, and reports its own failures; is called in any case, to undo what was prepared for it.</param>
    public void Enqueue(Action<CancellationToken> load)
    {
        lock (_lock)
        {
            _tail = _tail.ContinueWith(_ => load(_stopped), CancellationToken.None, TaskContinuationOptions.DenyChildAttach, _scheduler);
        }
    }

    /// <summary>Stops what is under way, and waits for it.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        Task tail;
        lock (_lock)
        {
            tail = _tail;
        }

        await tail.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();
}
