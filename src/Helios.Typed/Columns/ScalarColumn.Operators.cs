using System.Runtime.CompilerServices;
using Helios.Typed.Sql.Ast;

namespace Helios.Typed;

/// <summary>Compares the column with values and with other columns.</summary>
/// <remarks>
/// A null literal would fit two overloads: it is a value where <typeparamref name="T"/> takes null (the higher priority), and
/// an error with a message where it does not, since every class, a column too, can be null to the compiler.
/// </remarks>
public partial class ScalarColumn<T>
{
    private const string NeverNull = "This column takes no null, so comparing it with null would be the same for every row.";

    /// <summary>Matches rows whose value equals another; null equals null.</summary>
    /// <param name="column">The column.</param>
    /// <param name="value">The other value.</param>
    [OverloadResolutionPriority(2)]
    public static Predicate operator ==(ScalarColumn<T> column, T value) => Compare(column, BinaryOperator.IsNotDistinctFrom, value);

    /// <summary>Matches rows where a value equals the column's; null equals null.</summary>
    /// <param name="value">The value.</param>
    /// <param name="column">The column.</param>
    [OverloadResolutionPriority(2)]
    public static Predicate operator ==(T value, ScalarColumn<T> column) => Compare(column, BinaryOperator.IsNotDistinctFrom, value);

    /// <summary>Matches rows whose value equals that of another column; null equals null.</summary>
    /// <param name="left">The column.</param>
    /// <param name="right">The other column.</param>
    public static Predicate operator ==(ScalarColumn<T> left, ScalarColumn<T> right) => Compare(left, BinaryOperator.IsNotDistinctFrom, right);

    /// <summary>Matches rows whose value differs from another; null differs from every value, and not from null.</summary>
    /// <param name="column">The column.</param>
    /// <param name="value">The other value.</param>
    [OverloadResolutionPriority(2)]
    public static Predicate operator !=(ScalarColumn<T> column, T value) => Compare(column, BinaryOperator.IsDistinctFrom, value);

    /// <summary>Matches rows where a value differs from the column's; null differs from every value, and not from null.</summary>
    /// <param name="value">The value.</param>
    /// <param name="column">The column.</param>
    [OverloadResolutionPriority(2)]
    public static Predicate operator !=(T value, ScalarColumn<T> column) => Compare(column, BinaryOperator.IsDistinctFrom, value);

    /// <summary>Matches rows whose value differs from that of another column; null differs from every value, and not from null.</summary>
    /// <param name="left">The column.</param>
    /// <param name="right">The other column.</param>
    public static Predicate operator !=(ScalarColumn<T> left, ScalarColumn<T> right) => Compare(left, BinaryOperator.IsDistinctFrom, right);

    /// <summary>Matches rows whose value is below another; null is not.</summary>
    /// <param name="column">The column.</param>
    /// <param name="value">The other value.</param>
    [OverloadResolutionPriority(2)]
    public static Predicate operator <(ScalarColumn<T> column, T value) => Compare(column, BinaryOperator.Less, value);

    /// <summary>Matches rows where a value is below the column's; null is not.</summary>
    /// <param name="value">The value.</param>
    /// <param name="column">The column.</param>
    [OverloadResolutionPriority(2)]
    public static Predicate operator <(T value, ScalarColumn<T> column) => Compare(column, BinaryOperator.Greater, value);

    /// <summary>Matches rows whose value is below that of another column; null is not.</summary>
    /// <param name="left">The column.</param>
    /// <param name="right">The other column.</param>
    public static Predicate operator <(ScalarColumn<T> left, ScalarColumn<T> right) => Compare(left, BinaryOperator.Less, right);

    /// <summary>Matches rows whose value is another or below; null is not.</summary>
    /// <param name="column">The column.</param>
    /// <param name="value">The other value.</param>
    [OverloadResolutionPriority(2)]
    public static Predicate operator <=(ScalarColumn<T> column, T value) => Compare(column, BinaryOperator.LessOrEqual, value);

    /// <summary>Matches rows where a value is the column's or below; null is not.</summary>
    /// <param name="value">The value.</param>
    /// <param name="column">The column.</param>
    [OverloadResolutionPriority(2)]
    public static Predicate operator <=(T value, ScalarColumn<T> column) => Compare(column, BinaryOperator.GreaterOrEqual, value);

