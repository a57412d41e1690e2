using System.Runtime.CompilerServices;
using Helios.Typed.Engine;

namespace Helios.Typed.Tests.Engine.Reliability;

/// <summary>Looks into an engine, for tests that need it to stand still.</summary>
internal static class EngineInside
{
    /// <summary>Waits until no thread leads commits: one goes on for a moment after its callers were answered, and may seal.</summary>
    public static void WaitUntilIdle(DatabaseEngine engine)
    {
        CommitQueue queue = QueueOf(WritesOf(engine));
        SpinWait.SpinUntil(() => !Volatile.Read(ref IsLed(queue)));
    }

    /// <summary>Gives the state that the engine's parts share.</summary>
    public static DatabaseState State(DatabaseEngine engine) => StateOf(engine);

    /// <summary>Gives the lock that is held for the whole of a merge.</summary>
    public static Lock MergeLock(DatabaseEngine engine) => LockOf(MergerOf(engine));

    /// <summary>Counts the sealed sets that wait to be flushed; commits wait where there are more than the options allow.</summary>
    public static int WaitingFlushes(DatabaseEngine engine) => FlusherOf(engine).Waiting;

    /// <summary>Tells whether somebody waits for the holds of files that are open.</summary>
    public static bool IsWaitingForHolds(DatabaseEngine engine)
    {
        FileHolds holds = StateOf(engine).Holds;
        lock (LockOf(holds))
        {
            return WaitingFor(holds).Count > 0;
        }
    }

    /// <summary>Seals what is in memory, on the caller's thread; the flush is queued when the call returns.</summary>
    public static void Seal(DatabaseEngine engine) => WritesOf(engine).SealAll();

    /// <summary>Asks for the graphs of what is in segments now; the work is queued when the call returns.</summary>
    public static Task StartIndexing(DatabaseEngine engine) =>
        IndexerOf(engine).RunAsync(StateOf(engine).Catalog.Stored, isAsked: true, progress: null);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_state")]
    private static extern ref DatabaseState StateOf(DatabaseEngine engine);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_flusher")]
    private static extern ref Flusher FlusherOf(DatabaseEngine engine);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_merger")]
    private static extern ref Merger MergerOf(DatabaseEngine engine);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_lock")]
    private static extern ref Lock LockOf(Merger merger);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_lock")]
    private static extern ref Lock LockOf(FileHolds holds);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_waiting")]
    private static extern ref List<FileHolds.Waiting> WaitingFor(FileHolds holds);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_indexer")]
    private static extern ref BackgroundIndexer IndexerOf(DatabaseEngine engine);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_writes")]
    private static extern ref WritePath WritesOf(DatabaseEngine engine);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_queue")]
    private static extern ref CommitQueue QueueOf(WritePath writes);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_isLed")]
    private static extern ref bool IsLed(CommitQueue queue);
}
