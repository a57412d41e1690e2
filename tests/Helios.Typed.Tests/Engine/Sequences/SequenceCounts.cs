namespace Helios.Typed.Tests.Engine.Sequences;

/// <summary>Counts what sequences did, so that a test can tell whether they still do what they are for.</summary>
internal sealed class SequenceCounts
{
    private long _sequences;
    private long _steps;
    private long _commits;
    private long _transactions;
    private long _conflicts;
    private long _snapshots;
    private long _interrupted;

    /// <summary>Gets how many sequences ran.</summary>
    public long Sequences => _sequences;

    /// <summary>Gets how many transactions were committed.</summary>
    public long Transactions => _transactions;

    /// <summary>Gets how many transactions met a conflict.</summary>
    public long Conflicts => _conflicts;

    /// <summary>Gets how often a snapshot was read.</summary>
    public long Snapshots => _snapshots;

    /// <summary>Gets how often background work was stopped half way, for other things to come between.</summary>
    public long Interrupted => _interrupted;

    /// <summary>Counts one sequence.</summary>
    public void Add(int steps, long commits, long transactions, long conflicts, long snapshots, long interrupted)
    {
        Interlocked.Increment(ref _sequences);
        Interlocked.Add(ref _steps, steps);
        Interlocked.Add(ref _commits, commits);
        Interlocked.Add(ref _transactions, transactions);
        Interlocked.Add(ref _conflicts, conflicts);
        Interlocked.Add(ref _snapshots, snapshots);
        Interlocked.Add(ref _interrupted, interrupted);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{_sequences} sequences of {_steps} steps: {_commits} commits and {_transactions} of transactions, {_conflicts} conflicts, {_snapshots} snapshots read, background work stopped half way {_interrupted} times";
}