    /// <summary>Matches rows whose value is that of another column or below; null is not.</summary>
    /// <param name="left">The column.</param>
    /// <param name="right">The other column.</param>
    public static Predicate operator <=(ScalarColumn<T> left, ScalarColumn<T> right) => Compare(left, BinaryOperator.LessOrEqual, right);

    /// <summary>Matches rows whose value is above another; null is not.</summary>
    /// <param name="column">The column.</param>
    /// <param name="value">The other value.</param>
    [OverloadResolutionPriority(2)]
    public static Predicate operator >(ScalarColumn<T> column, T value) => Compare(column, BinaryOperator.Greater, value);

    /// <summary>Matches rows where a value is above the column's; null is not.</summary>
    /// <param name="value">The value.</param>
    /// <param name="column">The column.</param>
    [OverloadResolutionPriority(2)]
    public static Predicate operator >(T value, ScalarColumn<T> column) => Compare(column, BinaryOperator.Less, value);

    /// <summary>Matches rows whose value is above that of another column; null is not.</summary>
    /// <param name="left">The column.</param>
    /// <param name="right">The other column.</param>
    public static Predicate operator >(ScalarColumn<T> left, ScalarColumn<T> right) => Compare(left, BinaryOperator.Greater, right);

    /// <summary>Matches rows whose value is another or above; null is not.</summary>
    /// <param name="column">The column.</param>
    /// <param name="value">The other value.</param>
    [OverloadResolutionPriority(2)]
    public static Predicate operator >=(ScalarColumn<T> column, T value) => Compare(column, BinaryOperator.GreaterOrEqual, value);

    /// <summary>Matches rows where a value is the column's or above; null is not.</summary>
    /// <param name="value">The value.</param>
    /// <param name="column">The column.</param>
    [OverloadResolutionPriority(2)]
    public static Predicate operator >=(T value, ScalarColumn<T> column) => Compare(column, BinaryOperator.LessOrEqual, value);

    /// <summary>Matches rows whose value is that of another column or above; null is not.</summary>
    /// <param name="left">The column.</param>
    /// <param name="right">The other column.</param>
    public static Predicate operator >=(ScalarColumn<T> left, ScalarColumn<T> right) => Compare(left, BinaryOperator.GreaterOrEqual, right);

    /// <summary>Refuses, at compile time, to compare a column that takes no null with null.</summary>
    /// <param name="column">The column.</param>
    /// <param name="value">Null.</param>
    [Obsolete(NeverNull, error: true)]
    [OverloadResolutionPriority(1)]
    public static Predicate operator ==(ScalarColumn<T> column, DBNull? value) => throw new NotSupportedException(NeverNull);

    /// <summary>Refuses, at compile time, to compare a column that takes no null with null.</summary>
    /// <param name="value">Null.</param>
    /// <param name="column">The column.</param>
    [Obsolete(NeverNull, error: true)]
    [OverloadResolutionPriority(1)]
    public static Predicate operator ==(DBNull? value, ScalarColumn<T> column) => throw new NotSupportedException(NeverNull);

    /// <summary>Refuses, at compile time, to compare a column that takes no null with null.</summary>
    /// <param name="column">The column.</param>
    /// <param name="value">Null.</param>
    [Obsolete(NeverNull, error: true)]
    [OverloadResolutionPriority(1)]
    public static Predicate operator !=(ScalarColumn<T> column, DBNull? value) => throw new NotSupportedException(NeverNull);

    /// <summary>Refuses, at compile time, to compare a column that takes no null with null.</summary>
    /// <param name="value">Null.</param>
    /// <param name="column">The column.</param>
    [Obsolete(NeverNull, error: true)]
    [OverloadResolutionPriority(1)]
    public static Predicate operator !=(DBNull? value, ScalarColumn<T> column) => throw new NotSupportedException(NeverNull);

    private static Predicate Compare(ScalarColumn<T> column, BinaryOperator operation, T value)
    {
        ArgumentNullException.ThrowIfNull(column);
        return new Predicate(new BinaryExpression(operation, column.Reference, ColumnLiteral.Of(column.Name, value)));
    }

    private static Predicate Compare(ScalarColumn<T> left, BinaryOperator operation, ScalarColumn<T> right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new Predicate(new BinaryExpression(operation, left.Reference, right.Reference));
    }
}
