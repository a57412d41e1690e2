using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Helios.Typed.Tests.Engine.Sequences;

/// <summary>Is a thread that does background work a little way at a time, while whoever lets it go waits: only one of the two runs.</summary>
/// <remarks>Threads of its own and kept for the next: those of the pool, held up, would be missed by the commits.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class Strand
{
    /// <summary>How long a step may take before it counts as hung; no test waits for it that passes.</summary>
    private static readonly TimeSpan _hangs = TimeSpan.FromSeconds(60);

    private static readonly ConcurrentBag<Strand> _idle = [];

    [ThreadStatic]
    private static Strand? _current;

    private readonly SemaphoreSlim _go = new(0);
    private readonly SemaphoreSlim _stopped = new(0);
    private Action _work = static () => { };
    private int _points;
    private bool _isDone;

    private Strand()
    {
        Thread thread = new(Loop) { IsBackground = true, Name = "Strand" };
        thread.Start();
    }

    /// <summary>Gets the strand that the calling thread is, or null.</summary>
    public static Strand? Current => _current;

    /// <summary>Gets or sets whether the work takes the lock of merges at some time.</summary>
    public bool Merges { get; set; }

    /// <summary>Gets or sets whether it holds that lock where it stopped.</summary>
    public bool HoldsMergeLock { get; set; }

    /// <summary>Takes a strand for some work, which begins with <see cref="Run"/>.</summary>
    public static Strand For(Action work)
    {
        if (!_idle.TryTake(out Strand? strand))
        {
            strand = new Strand();
        }

        strand._work = work;
        strand._isDone = false;
        strand.HoldsMergeLock = false;
        return strand;
    }

    /// <summary>Lets it go on, past so many points less one, or to its end.</summary>
    /// <returns>Whether the work is done; the strand is then somebody else's.</returns>
    public bool Run(int points)
    {
        _points = points;
        _go.Release();
        if (!_stopped.Wait(_hangs))
        {
            throw new InvalidOperationException("Background work waits for something that nobody does meanwhile.");
        }

        if (!_isDone)
        {
            return false;
        }

        _idle.Add(this);
        return true;
    }

    /// <summary>Says, on the strand's own thread, whether it has to stop at the point that it has reached.</summary>
    public bool IsToStop() => --_points <= 0;

    /// <summary>Stops, on the strand's own thread, until it is let go on.</summary>
    public void Stop()
    {
        _stopped.Release();
        _go.Wait();
    }

    private void Loop()
    {
        _current = this;
        while (true)
        {
            _go.Wait();
            _work();
            _work = static () => { };
            _isDone = true;
            _stopped.Release();
        }
    }
}
