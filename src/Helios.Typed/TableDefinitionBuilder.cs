using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed;

/// <summary>Collects the columns of a <see cref="TableDefinition"/> in order.</summary>
public sealed class TableDefinitionBuilder
{
    private readonly string _name;
    private readonly List<ColumnShape> _columns = [];
    private readonly List<FormerName> _formerNames = [];
    private int _keyColumn = -1;
    private bool _assignsKeys;

    internal TableDefinitionBuilder(string name)
    {
        RequireIdentifier(name, nameof(name));
        _name = name;
    }

    /// <summary>Adds the key column.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="type">Int32, Int64, Text or Guid.</param>
    /// <param name="assigned">Whether an integer key of 0 is replaced by the next free one on insert.</param>
    /// <exception cref="ArgumentException">There is a key already, the name is taken, or the type cannot be a key.</exception>
    public TableDefinitionBuilder Key(string name, ColumnType type, bool assigned = true)
    {
        if (_keyColumn >= 0)
        {
            throw new ArgumentException($"Table '{_name}' has the key '{_columns[_keyColumn].Name}' already; '{name}' would be a second.", nameof(name));
        }

        if (type is not (ColumnType.Int32 or ColumnType.Int64 or ColumnType.Text or ColumnType.Guid))
        {
            throw new ArgumentException($"Column '{name}' of type {type} cannot be the key of table '{_name}'. Keys are Int32, Int64, Text or Guid.", nameof(type));
        }

        _keyColumn = _columns.Count;
        _assignsKeys = assigned && type is ColumnType.Int32 or ColumnType.Int64;
        return Add(new ColumnShape(0, name, type, IsArray: false, IsNullable: false, IsIndexed: false, Vector: null));
    }

    /// <summary>Adds a scalar or list column.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="type">What a value, or an element of the list, is; not a vector.</param>
    /// <param name="nullable">Whether a row may have no value.</param>
    /// <param name="list">Whether a value is a list.</param>
    /// <param name="indexed">Whether filters on it are expected.</param>
    /// <exception cref="ArgumentException">The name is taken or the type is a vector.</exception>
    public TableDefinitionBuilder Column(string name, ColumnType type, bool nullable = false, bool list = false, bool indexed = false)
    {
        if (!Enum.IsDefined(type) || type is ColumnType.Vector or ColumnType.HalfVector)
        {
            throw new ArgumentException($"Column '{name}' of table '{_name}' cannot have type {type}; vectors are added with Vector().", nameof(type));
        }

        return Add(new ColumnShape(0, name, type, list, nullable, indexed, Vector: null));
    }

    /// <summary>Adds a vector column.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="settings">Dimensions, metric and index; the attribute's own meaning.</param>
    /// <param name="nullable">Whether a row may have no vector.</param>
    /// <param name="half">Whether elements are <see cref="Half"/> rather than <see cref="float"/>.</param>
    /// <exception cref="ArgumentException">The name is taken or a setting is out of its range.</exception>
    public TableDefinitionBuilder Vector(string name, VectorColumnAttribute settings, bool nullable = false, bool half = false)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RequireRange(name, "dimensions", settings.Dimensions, 1, VectorShape.MaxDimensions);
        RequireRange(name, "M", settings.M, 2, 128);
        RequireRange(name, "EfConstruction", settings.EfConstruction, settings.M, 10_000);
        RequireRange(name, "EfSearch", settings.EfSearch, 1, 100_000);
        if (!Enum.IsDefined(settings.Metric) || !Enum.IsDefined(settings.Index) || !Enum.IsDefined(settings.Quantization))
        {
            throw new ArgumentException($"Vector column '{name}' of table '{_name}' has an undefined metric, index or quantization.", nameof(settings));
        }

