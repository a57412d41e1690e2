namespace Helios.Typed.Engine;

/// <summary>Loads sections that take long, one after the other, while queries go on without them.</summary>
/// <param name="scheduler">Where it runs.</param>
internal sealed class BackgroundLoader(TaskScheduler scheduler) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private Task _tail = Task.CompletedTask;

    /// <summary>Loads after what was asked for before.</summary>
    /// <param name="load">Does it, and reports its own failures; is called in any case, to undo what was prepared for it.</param>
    public void Enqueue(Action<CancellationToken> load)
    {
        lock (_lock)
        {
            _tail = _tail.ContinueWith(_ => load(_stopping.Token), CancellationToken.None, TaskContinuationOptions.DenyChildAttach, scheduler);
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
