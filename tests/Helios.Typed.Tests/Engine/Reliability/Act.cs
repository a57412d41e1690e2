namespace Helios.Typed.Tests.Engine.Reliability;

/// <summary>Is a part of the script, from an opening to a closing; it goes on from the disk that the one before it left.</summary>
/// <remarks>Short, so that every operation in it can fail for itself: a fault costs the replay of one act and not of the whole script.</remarks>
/// <param name="Name">What it is about.</param>
/// <param name="Play">What it does.</param>
/// <param name="MemtableBytes">What memtables may take; 1 to seal at every commit.</param>
/// <param name="Generation">Which declaration of the tables it begins with.</param>
internal sealed record Act(string Name, Func<ScriptedRun, Task> Play, long MemtableBytes = 64L << 20, int Generation = 0);
