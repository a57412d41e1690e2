using System.Diagnostics.CodeAnalysis;

namespace Helios.Typed.Tests.Engine;

/// <summary>Keeps background work until a test runs it, on the test's thread.</summary>
[SuppressMessage("Usage", "CA2008", Justification = "Is a scheduler.")]
internal abstract class PumpedScheduler : TaskScheduler
{
    private readonly List<Task> _queued = [];
    private TaskCompletionSource _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs what is queued, and what that queues.</summary>
    public abstract void RunAll();

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
            _queued.Add(task);
            arrival = _arrival;
        }

        arrival.TrySetResult();
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => Queued();

    /// <summary>Gives what is queued, oldest first.</summary>
    protected Task[] Queued()
    {
        lock (_queued)
        {
            return [.. _queued];
        }
    }

    /// <summary>Takes a task off the queue.</summary>
    protected void Dequeue(Task task)
    {
        lock (_queued)
        {
            _queued.Remove(task);
        }
    }

    /// <summary>Takes the oldest task off the queue.</summary>
    protected bool TryDequeue([NotNullWhen(true)] out Task? task)
    {
        lock (_queued)
        {
            task = _queued.Count > 0 ? _queued[0] : null;
            if (task is not null)
            {
                _queued.RemoveAt(0);
            }

            return task is not null;
        }
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
}
