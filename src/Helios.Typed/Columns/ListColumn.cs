using System.ComponentModel;
using Helios.Typed.Sql.Ast;

namespace Helios.Typed;

/// <summary>Is a column of lists.</summary>
/// <remarks>A row without a list matches none of these; nulls within a list match nothing.</remarks>
/// <typeparam name="T">The CLR type of an element.</typeparam>
public sealed class ListColumn<T> : Column
{
    /// <summary>Names a column.</summary>
    /// <param name="name">The column's name.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ListColumn(string name)
        : base(name)
    {
    }

    /// <summary>Matches rows whose list has an element.</summary>
    /// <param name="value">The element, not null.</param>
    public Predicate Contains(T value) => ContainsAll([value]);

    /// <summary>Matches rows whose list has an element in common with another; none match an empty one.</summary>
    /// <param name="values">The other list, without nulls.</param>
    public Predicate Overlaps(params ReadOnlySpan<T> values) => Match(BinaryOperator.Overlaps, values, Literal.False);

    /// <summary>Matches rows whose list has an element in common with another; none match an empty one.</summary>
    /// <param name="values">The other list, without nulls; read once, now.</param>
    public Predicate Overlaps(IEnumerable<T> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        T[] copy = [.. values];
        return Overlaps(copy.AsSpan());
    }

    /// <summary>Matches rows whose list has every element of another; every list matches an empty one.</summary>
    /// <param name="values">The other list, without nulls.</param>
    public Predicate ContainsAll(params ReadOnlySpan<T> values) =>
        Match(BinaryOperator.ContainsAll, values, new NullTest(Reference, IsNegated: true));

    /// <summary>Matches rows whose list has every element of another; every list matches an empty one.</summary>
    /// <param name="values">The other list, without nulls; read once, now.</param>
    public Predicate ContainsAll(IEnumerable<T> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        T[] copy = [.. values];
        return ContainsAll(copy.AsSpan());
    }

    /// <summary>Matches rows whose list has no elements.</summary>
    public Predicate IsEmpty() => new(new BinaryExpression(
        BinaryOperator.Equal,
        new FunctionCall("cardinality", new NodeList<Expression>(Reference)),
        Literal.Of(ColumnType.Int32, 0)));

    private Predicate Match(BinaryOperator operation, ReadOnlySpan<T> values, Expression ifEmpty)
    {
        if (values.IsEmpty)
        {
            return new Predicate(ifEmpty);
        }

        Expression[] elements = ColumnLiteral.OfElements(Name, values);
        ColumnType type = ((Literal)elements[0]).Type!.Value;
        return new Predicate(new BinaryExpression(operation, Reference, new ArrayLiteral(type, new NodeList<Expression>(elements))));
    }
}
