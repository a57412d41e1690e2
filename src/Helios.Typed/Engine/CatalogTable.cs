using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Is a table of the <see cref="Catalog"/>: what it is to be, and what of that the log knows.</summary>
internal sealed class CatalogTable(TableId id, TableShape shape)
{
    private readonly HashSet<int> _declaredColumns = [];
    private volatile TableShape _shape = shape;
    private volatile TableShape? _logged;
    private volatile bool _isDropped;
    private long _nextKey = KeyCounter.First;

    /// <summary>Gets the table's id.</summary>
    public TableId Id => id;

    /// <summary>Gets or sets the shape that stored and declared ones were reconciled to; set under the catalog's lock.</summary>
    public TableShape Shape
    {
        get => _shape;
        set => _shape = value;
    }

    /// <summary>Gets or sets the shape that was last logged, or null before the table's first commit; set under the commit lock.</summary>
    public TableShape? Logged
    {
        get => _logged;
        set => _logged = value;
    }

    /// <summary>Gets whether code of this process has declared the table; read and set under the catalog's lock.</summary>
    public bool IsDeclared { get; private set; }

    /// <summary>Gets whether the table is gone; set under the commit lock.</summary>
    public bool IsDropped => _isDropped;

    /// <summary>Gets or sets why the table takes no writes at the moment, or null while it does; set under the commit lock.</summary>
    public string? Refusal { get; set; }

    /// <summary>Throws where the table takes no writes; under the commit lock.</summary>
    /// <exception cref="HeliosException">It takes none.</exception>
    public void ThrowIfRefusing()
    {
        ThrowIfDropped();
        if (Refusal is { } refusal)
        {
            throw new HeliosException($"Table '{Shape.Name}' takes no writes: {refusal}. Nothing of this batch was written.");
        }
    }

    /// <summary>Notes what code of this process declares; under the catalog's lock.</summary>
    public void NoteDeclared(TableSchema schema)
    {
        IsDeclared = true;
        foreach (ColumnShape column in schema.Stored.Columns.Where(column => schema.Declares(column.Id)))
        {
            _declaredColumns.Add(column.Id);
        }
    }

    /// <summary>Says whether code of this process declares a column; under the catalog's lock.</summary>
    public bool IsColumnDeclared(int columnId) => _declaredColumns.Contains(columnId);

    /// <summary>Notes that the table is gone.</summary>
    public void MarkDropped() => _isDropped = true;

    /// <summary>Throws where the table is gone.</summary>
    /// <exception cref="HeliosSchemaException">It is.</exception>
    public void ThrowIfDropped()
    {
        if (_isDropped)
        {
            throw new HeliosSchemaException(Shape.Name, $"Table '{Shape.Name}' was dropped. Ask the database for the table anew, which makes an empty one or finds what took its place.");
        }
    }

    /// <summary>Gets or sets the newest commit that wrote to the table since the database was opened, 0 where none did; under the commit lock.</summary>
    public SequenceNumber LastCommit { get; set; }

    /// <summary>Gets or sets the integer key that the next insert without one takes; above every key that was ever there. Set under the key lock.</summary>
    public long NextKey
    {
        get => Volatile.Read(ref _nextKey);
        set => Volatile.Write(ref _nextKey, value);
    }
}
