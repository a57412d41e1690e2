using Helios.Typed.TestKit.Files;

namespace Helios.Typed.Tests.Engine.Reliability;

/// <summary>Holds a run against the rules for a sync that failed: it is not tried again, and nothing is acknowledged on its file.</summary>
internal static class SyncRules
{
    private const int HeaderBytes = 4096;

    public static string? FindViolation(ScriptedRun run)
    {
        IReadOnlyList<SimulatedOperation> trace = run.Files.Trace;
        Dictionary<int, int> failed = [];
        HashSet<int> written = [.. run.Start.InodesLongerThan(HeaderBytes)];
        for (int i = 0; i < trace.Count; i++)
        {
            SimulatedOperation operation = trace[i];
            if (run.OpenedAt.Contains(i))
            {
                // Another opening recovers to what is there; it owes nothing to the syncs before it.
                failed.Clear();
            }

            if ((operation.Attempted ?? operation.Kind) == OperationKind.Sync && failed.TryGetValue(operation.Inode, out int before))
            {
                return $"operation {i + 1} syncs {Path.GetFileName(operation.Path)} again, whose sync failed at {before + 1}";
            }

            if (operation.Attempted == OperationKind.Sync)
            {
                failed.Add(operation.Inode, i);
                bool isCommitted = written.Contains(operation.Inode) && IsLogOrManifest(operation.Path);
                if (isCommitted && run.States.FirstOrDefault(state => state.BegunAt > i && !run.OpenedAt.Any(opened => opened > i && opened <= state.BegunAt)) is { } state)
                {
                    return $"a commit begun after operation {state.BegunAt} was acknowledged, though the sync of {Path.GetFileName(operation.Path)} had failed at {i + 1}";
                }
            }

            if (operation.Kind == OperationKind.Write && operation.Offset >= HeaderBytes)
            {
                written.Add(operation.Inode);
            }
        }

        return null;
    }

    // Of the database itself: what becomes of a backup is nothing to its commits.
    private static bool IsLogOrManifest(string path) => Path.GetDirectoryName(path) == ScriptedRun.DatabasePath
        && (path.EndsWith(".log", StringComparison.Ordinal) || Path.GetFileName(path).StartsWith("MANIFEST", StringComparison.Ordinal));
}
