using System.ComponentModel;
using Helios.Typed.Records;

namespace Helios.Typed;

/// <summary>Gives the values of one stored row to generated code.</summary>
/// <remarks>Columns are named by their place in the <see cref="TableDefinition"/>.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct RowReader
{
    private readonly RowDecoder _decoder;

    internal RowReader(RowDecoder decoder) => _decoder = decoder;

    /// <summary>Reads the key: <see cref="int"/>, <see cref="long"/>, <see cref="string"/> or <see cref="Guid"/>.</summary>
    /// <typeparam name="T">The key's type.</typeparam>
    public T ReadKey<T>() => _decoder.ReadKey<T>();

    /// <summary>Says whether the row has no value in a column.</summary>
    /// <param name="column">The column's place.</param>
    public bool IsNull(int column) => _decoder.IsNull(column);

    /// <summary>Reads a scalar; a column the row was written without gives its default, or the type's where it may be null.</summary>
    /// <typeparam name="T">The CLR type of the column, without its nullability.</typeparam>
    /// <param name="column">The column's place.</param>
    public T Read<T>(int column) => _decoder.ReadScalar<T>(column);

    /// <summary>Reads a list of scalars; a missing one is empty.</summary>
    /// <typeparam name="T">The CLR type of an element, which may be nullable.</typeparam>
    /// <param name="column">The column's place.</param>
    public T[] ReadArray<T>(int column) => _decoder.ReadArray<T>(column);

    /// <summary>Reads a list of scalars as a <see cref="List{T}"/>; a missing one is empty.</summary>
    /// <typeparam name="T">The CLR type of an element, which may be nullable.</typeparam>
    /// <param name="column">The column's place.</param>
    public List<T> ReadList<T>(int column) => [.. _decoder.ReadArray<T>(column)];

    /// <summary>Reads a vector, bit for bit as it was written, into an array of the caller's own.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="Half"/>.</typeparam>
    /// <param name="column">The column's place.</param>
    public T[] ReadVector<T>(int column)
        where T : unmanaged => _decoder.ReadVector<T>(column);
}
