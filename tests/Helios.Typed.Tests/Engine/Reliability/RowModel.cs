using System.Globalization;
using System.Text;

namespace Helios.Typed.Tests.Engine.Reliability;

/// <summary>Is what a database should hold: the names of rows by table and key.</summary>
internal sealed class RowModel
{
    private readonly SortedDictionary<string, SortedDictionary<long, string>> _tables = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<long, string> this[string table] =>
        _tables.TryGetValue(table, out SortedDictionary<long, string>? rows) ? rows : new SortedDictionary<long, string>();

    public void Set(string table, long id, string name)
    {
        if (!_tables.TryGetValue(table, out SortedDictionary<long, string>? rows))
        {
            _tables.Add(table, rows = []);
        }

        rows[id] = name;
    }

    public void Remove(string table, long id)
    {
        if (_tables.TryGetValue(table, out SortedDictionary<long, string>? rows))
        {
            rows.Remove(id);
        }
    }

    public void Drop(string table) => _tables.Remove(table);

    public RowModel Clone()
    {
        RowModel clone = new();
        foreach ((string table, SortedDictionary<long, string> rows) in _tables)
        {
            clone._tables.Add(table, new SortedDictionary<long, string>(rows));
        }

        return clone;
    }

    /// <summary>Writes all rows, so that two models are equal where their texts are.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach ((string table, SortedDictionary<long, string> rows) in _tables)
        {
            foreach ((long id, string name) in rows)
            {
                string shown = name.Length <= 40 ? name : $"{name.AsSpan(0, 20)}…{name.Length}";
                text.Append(CultureInfo.InvariantCulture, $"{table}/{id}={shown}; ");
            }
        }

        return text.ToString();
    }
}
