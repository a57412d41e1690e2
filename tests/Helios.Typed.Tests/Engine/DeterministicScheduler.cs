using System.Diagnostics.CodeAnalysis;

namespace Helios.Typed.Tests.Engine;

/// <summary>Runs background work when the test says so, on the test's thread, in the order in which it was queued.</summary>
[SuppressMessage("Usage", "CA2008", Justification = "Is a scheduler.")]
internal sealed class DeterministicScheduler : TaskScheduler
{
    private readonly Queue<Task> _queued = new();

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
        while (!awaited.IsCompleted)
        {
            RunAll();
            await Task.Yield();
        }

        await awaited;
    }

    protected override void QueueTask(Task task)
    {
        lock (_queued)
        {
            _queued.Enqueue(task);
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
