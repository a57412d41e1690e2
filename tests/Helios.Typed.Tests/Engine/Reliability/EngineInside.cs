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

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_writes")]
    private static extern ref WritePath WritesOf(DatabaseEngine engine);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_queue")]
    private static extern ref CommitQueue QueueOf(WritePath writes);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_isLed")]
    private static extern ref bool IsLed(CommitQueue queue);
}
