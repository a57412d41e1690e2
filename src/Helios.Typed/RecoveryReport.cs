namespace Helios.Typed;

/// <summary>Says what opening a database found and did.</summary>
/// <remarks>Immutable. Cutting a torn tail and removing leftover files are the ordinary end of a crash: no commit that was acknowledged is lost by them.</remarks>
public sealed class RecoveryReport
{
    internal RecoveryReport()
    {
    }

    /// <summary>Gets how many logs were read.</summary>
    public int Logs { get; internal init; }

    /// <summary>Gets how many commits were brought back into memory from them.</summary>
    public long Commits { get; internal init; }

    /// <summary>Gets how many versions of rows those commits held.</summary>
    public long Rows { get; internal init; }

    /// <summary>Gets the bytes of the logs that hold whole commits.</summary>
    public long LogBytes { get; internal init; }

    /// <summary>Gets the torn tails that were cut off (read-only: passed over): what a crash interrupted, and nobody was told of as done.</summary>
    public IReadOnlyList<TornTail> TornTails { get; internal init; } = [];

    /// <summary>Gets the bytes of the torn tails together.</summary>
    public long CutBytes => TornTails.Sum(tail => tail.Bytes);

    /// <summary>Gets the names of the files that an interrupted write had left, and that were removed.</summary>
    public IReadOnlyList<string> RemovedFiles { get; internal init; } = [];

    /// <summary>Gets what salvage had to do without; empty where nothing was damaged, and always under <see cref="RecoveryMode.Strict"/>.</summary>
    public IReadOnlyList<RecoveryLoss> Losses { get; internal init; } = [];

    /// <summary>Gets how long opening took.</summary>
    public TimeSpan Elapsed { get; internal init; }
}
