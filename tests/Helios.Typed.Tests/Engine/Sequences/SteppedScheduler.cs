using System.Diagnostics.CodeAnalysis;
using Helios.Typed.Engine;
using Helios.Typed.Tests.Engine.Reliability;

namespace Helios.Typed.Tests.Engine.Sequences;

/// <summary>Runs background work from one file operation to the next, when the test says so and in the order that a seed chooses.</summary>
/// <remarks>
/// Several pieces of work can be under way, each stopped before some file operation, and none holds a lock there that a
/// writer or reader takes. The lock of merges is held for the whole of one, as in life: what needs it is left alone meanwhile.
/// </remarks>
[SuppressMessage("Usage", "CA2008", Justification = "Is a scheduler.")]
internal sealed class SteppedScheduler : PumpedScheduler
{
    private const int MaxPoints = 4;

    private readonly List<Strand> _underWay = [];
    private DatabaseEngine? _engine;

    /// <summary>Gets how many steps were done that left work half done.</summary>
    public int Interrupted { get; private set; }

    /// <summary>Names the engine whose work it is.</summary>
    public void Serve(DatabaseEngine engine) => _engine = engine;

    /// <summary>Is told by the file system of each operation before it is done.</summary>
    public void Reach()
    {
        if (Strand.Current is not { } strand || _engine is null)
        {
            return;
        }

        DatabaseState state = EngineInside.State(_engine);
        if (!state.StructureLock.IsHeldByCurrentThread && !state.CommitLock.IsHeldByCurrentThread && strand.IsToStop())
        {
            strand.HoldsMergeLock = EngineInside.MergeLock(_engine).IsHeldByCurrentThread;
            strand.Stop();
        }
    }

    /// <summary>Does one step of something that a seed chooses.</summary>
    /// <returns>False where there is nothing to do.</returns>
    public bool Step(Random random)
    {
        bool isMerging = _underWay.Exists(strand => strand.HoldsMergeLock);
        Strand[] waiting = [.. _underWay.Where(strand => !isMerging || strand.HoldsMergeLock || !strand.Merges)];
        Task[] queued = [.. Queued().Where(task => !isMerging || !Merges(task))];
        if (waiting.Length + queued.Length == 0)
        {
            return false;
        }

        int choice = random.Next(waiting.Length + queued.Length);
        int points = random.Next(1, MaxPoints + 1);
        if (choice < waiting.Length)
        {
            Resume(waiting[choice], points);
        }
        else
        {
            Task task = queued[choice - waiting.Length];
            Dequeue(task);
            Start(task, points);
        }

        return true;
    }

    /// <summary>Ends what is under way, runs what is queued, and what that queues.</summary>
    public override void RunAll()
    {
        while (true)
        {
            if (_underWay.Count > 0)
            {
                Resume(_underWay.Find(strand => strand.HoldsMergeLock) ?? _underWay[0], int.MaxValue);
            }
            else if (TryDequeue(out Task? task))
            {
                Start(task, int.MaxValue);
            }
            else
            {
                return;
            }
        }
    }

    // Runs of the indexer, and purges, which go between them, are long; the rest says what it is.
    private static bool Merges(Task task) => task.CreationOptions.HasFlag(TaskCreationOptions.LongRunning) || task.AsyncState is Action { Target: Merger };

    private void Start(Task task, int points)
    {
        var strand = Strand.For(() => TryExecuteTask(task));
        strand.Merges = Merges(task);
        _underWay.Add(strand);
        Resume(strand, points);
    }

    private void Resume(Strand strand, int points)
    {
        if (strand.Run(points))
        {
            _underWay.Remove(strand);
        }
        else
        {
            Interrupted++;
        }
    }
}