        VectorShape vector = new(settings.Dimensions, settings.Metric, settings.Index, settings.M, settings.EfConstruction, settings.EfSearch, settings.Quantization);
        return Add(new ColumnShape(0, name, half ? ColumnType.HalfVector : ColumnType.Vector, IsArray: false, nullable, IsIndexed: false, vector));
    }

    /// <summary>Gives a column that takes no null a default: what rows read as that were written before the column was added, and what a row is given that is written without a value.</summary>
    /// <param name="column">The column, added before.</param>
    /// <param name="value">The value, of the column's type.</param>
    /// <exception cref="ArgumentException">There is no such column, it is a key, a list, a vector or nullable, or the value is not of its type.</exception>
    public TableDefinitionBuilder Default(string column, object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        int place = Require(column);
        ColumnShape shape = _columns[place];
        if (place == _keyColumn || shape.IsArray || shape.IsNullable || shape.Vector is not null)
        {
            throw new ArgumentException($"Column '{shape.Name}' of table '{_name}' has no use for a default: keys and vectors have none, lists begin empty, and what may be null begins as null.", nameof(column));
        }

        _columns[place] = shape with { Default = new ConstantCell(ScalarCodec.EncodeObject(shape.Type, value)) };
        return this;
    }

    /// <summary>Says that a column was stored under another name, so that its values are found under the present one.</summary>
    /// <param name="column">The column, added before.</param>
    /// <param name="formerName">The name it had; several calls name several.</param>
    /// <exception cref="ArgumentException">There is no such column, or the former name is none, the present one, or named already.</exception>
    public TableDefinitionBuilder FormerName(string column, string formerName)
    {
        ColumnShape shape = _columns[Require(column)];
        return AddFormerName(formerName, shape.Name, shape.Name);
    }

    /// <summary>Says that the table was stored under another name, so that its rows are found under the present one.</summary>
    /// <param name="formerName">The name it had; several calls name several.</param>
    /// <exception cref="ArgumentException">The former name is none, the present one, or named already.</exception>
    public TableDefinitionBuilder FormerTableName(string formerName) => AddFormerName(formerName, column: null, _name);

    /// <summary>Finishes the definition.</summary>
    /// <exception cref="InvalidOperationException">There is no key column.</exception>
    public TableDefinition Build()
    {
        if (_keyColumn < 0)
        {
            throw new InvalidOperationException($"Table '{_name}' has no key. Add one with Key().");
        }

        return new TableDefinition(new TableShape(_name, [.. _columns], _keyColumn, _assignsKeys) { FormerNames = [.. _formerNames] });
    }

    private TableDefinitionBuilder AddFormerName(string formerName, string? column, string present)
    {
        RequireIdentifier(formerName, nameof(formerName));
        if (string.Equals(formerName, present, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"'{formerName}' is the present name; a former name is another.", nameof(formerName));
        }

        if (_formerNames.Find(other => other.Column is null == column is null && string.Equals(other.Name, formerName, StringComparison.OrdinalIgnoreCase)) is { } taken)
        {
            throw new ArgumentException($"Table '{_name}' names '{formerName}' as a former name {(taken.Column is null ? "already" : $"of column '{taken.Column}' already")}.", nameof(formerName));
        }

        _formerNames.Add(new FormerName(formerName, column));
        return this;
    }

    private int Require(string column)
    {
        ArgumentNullException.ThrowIfNull(column);
        int place = _columns.FindIndex(other => string.Equals(other.Name, column, StringComparison.OrdinalIgnoreCase));
        return place >= 0 ? place : throw new ArgumentException($"Table '{_name}' has no column '{column}' yet. Add it first.", nameof(column));
    }

    private TableDefinitionBuilder Add(ColumnShape column)
    {
        RequireIdentifier(column.Name, "name");
        if (_columns.Any(other => string.Equals(other.Name, column.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new ArgumentException($"Table '{_name}' has two columns named '{column.Name}'.", nameof(column));
        }

        // Provisional: the catalog's own ids win when the table is opened.
        _columns.Add(column with { Id = _columns.Count + 1 });
        return this;
    }

    private void RequireRange(string column, string setting, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            throw new ArgumentException($"Vector column '{column}' of table '{_name}' has {setting} = {value}; it must be from {least} to {most}.", setting);
        }
    }

    internal static void RequireIdentifier(string name, string parameter)
    {
        bool valid = name is { Length: > 0 and <= 128 } && !char.IsAsciiDigit(name[0])
            && name.All(c => char.IsLetterOrDigit(c) || c == '_');
        if (!valid)
        {
            throw new ArgumentException($"'{name}' is not a name: use letters, digits and underscores, not starting with a digit, up to 128 characters.", parameter);
        }
    }
}
