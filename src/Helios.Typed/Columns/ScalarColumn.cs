using System.ComponentModel;

namespace Helios.Typed;

/// <summary>Is a column of scalars; its operators give predicates.</summary>
/// <typeparam name="T">The CLR type of a value: nullable where the column is.</typeparam>
public class Column<T> : Column, ISortableColumn
{
    /// <summary>Names a column.</summary>
    /// <param name="name">The column's name.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Column(string name)
        : base(name)
    {
    }

    /// <summary>Matches rows whose value equals another; null equals null.</summary>
    /// <param name="column">The column.</param>
    /// <param name="value">The value.</param>
    public static Predicate operator ==(Column<T> column, T value) => throw new NotSupportedException();

    /// <summary>Matches rows whose value differs from another; null differs from every value.</summary>
    /// <param name="column">The column.</param>
    /// <param name="value">The value.</param>
    public static Predicate operator !=(Column<T> column, T value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}
