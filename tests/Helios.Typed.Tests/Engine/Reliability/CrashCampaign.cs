using System.Collections.Concurrent;
using System.Diagnostics;
using Helios.Typed.TestKit.Files;

namespace Helios.Typed.Tests.Engine.Reliability;

/// <summary>Makes crash images of runs, opens each image once however often it comes, and holds what it finds against the run.</summary>
/// <param name="goesOn">Whether each recovered database is also written to, and power lost again.</param>
internal sealed class CrashCampaign(bool goesOn)
{
    private const int MaxViolations = 5;

    private static readonly CrashPolicy[] _policies = Enum.GetValues<CrashPolicy>();

    private readonly ConcurrentDictionary<UInt128, Lazy<Task<FoundDisk>>> _found = new();
    private readonly BackupCheck _backups = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly Stopwatch _watch = new();
    private long _images;
    private long _points;

    /// <summary>Gets how many different disks were recovered.</summary>
    public int DistinctImages => _found.Count;

    public IReadOnlyCollection<string> Violations => _violations;

    /// <summary>Crashes every operation of every run under every policy.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="seeds">How often a policy of chance is tried at each operation.</param>
    /// <param name="seed">The seed of all choices.</param>
    public async Task RunAsync(IEnumerable<ScriptedRun> runs, int seeds, int seed)
    {
        _watch.Start();
        IEnumerable<(ScriptedRun Run, CrashPoint Point, int Act)> points =
            runs.SelectMany((run, act) => run.Files.CrashPoints().Select(point => (run, point, act)));
        await Parallel.ForEachAsync(points, TestDatabase.Token, async (item, _) =>
        {
            Interlocked.Increment(ref _points);
            foreach (CrashPolicy policy in _policies)
            {
                for (int i = 0; i < (IsOfChance(policy) ? seeds : 1) && _violations.Count < MaxViolations; i++)
                {
                    int own = unchecked(((((seed * 31) + item.Act) * 9973) + ((int)item.Point.Number * 257)) + ((int)policy * 16) + i);
                    string place = $"act '{Script.Acts[item.Act].Name}', {policy} at {item.Point}, seed {own}";
                    await CheckAsync(item.Point.LosePower(policy, own), item.Run, item.Point.Number, place);
                }
            }

            // The process alone ends: nothing is lost, and whatever the recovery shows has to survive a power loss after it.
            if (_violations.Count < MaxViolations)
            {
                await CheckAsync(item.Point.Kill(), item.Run, item.Point.Number, $"act '{Script.Acts[item.Act].Name}', killed at {item.Point}");
            }
        });
        _watch.Stop();
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{DistinctImages} distinct images, with {_backups.DistinctBackups} distinct backups, of {_images} crashes at {_points} points in {_watch.Elapsed.TotalSeconds:F1} s";

    private static bool IsOfChance(CrashPolicy policy) =>
        policy is CrashPolicy.Prefix or CrashPolicy.Pages or CrashPolicy.TornSectors or CrashPolicy.Garbage or CrashPolicy.DataOnly;

    private async Task CheckAsync(SimulatedFileSystem image, ScriptedRun run, long operation, string place)
    {
        long number = Interlocked.Increment(ref _images);
        UInt128 fingerprint = image.Fingerprint();
        Lazy<Task<FoundDisk>> found = _found.GetOrAdd(fingerprint, _ => new Lazy<Task<FoundDisk>>(() => FindAsync(image, fingerprint, place)));
        try
        {
            FoundDisk disk = await found.Value;
            string? violation = run.FindViolation(disk.Rows, operation) ?? run.FindBackupViolation(disk.Backup, operation)
                ?? (operation > run.PurgedAt && disk.HasPurged ? "found what was purged" : null);
            if (violation is not null)
            {
                _violations.Enqueue($"{place}: {violation}");
            }
        }
        catch (InvalidOperationException error)
        {
            _violations.Enqueue($"{place}: {error}");
        }
    }
    private async Task<FoundDisk> FindAsync(SimulatedFileSystem image, UInt128 fingerprint, string place)
    {
        // Both before the recovery, which changes the disk.
        bool hasPurged = image.Contains(ScriptedRun.DatabasePath, Script.PurgedBytes);
        string? backup = await _backups.ReadAsync(image, place);
        string rows = goesOn
            ? await DatabaseCheck.RecoverAndGoOnAsync(image, _policies[(int)(fingerprint % (uint)_policies.Length)], place)
            : await DatabaseCheck.RecoverAsync(image, place);
        return new FoundDisk(rows, backup, hasPurged);
    }

    /// <summary>Is what was found on a disk.</summary>
    /// <param name="Rows">The rows of the recovered database.</param>
    /// <param name="Backup">Those of the backup, or null where there is none that was finished.</param>
    /// <param name="HasPurged">Whether what the script purges is in some file of the database.</param>
    private sealed record FoundDisk(string Rows, string? Backup, bool HasPurged);
}
