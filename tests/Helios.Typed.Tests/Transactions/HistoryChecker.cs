namespace Helios.Typed.Tests.Transactions;

/// <summary>Says whether a history is one that a database which runs one transaction at a time, in the order of the commits, could have given.</summary>
/// <remarks>
/// Every transaction, also one that was not committed, must have been answered from the state at the commit it began at and
/// its own writes. One that wrote and was committed must have been answered so from the state just before its commit, too.
/// </remarks>
public sealed class HistoryChecker
{
    private readonly SortedList<long, HistoryState> _states;

    /// <summary>Starts from a state.</summary>
    public HistoryChecker(long sequence, HistoryState state) => _states = new SortedList<long, HistoryState> { [sequence] = state };

    public HistoryState Newest => _states.Values[^1];

    /// <summary>Takes the transactions of a history, and gives what is wrong with it, or null.</summary>
    public string? FindAnomaly(IReadOnlyCollection<HistoryTransaction> history)
    {
        foreach (HistoryTransaction transaction in history.Where(one => one.Writes && one.Commit is not null).OrderBy(one => one.Commit))
        {
            if (transaction.Commit <= transaction.Begin || transaction.Commit <= _states.Keys[^1])
            {
                return $"a commit came out of order: {transaction}";
            }

            long commit = transaction.Commit.GetValueOrDefault();
            HistoryState after = Newest.Clone();
            if (FindWrongAnswer(transaction, after) is { } wrong)
            {
                return $"not serializable: just before its commit, {wrong}";
            }

            _states.Add(commit, after);
        }

        foreach (HistoryTransaction transaction in history)
        {
            if (!transaction.Writes && transaction.Commit is { } read && read != transaction.Begin)
            {
                return $"only read, and took a place in the order of commits: {transaction}";
            }

            if (FindWrongAnswer(transaction, StateAt(transaction.Begin).Clone()) is { } wrong)
            {
                return $"no snapshot: at its begin, {wrong}";
            }
        }

        return null;
    }

    private HistoryState StateAt(long sequence) => _states.Values[_states.Keys.Count(key => key <= sequence) - 1];

    private static string? FindWrongAnswer(HistoryTransaction transaction, HistoryState state)
    {
        foreach ((HistoryStep step, string answer) in transaction.Steps)
        {
            string expected = state.Apply(step);
            if (expected != answer)
            {
                return $"{step} would have been answered {expected}, and was answered {answer}: {transaction}";
            }
        }

        return null;
    }
}
