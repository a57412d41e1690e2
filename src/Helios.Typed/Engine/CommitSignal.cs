namespace Helios.Typed.Engine;

/// <summary>Wakes those who wait for the next commit; costs next to nothing while nobody does.</summary>
internal sealed class CommitSignal
{
    private TaskCompletionSource? _next;

    /// <summary>Gets a task that ends with the next pulse. Take it before looking at what a pulse tells of, or one may be missed.</summary>
    public Task Next
    {
        get
        {
            TaskCompletionSource made = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Interlocked.CompareExchange(ref _next, made, null) ?? made).Task;
        }
    }

    /// <summary>Tells that something changed.</summary>
    public void Pulse() => Interlocked.Exchange(ref _next, null)?.TrySetResult();
}
