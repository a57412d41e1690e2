using System.Collections.Concurrent;
using System.Diagnostics;
using Helios.Typed.TestKit.Files;

namespace Helios.Typed.Tests.Engine.Reliability;

/// <summary>Loses power during a run, again while that is recovered from, and again while that is.</summary>
/// <param name="stride">Every how many operations of the runs are taken.</param>
/// <param name="innerStride">Every how many operations of a second recovery are taken.</param>
internal sealed class NestedCrashes(int stride, int innerStride)
{
    private const int MaxViolations = 5;

    private static readonly CrashPolicy[] _policies = Enum.GetValues<CrashPolicy>();

    private readonly ConcurrentDictionary<UInt128, byte> _images = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly Stopwatch _watch = new();

    /// <summary>Gets how many different disks a power loss during a recovery left.</summary>
    public int DistinctImages => _images.Count;

    public IReadOnlyCollection<string> Violations => _violations;

    public async Task RunAsync(IEnumerable<ScriptedRun> runs)
    {
        _watch.Start();
        IEnumerable<(ScriptedRun Run, string Act, CrashPoint Point)> points = runs.SelectMany((run, act) =>
            run.Files.CrashPoints().Where(point => (point.Number + act) % stride == 0).Select(point => (run, Script.Acts[act].Name, point)));
        await Parallel.ForEachAsync(points, TestDatabase.Token, async (item, _) =>
        {
            try
            {
                await CrashAsync(item.Run, item.Point, item.Act);
            }
            catch (InvalidOperationException error)
            {
                _violations.Enqueue(error.ToString());
            }
        });
        _watch.Stop();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{DistinctImages} distinct images of crashes during recoveries in {_watch.Elapsed.TotalSeconds:F1} s";

    private async Task CrashAsync(ScriptedRun run, CrashPoint point, string act)
    {
        // One in ten is a process that ended: what it left in the system's cache alone may still be lost in the recovery, as it might have been without.
        int choice = (int)((point.Number / stride) % (_policies.Length + 1));
        bool isKilled = choice == _policies.Length;
        SimulatedFileSystem first = isKilled ? point.Kill() : point.LosePower(_policies[choice], (int)point.Number);
        string place = $"act '{act}', {(isKilled ? "killed" : _policies[choice])} at {point}";
        string shown = await DatabaseCheck.RecoverAsync(first, place);
        Require(run.FindViolation(shown, point.Number), place);
        foreach (CrashPoint again in first.CrashPoints())
        {
            CrashPolicy policy = PolicyAt(point, again);
            SimulatedFileSystem second = again.LosePower(policy, (int)again.Number);
            if (_violations.Count >= MaxViolations || !_images.TryAdd(second.Fingerprint(), 0))
            {
                continue;
            }

            string secondPlace = $"{place}, then {policy} at {again}";
            string found = await DatabaseCheck.RecoverAsync(second, secondPlace);
            Check(found, again, first, secondPlace);
            await CrashThirdAsync(second, again, secondPlace, found);
        }

        void Check(string found, CrashPoint at, SimulatedFileSystem during, string where)
        {
            bool mayDiffer = isKilled && at.Number <= during.OperationCount;
            Require(mayDiffer ? run.FindViolation(found, point.Number) : Differs(found, shown), where);
        }
    }

    private async Task CrashThirdAsync(SimulatedFileSystem second, CrashPoint before, string place, string shown)
    {
        foreach (CrashPoint again in second.CrashPoints().Where(point => (point.Number + before.Number) % innerStride == 0))
        {
            CrashPolicy policy = PolicyAt(again, before);
            SimulatedFileSystem third = again.LosePower(policy, (int)again.Number);
            if (_images.TryAdd(third.Fingerprint(), 0))
            {
                string thirdPlace = $"{place}, then {policy} at {again}";
                Require(Differs(await DatabaseCheck.RecoverAsync(third, thirdPlace), shown), thirdPlace);
            }
        }
    }

    private static CrashPolicy PolicyAt(CrashPoint a, CrashPoint b) => _policies[(a.Number + (5 * b.Number)) % _policies.Length];

    private static string? Differs(string found, string shown) => found == shown ? null : $"found [{found}], and an earlier recovery [{shown}]";

    private void Require(string? violation, string place)
    {
        if (violation is not null)
        {
            _violations.Enqueue($"{place}: {violation}");
        }
    }
}
