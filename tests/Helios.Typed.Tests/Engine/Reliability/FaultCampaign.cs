using System.Collections.Concurrent;
using System.Diagnostics;
using Helios.Typed.Primitives;
using Helios.Typed.TestKit.Files;

namespace Helios.Typed.Tests.Engine.Reliability;

/// <summary>Plays acts with one fault each, and holds what is found afterwards against what was acknowledged.</summary>
internal sealed class FaultCampaign
{
    private const int MaxViolations = 5;

    private static readonly CrashPolicy[] _policies = Enum.GetValues<CrashPolicy>();

    private readonly IReadOnlyList<ScriptedRun> _whole;
    private readonly ConcurrentDictionary<UInt128, Lazy<Task<string>>> _found = new();
    private readonly BackupCheck _backups = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly Stopwatch _watch = new();
    private int _runs;
    private int _met;
    private int _failed;
    private int _readOnly;
    private int _wentOn;
    private int _refusedToOpen;

    /// <summary>Prepares faults for acts that were played without any.</summary>
    public FaultCampaign(IReadOnlyList<ScriptedRun> whole)
    {
        _whole = whole;
    }

    public IReadOnlyCollection<string> Violations => _violations;

    /// <summary>Gets how many runs met their fault.</summary>
    public int Met => _met;

    /// <summary>Gets how many runs were answered by an error.</summary>
    public int Failed => _failed;

    /// <summary>Gets how many runs ended in a database that takes no more writes.</summary>
    public int BecameReadOnly => _readOnly;

    /// <summary>Gets how many runs acknowledged commits after their first error.</summary>
    public int WentOn => _wentOn;

    /// <summary>Gets how many databases were refused as damaged afterwards.</summary>
    public int RefusedToOpen => _refusedToOpen;

    /// <summary>Plays an act for every planned fault.</summary>
    /// <param name="faults">The faults.</param>
    public async Task RunAsync(IEnumerable<PlannedFault> faults)
    {
        _watch.Start();
        await Parallel.ForEachAsync(faults, TestDatabase.Token, async (fault, _) =>
        {
            if (_violations.Count >= MaxViolations)
            {
                return;
            }

            try
            {
                await RunAsync(fault);
            }
            catch (Exception error)
            {
                _violations.Enqueue($"{fault}: {error}");
            }
        });
        _watch.Stop();
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{_runs} runs, {_met} met their fault, {_failed} were answered by an error, {_readOnly} became read-only, {_wentOn} went on, {_refusedToOpen} were refused as damaged, {_watch.Elapsed.TotalSeconds:F1} s";

    private async Task RunAsync(PlannedFault fault)
    {
        ScriptedRun whole = _whole[fault.Act];
        SimulatedFileSystem files = whole.Start.Fork();
        fault.Plan(files);
        ScriptedRun run = await ScriptedRun.PlayAsync(Script.Acts[fault.Act], files, whole.StartModel, whole.StartBackup, new ScriptSettings { ChecksAtEnd = true, NewAllocator = fault.NewAllocator });
        Interlocked.Increment(ref _runs);
        Interlocked.Add(ref _met, files.FailureCount > 0 ? 1 : 0);
        Interlocked.Add(ref _failed, run.Failure is not null ? 1 : 0);
        Interlocked.Add(ref _readOnly, run.BecameReadOnly ? 1 : 0);
        Interlocked.Add(ref _wentOn, run.CommitsAfterFailure > 0 ? 1 : 0);
        files.Repair();
        Require(SyncRules.FindViolation(run), fault);
        if (fault.MustNotStopWrites && run.BecameReadOnly)
        {
            _violations.Enqueue($"{fault}: the database takes no more writes since {run.Failure}");
        }

        await CheckDiskAsync(run, files, fault);
    }

    private async Task CheckDiskAsync(ScriptedRun run, SimulatedFileSystem files, PlannedFault fault)
    {
        try
        {
            if (!fault.MayDamage)
            {
                CrashPolicy policy = PolicyOf(fault, 2);
                Require(run.FindBackupViolation(await _backups.ReadAsync(files.Restart(policy, fault.Number), $"{fault}, then {policy}"), long.MaxValue), fault);
            }

            // The process ends, and later the power goes: what the recovery between them has shown must stay.
            SimulatedFileSystem again = files.Fork();
            string found = await DatabaseCheck.RecoverAsync(again, $"{fault}, opened again", fault.MayDamage);
            Require(run.FindViolationAtEnd(found), fault);
            string later = await RecoverOnceAsync(again.Restart(PolicyOf(fault, 1), fault.Number), $"{fault}, opened again, then {PolicyOf(fault, 1)}", fault);
            Require(later == found ? null : $"found [{later}] after a power loss, and [{found}] before it", fault);

            // The power goes at once.
            found = await RecoverOnceAsync(files.Restart(PolicyOf(fault, 0), fault.Number), $"{fault}, then {PolicyOf(fault, 0)}", fault);
            Require(run.FindViolationAtEnd(found), fault);
        }
        catch (InvalidOperationException error) when (fault.MayDamage && error.InnerException is HeliosException)
        {
            Interlocked.Increment(ref _refusedToOpen);
        }
    }

    private static CrashPolicy PolicyOf(PlannedFault fault, int shift) => _policies[(fault.Number + shift) % _policies.Length];

    private Task<string> RecoverOnceAsync(SimulatedFileSystem image, string place, PlannedFault fault) =>
        _found.GetOrAdd(image.Fingerprint(), _ => new Lazy<Task<string>>(() => DatabaseCheck.RecoverAsync(image, place, fault.MayDamage))).Value;

    private void Require(string? violation, PlannedFault fault)
    {
        if (violation is not null)
        {
            _violations.Enqueue($"{fault}: {violation}");
        }
    }
}

/// <summary>Is a fault for one run of an act.</summary>
/// <param name="Act">The act's number.</param>
/// <param name="Number">The operation or read.</param>
/// <param name="Name">What happens there.</param>
/// <param name="Plan">Tells the disk.</param>
internal sealed record PlannedFault(int Act, int Number, string Name, Action<SimulatedFileSystem> Plan)
{
    /// <summary>Whether it may leave damage that nobody could prevent, so that a refusal to open, or to read, is right.</summary>
    public bool MayDamage { get; init; }

    /// <summary>Makes the native memory of the run.</summary>
    public Func<NativeAllocator> NewAllocator { get; init; } = static () => new SystemAllocator();

    /// <summary>Whether the database has to take writes all the same once it is over.</summary>
    public bool MustNotStopWrites { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"act '{Script.Acts[Act].Name}', {Name} at {Number}";
}
