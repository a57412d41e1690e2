using Helios.Typed.Schema;

namespace Helios.Typed.Records;

/// <summary>Finds which stored column each declared one is: by its name, else by a former name.</summary>
internal sealed class ColumnMatch
{
    private readonly Dictionary<int, ColumnShape> _declaredFor = [];
    private readonly List<ColumnShape> _added = [];

    private ColumnMatch()
    {
    }

    /// <summary>Gets the declared columns that are not stored.</summary>
    public IReadOnlyList<ColumnShape> Added => _added;

    /// <summary>Matches two shapes.</summary>
    /// <param name="stored">The table as it is stored.</param>
    /// <param name="declared">The table as the code wants it.</param>
    /// <param name="isInUse">Says of a stored column's id whether other code of this process declares it, or null.</param>
    /// <param name="refused">Takes what is ambiguous.</param>
    public static ColumnMatch Of(TableShape stored, TableShape declared, Func<int, bool>? isInUse, List<string> refused)
    {
        ColumnMatch match = new();
        List<ColumnShape> unknown = [];
        foreach (ColumnShape column in declared.Columns)
        {
            int place = stored.IndexOf(column.Name);
            if (place >= 0)
            {
                match._declaredFor.Add(stored.Columns[place].Id, column);
            }
            else
            {
                unknown.Add(column);
            }
        }

        foreach (ColumnShape column in unknown)
        {
            match.FindFormer(stored, declared, column, refused);
        }

        match.CheckAdded(stored, declared, isInUse, refused);
        return match;
    }

    /// <summary>Gives the declared column that a stored one is, or null.</summary>
    public ColumnShape? DeclaredFor(ColumnShape stored) => _declaredFor.GetValueOrDefault(stored.Id);

    private static string[] FormerNamesOf(TableShape declared, ColumnShape column) =>
        [.. declared.FormerNames.Where(former => former.Column is { } name && IsSame(name, column.Name)).Select(former => former.Name)];

    private static bool IsSame(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private void FindFormer(TableShape stored, TableShape declared, ColumnShape column, List<string> refused)
    {
        ColumnShape[] found = [.. FormerNamesOf(declared, column).Select(stored.IndexOf).Where(place => place >= 0).Select(place => stored.Columns[place])];
        if (found.Length == 0)
        {
            _added.Add(column);
        }
        else if (found.Length > 1)
        {
            refused.Add($"column '{column.Name}' names {string.Join(" and ", found.Select(old => $"'{old.Name}'"))} as its former names, and both are stored; leave the one that it is");
        }
        else if (!_declaredFor.TryAdd(found[0].Id, column))
        {
            refused.Add($"columns '{_declaredFor[found[0].Id].Name}' and '{column.Name}' both claim the stored column '{found[0].Name}'; one of them is new and has no former name");
        }
    }

    // Adding an empty column where a full one was meant would look like lost data. One that other code declares was not meant.
    private void CheckAdded(TableShape stored, TableShape declared, Func<int, bool>? isInUse, List<string> refused)
    {
        ColumnShape[] left =
        [
            .. stored.Columns.Where(column => !column.IsDropped && !column.HasGaps && !_declaredFor.ContainsKey(column.Id) && isInUse?.Invoke(column.Id) != true),
        ];
        foreach (ColumnShape column in _added)
        {
            string[] formerNames = FormerNamesOf(declared, column);
            if (formerNames.Length > 0 && left.Length > 0)
            {
                refused.Add($"column '{column.Name}' names {Quote(formerNames)} as its former name, which is not stored, while {Quote(left.Select(old => old.Name))} is stored and not declared; name the column that it was, or remove the former name if it is new");
            }
            else if (stored.Columns.FirstOrDefault(old => !old.IsDropped && old.FormerName is { } name && IsSame(name, column.Name) && !_declaredFor.ContainsKey(old.Id)) is { } renamed)
            {
                refused.Add($"column '{column.Name}' was renamed to '{renamed.Name}', which is not declared: the code is older than the database; use the newer, or declare '{renamed.Name}' with the former name '{column.Name}'");
            }
        }
    }

    private static string Quote(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
