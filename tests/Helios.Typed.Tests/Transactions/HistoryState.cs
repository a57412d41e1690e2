using System.Globalization;

namespace Helios.Typed.Tests.Transactions;

/// <summary>Is what the tables of a history hold, as a model: it answers each step as a database that does one thing at a time would.</summary>
public sealed class HistoryState
{
    public const int Tables = 2;
    public const int NearestCount = 2;
    private const long Places = 31;

    private readonly SortedDictionary<long, long>[] _tables;

    public HistoryState()
        : this([.. Enumerable.Range(0, Tables).Select(_ => new SortedDictionary<long, long>())])
    {
    }

    private HistoryState(SortedDictionary<long, long>[] tables) => _tables = tables;

    public HistoryState Clone() => new([.. _tables.Select(table => new SortedDictionary<long, long>(table))]);

    /// <summary>Where a row with a value stands.</summary>
    public static long PlaceOf(long value) => value % Places;

    public static string Describe(IEnumerable<(long Key, long Value)> rows) =>
        string.Join(',', rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Key}={row.Value}")));

    /// <summary>Does a step, and gives the answer.</summary>
    public string Apply(HistoryStep step)
    {
        SortedDictionary<long, long> rows = _tables[step.Table];
        switch (step.Kind)
        {
            case StepKind.Read:
                return rows.TryGetValue(step.Argument, out long value) ? value.ToString(CultureInfo.InvariantCulture) : "none";
            case StepKind.Scan:
                return Describe(rows.Where(row => row.Value >= step.Argument).Select(row => (row.Key, row.Value)));
            case StepKind.Count:
                return rows.Count.ToString(CultureInfo.InvariantCulture);
            case StepKind.Nearest:
                return Describe(rows.OrderBy(row => Math.Abs(PlaceOf(row.Value) - step.Argument)).ThenBy(row => row.Key).Take(NearestCount).Select(row => (row.Key, row.Value)));
            case StepKind.Insert when rows.ContainsKey(step.Argument):
                return "duplicate";
            case StepKind.Update when !rows.ContainsKey(step.Argument):
                return "missing";
            case StepKind.Delete:
                return rows.Remove(step.Argument) ? "1" : "0";
            case StepKind.DeleteWhere:
                long[] gone = [.. rows.Where(row => row.Value >= step.Argument).Select(row => row.Key)];
                Array.ForEach(gone, key => rows.Remove(key));
                return gone.Length.ToString(CultureInfo.InvariantCulture);
            default:
                rows[step.Argument] = step.Value;
                return "written";
        }
    }
}
