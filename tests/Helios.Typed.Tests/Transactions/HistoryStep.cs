using System.Globalization;

namespace Helios.Typed.Tests.Transactions;

/// <summary>Names what a transaction of a history does.</summary>
public enum StepKind
{
    Read,
    Scan,
    Count,
    Nearest,
    Upsert,
    Insert,
    Update,
    Delete,
    DeleteWhere,
}

/// <summary>Is one thing that a transaction of a history does.</summary>
/// <param name="Kind">What.</param>
/// <param name="Table">Which table.</param>
/// <param name="Argument">The key; the least value of a scan and of a deletion by condition; the place of a search.</param>
/// <param name="Value">The value that is written, unique in the history.</param>
public sealed record HistoryStep(StepKind Kind, int Table, long Argument, long Value)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind}({Table}, {Argument}, {Value})");
}

/// <summary>Is a transaction as it was seen from outside.</summary>
/// <param name="Name">What it is called in a report.</param>
/// <param name="Begin">The commit that it said it reads at.</param>
/// <param name="Steps">What it did, and what it was answered.</param>
/// <param name="Commit">The sequence that its commit returned, or null where it was not committed.</param>
public sealed record HistoryTransaction(string Name, long Begin, IReadOnlyList<(HistoryStep Step, string Answer)> Steps, long? Commit)
{
    /// <summary>Whether there was anything to commit.</summary>
    public bool Writes => Steps.Any(step => step.Step.Kind switch
    {
        StepKind.Upsert or StepKind.Insert or StepKind.Update => step.Answer == "written",
        StepKind.Delete => true,
        StepKind.DeleteWhere => step.Answer != "0",
        _ => false,
    });

    public override string ToString() => $"{Name} from {Begin} to {(Commit is { } commit ? commit.ToString(CultureInfo.InvariantCulture) : "nothing")}: {string.Join("; ", Steps.Select(step => $"{step.Step} = {step.Answer}"))}";
}
