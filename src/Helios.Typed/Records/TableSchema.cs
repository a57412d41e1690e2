using Helios.Typed.Schema;

namespace Helios.Typed.Records;

/// <summary>Relates the table that code declares to the one that is stored: places on one side, stable ids on the other.</summary>
/// <remarks>Immutable. Columns are matched by name, so that the order of declaration is free.</remarks>
internal sealed class TableSchema
{
    private readonly ColumnShape[] _storedAt;
    private readonly int[] _vectorIndexAt;
    private readonly Dictionary<int, ConstantCell>? _missing;
    private TableShape _covered;

    private TableSchema(TableShape declared, TableShape stored)
    {
        Declared = declared;
        Stored = stored;
        VectorColumns = [.. stored.Columns.Where(column => column.Vector is not null)];
        _storedAt = new ColumnShape[declared.Columns.Count];
        _vectorIndexAt = new int[declared.Columns.Count];
        for (int place = 0; place < _storedAt.Length; place++)
        {
            // What relates to itself has dropped columns too, which no name finds.
            ColumnShape column = stored.Columns[ReferenceEquals(declared, stored) ? place : stored.IndexOf(declared.Columns[place].Name)];
            _storedAt[place] = column;
            _vectorIndexAt[place] = Array.IndexOf([.. VectorColumns], column);
        }

        _covered = declared;
        foreach (ColumnShape column in stored.Columns.Where(column => column.Missing is not null))
        {
            _missing ??= [];
            _missing.Add(column.Id, column.Missing!);
        }
    }

    /// <summary>Gets the table as the code declares it.</summary>
    public TableShape Declared { get; }

    /// <summary>Gets the table as it is stored.</summary>
    public TableShape Stored { get; }

    /// <summary>Gets the stored vector columns.</summary>
    public IReadOnlyList<ColumnShape> VectorColumns { get; }

    /// <summary>Gets the stored columns that the code does not declare; they are kept, unread.</summary>
    public IEnumerable<ColumnShape> Undeclared => Stored.Columns.Where(column => !column.IsDropped && !Declares(column.Id));

    /// <summary>Gets the type of the key.</summary>
    public ColumnType KeyType => Stored.Key.Type;

    /// <summary>Relates two shapes of which <see cref="SchemaEvolution"/> has said that they fit.</summary>
    public static TableSchema Create(TableShape declared, TableShape stored) => new(declared, stored);

    /// <summary>Gives the stored column at a declared place.</summary>
    public ColumnShape StoredAt(int place) => _storedAt[place];

    /// <summary>Gives a declared vector column's place among <see cref="VectorColumns"/>, or −1 where it is none.</summary>
    public int VectorIndexAt(int place) => _vectorIndexAt[place];

    /// <summary>Gives what a row reads as that was written without a column; false where that is null.</summary>
    /// <param name="columnId">The column.</param>
    /// <param name="cell">The cell.</param>
    public bool TryGetMissing(int columnId, out ReadOnlySpan<byte> cell)
    {
        if (_missing is not null && _missing.TryGetValue(columnId, out ConstantCell? missing))
        {
            cell = missing.Bytes;
            return true;
        }

        cell = default;
        return false;
    }

    /// <summary>Says whether a row of this declaration leaves no gap in a shape of its table that was not there before.</summary>
    /// <param name="shape">The shape.</param>
    public bool Covers(TableShape shape)
    {
        if (ReferenceEquals(Volatile.Read(ref _covered), shape))
        {
            return true;
        }

        bool covers = shape.Columns.All(column => column.HasGaps || column.IsDropped || Declares(column.Id));
        if (covers)
        {
            Volatile.Write(ref _covered, shape);
        }

        return covers;
    }

    /// <summary>Says whether the code declares a stored column.</summary>
    public bool Declares(int columnId) => Array.Exists(_storedAt, column => column.Id == columnId);

    /// <summary>Checks that a key is of the table's type.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public void RequireKey(HeliosKey key)
    {
        if (key.Type != KeyType)
        {
            string given = key.Type == 0 ? "empty" : $"of type {key.Type}";
            throw new ArgumentException($"The key {key} is {given}; keys of table '{Stored.Name}' (column '{Stored.Key.Name}') are of type {KeyType}.", nameof(key));
        }
    }
}
