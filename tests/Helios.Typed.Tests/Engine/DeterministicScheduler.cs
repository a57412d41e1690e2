using System.Diagnostics.CodeAnalysis;

namespace Helios.Typed.Tests.Engine;

/// <summary>Runs background work when the test says so, on the test's thread, in the order in which it was queued.</summary>
[SuppressMessage("Usage", "CA2008", Justification = "Is a scheduler.")]
internal sealed class DeterministicScheduler : TaskScheduler
{
    private readonly Queue<Task> _queued = new();
    private TaskCompletionSource _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs what is queued, and what that queues.</summary>
    public void RunAll()
    {
        while (TryDequeue(out Task? task))
        {
            TryExecuteTask(task);
        }
    }

    /// <summary>Runs what is queued until a task ends.</summary>
    public async Task RunUntilAsync(Task awaited)
    {
        while (true)
        {
            Task arrival = NextArrival();
            RunAll();
            if (awaited.IsCompleted)
            {
                break;
            }

            await Task.WhenAny(awaited, arrival);
        }

        await awaited;
    }

    protected override void QueueTask(Task task)
    {
        TaskCompletionSource arrival;
        lock (_queued)
        {
            _queued.Enqueue(task);
            arrival = _arrival;
        }

        arrival.TrySetResult();
    }

    private Task NextArrival()
    {
        lock (_queued)
        {
            if (_arrival.Task.IsCompleted)
            {
                _arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return _arrival.Task;
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_queued)
        {
            return [.. _queued];
        }
    }

    private bool TryDequeue([NotNullWhen(true)] out Task? task)
    {
        lock (_queued)
        {
            return _queued.TryDequeue(out task);
        }
    }
}
