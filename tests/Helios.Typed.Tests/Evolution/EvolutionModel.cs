using Xunit;

namespace Helios.Typed.Tests.Evolution;

/// <summary>Knows what a table should read as after any changes of its shape: the plainest definition there is.</summary>
internal sealed class EvolutionModel
{
    public const string Table = "things";

    private readonly List<Column> _columns = [];
    private readonly SortedDictionary<long, Dictionary<Column, object?>> _rows = [];
    private readonly Stack<string> _freeNames = [];
    private int _made;
    private bool _isNameNullable;

    /// <summary>Gets the columns that are stored and not declared.</summary>
    public IReadOnlyList<Column> Undeclared => [.. _columns.Where(column => !column.IsDeclared)];

    private List<Column> Declared => [.. _columns.Where(column => column.IsDeclared)];

    /// <summary>Makes the table as code declares it now, with the former names of what was just renamed.</summary>
    public TableDefinition Declare()
    {
        TableDefinitionBuilder builder = TableDefinition.Create(Table).Key("id", ColumnType.Int64).Column("name", ColumnType.Text, nullable: _isNameNullable);
        foreach (Column column in Declared)
        {
            builder.Column(column.Name, column.Type, nullable: column.Missing is null, indexed: column.IsIndexed);
            if (column.FormerName is { } former)
            {
                builder.FormerName(column.Name, former);
            }

            if (column.Default is { } value)
            {
                builder.Default(column.Name, value);
            }
        }

        return builder.Build();
    }

    public void Add(int choice, bool hasDefault)
    {
        bool isText = choice % 2 == 0;
        object? missing = !hasDefault ? null : isText ? $"d{choice % 5}" : choice % 5;
        string name = _freeNames.Count > 0 && choice % 3 == 0 ? _freeNames.Pop() : $"c{++_made}";
        _columns.Add(new Column(isText ? ColumnType.Text : ColumnType.Int32, missing, choice % 4 < 2) { Name = name, Default = missing });
    }

    public void Rename(int choice)
    {
        if (Pick(Declared, choice) is { } column)
        {
            (column.FormerName, column.Name) = (column.Name, $"c{++_made}");
        }
    }

    public void ChangeDefault(int choice)
    {
        if (Pick([.. Declared.Where(column => column.Default is not null)], choice) is { } column)
        {
            column.Default = column.Type == ColumnType.Text ? $"e{choice % 7}" : 10 + (choice % 7);
        }
    }

    public void Loosen() => _isNameNullable = true;

    public void Undeclare(int choice)
    {
        if (Pick(Declared, choice) is { } column)
        {
            column.IsDeclared = false;
        }
    }

    public void Redeclare(int choice)
    {
        if (Pick(Undeclared, choice) is { } column)
        {
            column.IsDeclared = true;
        }
    }

    public void Drop(Column column)
    {
        _columns.Remove(column);
        _freeNames.Push(column.Name);
    }

    /// <summary>Makes a row and notes it; some values are left to be null or their default.</summary>
    public HeliosRow Write(TableDefinition definition, int choice)
    {
        Random random = new(choice);
        long id = random.Next(1, 9);
        HeliosRow row = new(definition) { ["id"] = id };
        Dictionary<Column, object?> values = [];
        string? name = _isNameNullable && random.Next(3) == 0 ? null : $"n{choice % 11}";
        row["name"] = name;
        foreach (Column column in Declared)
        {
            object? value = column.Default;
            if (random.Next(3) > 0)
            {
                row[column.Name] = value = column.Type == ColumnType.Text ? $"v{random.Next(4)}" : random.Next(4);
            }

            values[column] = value;
        }

        values[Column.OfName] = name;
        _rows[id] = values;
        return row;
    }

    public long Delete(int choice)
    {
        long id = 1 + (choice % 8);
        _rows.Remove(id);
        return id;
    }

    /// <summary>Notes that the present names are stored, so that a former one is needed no more.</summary>
    public void NoteStored() => _columns.ForEach(column => column.FormerName = null);

    /// <summary>Holds the table to the model: every value of every row, and filters over one column.</summary>
    public async Task CheckAsync(HeliosTable table, int choice, CancellationToken token)
    {
        List<Column> declared = Declared;
        IReadOnlyList<HeliosRow> rows = await table.ListAsync(cancellationToken: token);
        Assert.Equal(
            _rows.Select(row => Spell(row.Key, declared.Prepend(Column.OfName).Select(column => Of(row.Value, column)))),
            rows.OrderBy(row => (long)row["id"]!).Select(row => Spell((long)row["id"]!, declared.Select(column => row[column.Name]).Prepend(row["name"]))));
        if (Pick(declared, choice) is not { } filtered)
        {
            return;
        }

        Assert.Equal(
            _rows.Values.Count(row => Of(row, filtered) is null),
            await table.CountAsync(filtered.Type == ColumnType.Text ? new TextColumn(filtered.Name).IsNull() : new Column<int>(filtered.Name).IsNull(), token));
        foreach (object value in _rows.Values.Select(row => Of(row, filtered)).OfType<object>().Distinct())
        {
            Predicate equals = value is string text ? new TextColumn(filtered.Name) == text : new Column<int>(filtered.Name) == (int)value;
            Assert.Equal(_rows.Values.Count(row => value.Equals(Of(row, filtered))), await table.CountAsync(equals, token));
        }
    }

    private static object? Of(Dictionary<Column, object?> row, Column column) => row.TryGetValue(column, out object? value) ? value : column.Missing;

    private static string Spell(long id, IEnumerable<object?> values) => $"{id}: {string.Join(", ", values.Select(value => value ?? "null"))}";

    private static Column? Pick(IReadOnlyList<Column> columns, int choice) => columns.Count == 0 ? null : columns[choice % columns.Count];

    /// <summary>Is a column by identity, whatever it is called.</summary>
    internal sealed class Column(ColumnType type, object? missing, bool isIndexed)
    {
        public static Column OfName { get; } = new(ColumnType.Text, null, false) { Name = "name" };

        public ColumnType Type => type;

        /// <summary>What rows from before it read as.</summary>
        public object? Missing => missing;

        public bool IsIndexed => isIndexed;

        public required string Name { get; set; }

        public string? FormerName { get; set; }

        public object? Default { get; set; }

        public bool IsDeclared { get; set; } = true;
    }
}
