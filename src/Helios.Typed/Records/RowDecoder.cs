using Helios.Typed.Schema;

namespace Helios.Typed.Records;

/// <summary>Reads the values of one stored row by their declared place.</summary>
/// <remarks>Holds what it reads from; valid while the snapshot it came from is pinned.</remarks>
/// <param name="schema">The table.</param>
/// <param name="key">The row's key.</param>
/// <param name="row">The row's blob.</param>
/// <param name="vectors">The row's vectors.</param>
/// <param name="place">Where the row came from, for errors.</param>
internal sealed class RowDecoder(TableSchema schema, HeliosKey key, ReadOnlyMemory<byte> row, IRowVectors vectors, RowPlace place = default)
{
    /// <summary>Gets the row's key.</summary>
    public HeliosKey Key => key;

    /// <summary>Gets the row's table.</summary>
    public TableSchema Schema => schema;

    /// <summary>Reads the key as a CLR type.</summary>
    public T ReadKey<T>() =>
        typeof(T) == typeof(int) ? (T)(object)key.ToInt32()
        : typeof(T) == typeof(long) ? (T)(object)key.ToInt64()
        : typeof(T) == typeof(Guid) ? (T)(object)key.ToGuid()
        : (T)(object)key.ToText();

    /// <summary>Says whether the row has no value in a column.</summary>
    public bool IsNull(int column)
    {
        int vectorIndex = schema.VectorIndexAt(column);
        if (vectorIndex >= 0)
        {
            return !vectors.Has(vectorIndex);
        }

        try
        {
            return !TryGetCell(schema.StoredAt(column), out _);
        }
        catch (InvalidDataException error)
        {
            throw Malformed(column, error);
        }
    }

    /// <summary>Reads a scalar, or its type's default where the row has none (an empty string or byte string).</summary>
    /// <exception cref="HeliosException">The row has none, and the column takes no null.</exception>
    public T ReadScalar<T>(int column)
    {
        try
        {
            return TryGetCell(schema.StoredAt(column), out ReadOnlySpan<byte> cell) ? ScalarCodec.Read<T>(cell)
                : !schema.Declared.Columns[column].IsNullable ? throw NoValue(column)
                : typeof(T) == typeof(string) ? (T)(object)string.Empty
                : typeof(T) == typeof(byte[]) ? (T)(object)Array.Empty<byte>()
                : default!;
        }
        catch (InvalidDataException error)
        {
            throw Malformed(column, error);
        }
    }

    /// <summary>Reads a list; a missing one is empty.</summary>
    public T[] ReadArray<T>(int column)
    {
        ColumnShape shape = schema.StoredAt(column);
        try
        {
            return new RowView(row.Span).TryGetCell(shape.Id, out ReadOnlySpan<byte> cell) ? ListCells.Read<T>(shape.Type, cell) : [];
        }
        catch (InvalidDataException error)
        {
            throw Malformed(column, error);
        }
    }

    /// <summary>Reads a boxed scalar, or null where the row has none.</summary>
    public object? ReadObject(int column)
    {
        ColumnShape shape = schema.StoredAt(column);
        try
        {
            return TryGetCell(shape, out ReadOnlySpan<byte> cell) ? ScalarCodec.DecodeObject(shape.Type, cell) : null;
        }
        catch (InvalidDataException error)
        {
            throw Malformed(column, error);
        }
    }

    /// <summary>Reads a vector into a new array; a missing one is empty.</summary>
    public T[] ReadVector<T>(int column)
        where T : unmanaged
    {
        ColumnType asked = typeof(T) == typeof(Half) ? ColumnType.HalfVector : ColumnType.Vector;
        ColumnShape shape = schema.StoredAt(column);
        if (shape.Type != asked)
        {
            throw new InvalidOperationException($"Column '{shape.Name}' of table '{schema.Stored.Name}' is a {shape.Type} and cannot be read as {asked}.");
        }

        return vectors.TryRead(schema.VectorIndexAt(column), out T[] vector) || schema.Declared.Columns[column].IsNullable
            ? vector
            : throw NoValue(column);
    }

    private bool TryGetCell(ColumnShape column, out ReadOnlySpan<byte> cell) =>
        new RowView(row.Span).TryGetCell(column.Id, out cell) || schema.TryGetMissing(column.Id, out cell);

    // Only code that does not know the column writes such a row; giving a value that nobody stored would be a lie.
    private HeliosException NoValue(int column)
    {
        string name = schema.StoredAt(column).Name;
        return new HeliosException(
            $"Row {key} of table '{schema.Stored.Name}' has no value in column '{name}', which takes no null: code that does not declare '{name}' wrote it. Declare the column nullable, or write the row anew.");
    }

    private HeliosException Malformed(int column, InvalidDataException error) =>
        place.Damaged($"Column '{schema.StoredAt(column).Name}' of row {key} of table '{schema.Stored.Name}'", error);
}
