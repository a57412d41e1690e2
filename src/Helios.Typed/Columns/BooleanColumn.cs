using System.ComponentModel;
using System.Runtime.CompilerServices;
using Helios.Typed.Sql.Ast;

namespace Helios.Typed;

/// <summary>Is a column of <see cref="bool"/> that takes no null: a predicate by itself, as in <c>Where(a =&gt; a.InStock)</c>.</summary>
public sealed class BooleanColumn : Predicate, ISortableColumn
{
    private const string NeverNull = "This column takes no null, so comparing it with null would be the same for every row.";

    /// <summary>Names a column.</summary>
    /// <param name="name">The column's name.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public BooleanColumn(string name)
        : base(new ColumnReference(null, name))
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Matches rows that have a value.</summary>
    /// <param name="column">The column.</param>
    /// <param name="value">The value.</param>
    [OverloadResolutionPriority(2)]
    public static Predicate operator ==(BooleanColumn column, bool value)
    {
        ArgumentNullException.ThrowIfNull(column);
        return value ? column : !column;
    }

    /// <summary>Matches rows that do not have a value.</summary>
    /// <param name="column">The column.</param>
    /// <param name="value">The value.</param>
    [OverloadResolutionPriority(2)]
    public static Predicate operator !=(BooleanColumn column, bool value) => column == !value;

    /// <summary>Matches rows that have a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="column">The column.</param>
    [OverloadResolutionPriority(2)]
    public static Predicate operator ==(bool value, BooleanColumn column) => column == value;

    /// <summary>Matches rows that do not have a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="column">The column.</param>
    [OverloadResolutionPriority(2)]
    public static Predicate operator !=(bool value, BooleanColumn column) => column == !value;

    /// <summary>Matches rows that have the same value in two columns.</summary>
    /// <param name="left">One column.</param>
    /// <param name="right">The other.</param>
    public static Predicate operator ==(BooleanColumn left, BooleanColumn right) => Compare(left, BinaryOperator.IsNotDistinctFrom, right);

    /// <summary>Matches rows that have different values in two columns.</summary>
    /// <param name="left">One column.</param>
    /// <param name="right">The other.</param>
    public static Predicate operator !=(BooleanColumn left, BooleanColumn right) => Compare(left, BinaryOperator.IsDistinctFrom, right);

    /// <summary>Refuses, at compile time, to compare a column that takes no null with null.</summary>
    /// <param name="column">The column.</param>
    /// <param name="value">Null.</param>
    [Obsolete(NeverNull, error: true)]
    [OverloadResolutionPriority(1)]
    public static Predicate operator ==(BooleanColumn column, DBNull? value) => throw new NotSupportedException(NeverNull);

    /// <summary>Refuses, at compile time, to compare a column that takes no null with null.</summary>
    /// <param name="column">The column.</param>
    /// <param name="value">Null.</param>
    [Obsolete(NeverNull, error: true)]
    [OverloadResolutionPriority(1)]
    public static Predicate operator !=(BooleanColumn column, DBNull? value) => throw new NotSupportedException(NeverNull);

    /// <summary>Matches rows whose value is one of several; none match an empty list.</summary>
    /// <param name="values">What the value may be.</param>
    public Predicate In(params ReadOnlySpan<bool> values)
    {
        bool matchesTrue = values.Contains(true);
        bool matchesFalse = values.Contains(false);
        return matchesTrue && matchesFalse ? new Predicate(Literal.True)
            : matchesTrue ? this
            : matchesFalse ? !this
            : new Predicate(Literal.False);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    private static Predicate Compare(BooleanColumn left, BinaryOperator operation, BooleanColumn right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new Predicate(new BinaryExpression(operation, left.Expression, right.Expression));
    }
}
