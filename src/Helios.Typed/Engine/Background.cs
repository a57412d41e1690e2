namespace Helios.Typed.Engine;

/// <summary>Starts background work on the scheduler that the engine was given.</summary>
internal static class Background
{
    /// <summary>Starts work that reports its own failures and must not throw.</summary>
    /// <remarks>The work is the task's state too, so that a scheduler can tell what it is asked to run.</remarks>
    public static Task Start(TaskScheduler scheduler, Action work) => Start(scheduler, work, TaskCreationOptions.None);

    /// <summary>Starts work that takes long; otherwise as <see cref="Start(TaskScheduler, Action)"/>.</summary>
    /// <remarks>
    /// Not on the pool, where it would take the threads that commits and their callers go on with: as many as there are processors,
    /// and another only after half a second.
    /// </remarks>
    public static Task StartLong(TaskScheduler scheduler, Action work) => Start(scheduler, work, TaskCreationOptions.LongRunning);

    /// <summary>Runs work whose failure its caller awaits, unless the caller ceases to wait.</summary>
    public static Task RunAsync(TaskScheduler scheduler, Action work)
    {
        Task task = Start(scheduler, work);
        Observe(task);
        return task;
    }

    /// <summary>Sees that a failure which nobody awaits is not reported as unobserved; who awaits the task meets it all the same.</summary>
    public static void Observe(Task task) => _ = task.ContinueWith(
        static failed => _ = failed.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    private static Task Start(TaskScheduler scheduler, Action work, TaskCreationOptions options) => Task.Factory.StartNew(
        static work => ((Action)work!)(), work, CancellationToken.None, TaskCreationOptions.DenyChildAttach | options, scheduler);
}
