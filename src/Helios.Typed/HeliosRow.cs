using System.Collections;
using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed;

/// <summary>Is a row of a table that was defined at run time: values by column name.</summary>
/// <remarks>
/// A column that was never set is null. Values have the CLR type that <see cref="ColumnType"/> names; a vector is given as
/// <c>float[]</c> or <c>ReadOnlyMemory&lt;float&gt;</c> (or of <see cref="Half"/>) and read back as an array, a list is
/// given as any <see cref="IEnumerable"/> and read back as <c>IReadOnlyList&lt;object?&gt;</c>. Not thread-safe.
/// </remarks>
public sealed class HeliosRow
{
    private readonly object?[] _values;

    /// <summary>Makes a row without values.</summary>
    /// <param name="definition">The table.</param>
    public HeliosRow(TableDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        Definition = definition;
        _values = new object?[definition.Shape.Columns.Count];
    }

    /// <summary>Gets the table.</summary>
    public TableDefinition Definition { get; }

    /// <summary>Gets or sets the value of a column.</summary>
    /// <param name="column">The column's name, matched without regard to case.</param>
    /// <exception cref="ArgumentException">The table has no such column.</exception>
    public object? this[string column]
    {
        get => _values[PlaceOf(column)];
        set => _values[PlaceOf(column)] = value;
    }

    /// <summary>Gets the row's key; an integer key that was never set is 0, which an insert replaces.</summary>
    /// <exception cref="ArgumentException">The key's value is not of the key's type.</exception>
    public HeliosKey Key => KeyOf(Definition.Shape.Key, _values[Definition.Shape.KeyColumn]);

    /// <summary>Reads the value of a column.</summary>
    /// <typeparam name="T">Its CLR type; nullable where the column is.</typeparam>
    /// <param name="column">The column's name.</param>
    /// <exception cref="ArgumentException">The table has no such column.</exception>
    /// <exception cref="InvalidCastException">The value is of another type, or null where <typeparamref name="T"/> takes none.</exception>
    public T Get<T>(string column) => _values[PlaceOf(column)] switch
    {
        T value => value,
        null when default(T) is null => default!,
        null => throw new InvalidCastException($"Column '{column}' of table '{Definition.Name}' is null and cannot be read as {typeof(T)}."),
        { } other => throw new InvalidCastException($"Column '{column}' of table '{Definition.Name}' holds a {other.GetType()} and cannot be read as {typeof(T)}."),
    };

    /// <summary>Writes every column but the key.</summary>
    internal void Write(RowEncoder encoder)
    {
        TableShape shape = Definition.Shape;
        for (int place = 0; place < _values.Length; place++)
        {
            if (place != shape.KeyColumn && _values[place] is { } value)
            {
                Write(encoder, shape.Columns[place], place, value);
            }
        }
    }

    /// <summary>Makes a row of a stored one.</summary>
    internal static HeliosRow Read(TableDefinition definition, RowDecoder decoder)
    {
        HeliosRow row = new(definition);
        TableShape shape = definition.Shape;
        for (int place = 0; place < row._values.Length; place++)
        {
            row._values[place] = place == shape.KeyColumn ? ValueOf(decoder.Key) : Read(decoder, shape.Columns[place], place);
        }

        return row;
    }

    private static object? Read(RowDecoder decoder, ColumnShape column, int place) =>
        decoder.IsNull(place) ? null
        : column.Type == ColumnType.Vector ? decoder.ReadVector<float>(place)
        : column.Type == ColumnType.HalfVector ? decoder.ReadVector<Half>(place)
        : column.IsArray ? decoder.ReadArray<object?>(place)
        : decoder.ReadObject(place);

    private void Write(RowEncoder encoder, ColumnShape column, int place, object value)
    {
        switch (column.Type)
        {
            case ColumnType.Vector:
                encoder.WriteVector<float>(place, Elements<float>(column, value).Span);
                break;
            case ColumnType.HalfVector:
                encoder.WriteVector<Half>(place, Elements<Half>(column, value).Span);
                break;
            case var _ when column.IsArray:
                encoder.WriteList<object?>(place, ListOf(column, value));
                break;
            default:
                encoder.WriteObject(place, value);
                break;
        }
    }

    private ReadOnlyMemory<T> Elements<T>(ColumnShape column, object value) => value switch
    {
        T[] array => array,
        ReadOnlyMemory<T> memory => memory,
        Memory<T> memory => memory,
        _ => throw new ArgumentException($"Column '{column.Name}' of table '{Definition.Name}' holds vectors of {typeof(T).Name}, and a {value.GetType()} was given.", column.Name),
    };

    private object?[] ListOf(ColumnShape column, object value) => value is IEnumerable list and not string
        ? [.. list.Cast<object?>()]
        : throw new ArgumentException($"Column '{column.Name}' of table '{Definition.Name}' holds lists, and a {value.GetType()} was given.", column.Name);

    private static object ValueOf(HeliosKey key) => key.Type switch
    {
        ColumnType.Int32 => key.ToInt32(),
        ColumnType.Int64 => key.ToInt64(),
        ColumnType.Guid => key.ToGuid(),
        _ => key.ToText(),
    };

    private HeliosKey KeyOf(ColumnShape column, object? value) => (column.Type, value) switch
    {
        (ColumnType.Int32, null) => HeliosKey.Create(0),
        (ColumnType.Int64, null) => HeliosKey.Create(0L),
        (ColumnType.Int32, int key) => HeliosKey.Create(key),
        (ColumnType.Int64, long key) => HeliosKey.Create(key),
        (ColumnType.Int64, int key) => HeliosKey.Create((long)key),
        (ColumnType.Guid, Guid key) => HeliosKey.Create(key),
        (ColumnType.Text, string key) => HeliosKey.Create(key),
        _ => throw new ArgumentException($"The key of table '{Definition.Name}' (column '{column.Name}') is of type {column.Type}, and {(value is null ? "no value" : $"a {value.GetType()}")} was given.", column.Name),
    };

    private int PlaceOf(string column)
    {
        ArgumentNullException.ThrowIfNull(column);
        int place = Definition.Shape.IndexOf(column);
        return place >= 0
            ? place
            : throw new ArgumentException($"Table '{Definition.Name}' has no column '{column}'; it has {string.Join(", ", Definition.Shape.Columns.Select(c => c.Name))}.", nameof(column));
    }
}
