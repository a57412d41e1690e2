namespace Helios.Typed.Engine;

/// <summary>Writes sealed memtables to segments in the background, in the order in which they were sealed.</summary>
/// <param name="state">The engine's state.</param>
/// <param name="flushed">Is called after each flush.</param>
/// <param name="stopping">Stops the work when the database is closed.</param>
internal sealed class Flusher(DatabaseState state, Action flushed, CancellationToken stopping)
{
    private readonly Lock _lock = new();
    private readonly Queue<SealedSet> _waiting = new();
    private readonly WriteStalls _stalls = new(state.Options.Clock);
    private long _enqueued;
    private TaskCompletionSource<Exception?> _step = NewStep();
    private bool _isRunning;
    private Task _run = Task.CompletedTask;

    /// <summary>Gets how writers were held back.</summary>
    public StallStatistics Stalls => _stalls.Read();

    /// <summary>Gets how many sealed sets wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Gets how many sealed sets there have been.</summary>
    public long Enqueued
    {
        get
        {
            lock (_lock)
            {
                return _enqueued;
            }
        }
    }

    /// <summary>Takes a sealed set and sees that it will be flushed.</summary>
    public void Enqueue(SealedSet set)
    {
        lock (_lock)
        {
            _waiting.Enqueue(set);
            _enqueued++;
            RequireRun();
        }
    }

    /// <summary>Waits while too much is waiting to be flushed; a writer does so before it adds more.</summary>
    /// <exception cref="HeliosException">Flushing failed, so that there is no room and will be none.</exception>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) =>
        Waiting <= state.Options.MaxWaitingFlushes ? ValueTask.CompletedTask : new ValueTask(StallAsync(cancellationToken));

    /// <summary>Waits until the first so many sets are in segments, whatever is sealed meanwhile.</summary>
    /// <exception cref="HeliosException">Flushing failed.</exception>
    public Task WaitForAsync(long sets, CancellationToken cancellationToken) =>
        WaitAsync(() => _enqueued - _waiting.Count >= sets, cancellationToken);

    /// <summary>Waits for the work under way, which the token given at the start has stopped.</summary>
    public Task StopAsync()
    {
        lock (_lock)
        {
            return _run;
        }
    }

    private async Task StallAsync(CancellationToken cancellationToken)
    {
        (long since, bool isFirst) = _stalls.Begin();
        try
        {
            if (isFirst)
            {
                state.Log.StalledWrites(Waiting, state.Options.MaxWaitingFlushes);
            }

            await WaitAsync(() => _waiting.Count <= state.Options.MaxWaitingFlushes, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            state.Meter.Stalled(_stalls.End(since));
        }
    }

    private async Task WaitAsync(Func<bool> isDone, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<Exception?> step;
            lock (_lock)
            {
                if (isDone())
                {
                    return;
                }

                if (stopping.IsCancellationRequested)
                {
                    throw DatabaseState.Closed();
                }

                state.ThrowIfReadOnly();
                RequireRun();
                step = _step.Task;
            }

            if (await step.WaitAsync(cancellationToken).ConfigureAwait(false) is { } error)
            {
                throw error is OperationCanceledException ? DatabaseState.Closed() : state.FindReadOnly() ?? state.FailedWrite(
                    error,
                    "writing rows from memory to segments",
                    $"Rows of '{state.Options.Path}' could not be written from memory to segments: {error.Message} They are safe in the log. See to the disk, and try again.");
            }
        }
    }

    private void RequireRun()
    {
        if (!_isRunning)
        {
            _isRunning = true;
            _run = Background.StartLong(state.Options.Background, Run);
        }
    }

    private void Run()
    {
        while (TryPeek(out SealedSet? set))
        {
            Exception? error = null;
            Action report = static () => { };
            try
            {
                report = FlushJob.Run(state, set, stopping);
            }
            catch (Exception failure)
            {
                error = failure;
            }

            Finish(error);
            if (error is not null)
            {
                ReportFailure(error);
                return;
            }

            Tell(report);
        }
    }

    // Where a logger throws, this run ends: the next one is started by whoever seals or waits.
    private void Tell(Action report)
    {
        try
        {
            report();
            flushed();
        }
        catch
        {
            lock (_lock)
            {
                _isRunning = false;
            }

            throw;
        }
    }

    private void ReportFailure(Exception error)
    {
        if (error is not OperationCanceledException)
        {
            state.Log.FailedToFlush(error);
        }
    }

    private bool TryPeek([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SealedSet? set)
    {
        lock (_lock)
        {
            _isRunning = _waiting.TryPeek(out set);
            return _isRunning;
        }
    }

    private void Finish(Exception? error)
    {
        TaskCompletionSource<Exception?> step;
        lock (_lock)
        {
            step = _step;
            _step = NewStep();
            _isRunning = error is null;
            if (error is null)
            {
                _waiting.Dequeue();
            }
        }

        step.SetResult(error);
    }

    private static TaskCompletionSource<Exception?> NewStep() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
