using System.ComponentModel;
using Helios.Typed.Records;

namespace Helios.Typed;

/// <summary>Takes the values of one row from generated code.</summary>
/// <remarks>
/// Columns are named by their place in the <see cref="TableDefinition"/>. A column that is not written is null. The key is
/// never written here. Validation (dimension, finite elements, zero vector under cosine, kind of a DateTime, null in a
/// column that takes none) happens on the way, and errors name the column.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct RowWriter
{
    private readonly RowEncoder _encoder;

    internal RowWriter(RowEncoder encoder) => _encoder = encoder;

    /// <summary>Writes a scalar: any CLR type that <see cref="ColumnType"/> lists, or an enum.</summary>
    /// <typeparam name="T">The CLR type of the column, without its nullability.</typeparam>
    /// <param name="column">The column's place.</param>
    /// <param name="value">The value.</param>
    public void Write<T>(int column, T value) => _encoder.WriteScalar(column, value);

    /// <summary>Writes a list of scalars.</summary>
    /// <typeparam name="T">The CLR type of an element, which may be nullable.</typeparam>
    /// <param name="column">The column's place.</param>
    /// <param name="values">The elements.</param>
    public void WriteList<T>(int column, IReadOnlyList<T> values) => _encoder.WriteList(column, values);

    /// <summary>Writes a vector.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="Half"/>.</typeparam>
    /// <param name="column">The column's place.</param>
    /// <param name="vector">The elements, of shape [dimensions].</param>
    public void WriteVector<T>(int column, ReadOnlyMemory<T> vector)
        where T : unmanaged => _encoder.WriteVector(column, vector.Span);
}
