using Helios.Typed.Schema;

namespace Helios.Typed.Records;

/// <summary>Relates the table that code declares to the one that is stored: places on one side, stable ids on the other.</summary>
/// <remarks>Immutable. Columns are matched by name, so that the order of declaration is free.</remarks>
internal sealed class TableSchema
{
    private readonly ColumnShape[] _storedAt;
    private readonly int[] _vectorIndexAt;

    private TableSchema(TableShape declared, TableShape stored)
    {
        Declared = declared;
        Stored = stored;
        VectorColumns = [.. stored.Columns.Where(column => column.Vector is not null)];
        _storedAt = new ColumnShape[declared.Columns.Count];
        _vectorIndexAt = new int[declared.Columns.Count];
        for (int place = 0; place < _storedAt.Length; place++)
        {
            ColumnShape column = stored.Columns[stored.IndexOf(declared.Columns[place].Name)];
            _storedAt[place] = column;
            _vectorIndexAt[place] = Array.IndexOf([.. VectorColumns], column);
        }
    }

    /// <summary>Gets the table as the code declares it.</summary>
    public TableShape Declared { get; }

    /// <summary>Gets the table as it is stored.</summary>
    public TableShape Stored { get; }

    /// <summary>Gets the stored vector columns.</summary>
    public IReadOnlyList<ColumnShape> VectorColumns { get; }

    /// <summary>Gets the type of the key.</summary>
    public ColumnType KeyType => Stored.Key.Type;

    /// <summary>Relates two shapes of which <see cref="SchemaEvolution"/> has said that they fit.</summary>
    public static TableSchema Create(TableShape declared, TableShape stored) => new(declared, stored);

    /// <summary>Gives the stored column at a declared place.</summary>
    public ColumnShape StoredAt(int place) => _storedAt[place];

    /// <summary>Gives a declared vector column's place among <see cref="VectorColumns"/>, or −1 where it is none.</summary>
    public int VectorIndexAt(int place) => _vectorIndexAt[place];

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
