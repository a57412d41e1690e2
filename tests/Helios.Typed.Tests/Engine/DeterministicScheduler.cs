using System.Diagnostics.CodeAnalysis;

namespace Helios.Typed.Tests.Engine;

/// <summary>Runs background work when the test says so, on the test's thread, in the order in which it was queued.</summary>
[SuppressMessage("Usage", "CA2008", Justification = "Is a scheduler.")]
internal sealed class DeterministicScheduler : PumpedScheduler
{
    /// <summary>The task under way, or null.</summary>
    public Task? Running { get; private set; }

    /// <inheritdoc/>
    public override void RunAll()
    {
        while (TryDequeue(out Task? task))
        {
            Running = task;
            TryExecuteTask(task);
            Running = null;
        }
    }
}
