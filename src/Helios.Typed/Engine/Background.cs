namespace Helios.Typed.Engine;

/// <summary>Starts background work on the scheduler that the engine was given.</summary>
internal static class Background
{
    /// <summary>Starts work that reports its own failures and must not throw.</summary>
    public static Task Start(TaskScheduler scheduler, Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);

    /// <summary>Runs work whose failure its caller awaits.</summary>
    public static Task RunAsync(TaskScheduler scheduler, Action work) => Start(scheduler, work);
}
