using System.ComponentModel;
using Helios.Typed.Sql.Ast;

namespace Helios.Typed;

/// <summary>Is a column of scalars; its operators give predicates.</summary>
/// <remarks>
/// Values compare as C# compares them, with these points settled: text and byte strings by their bytes, a
/// <see cref="DateTime"/> by its ticks, a <see cref="DateTimeOffset"/> by its instant, an enum by its number, and NaN equals
/// itself and is above every other number, as in PostgreSQL.
/// </remarks>
/// <typeparam name="T">The CLR type of a value: nullable where the column is.</typeparam>
public abstract partial class ScalarColumn<T> : Column, ISortableColumn
{
    private protected ScalarColumn(string name)
        : base(name)
    {
    }

    /// <summary>Matches rows whose value is one of several; none match an empty list.</summary>
    /// <param name="values">What the value may be; a null among them matches rows without a value.</param>
    public Predicate In(params ReadOnlySpan<T> values)
    {
        List<Expression> literals = new(values.Length);
        bool matchesNull = false;
        foreach (T value in values)
        {
            if (value is null)
            {
                matchesNull = true;
            }
            else
            {
                literals.Add(ColumnLiteral.Of(Name, value));
            }
        }

        Expression isListed = literals.Count == 0 ? Literal.False : new InList(Reference, new NodeList<Expression>([.. literals]), IsNegated: false);
        return new Predicate(matchesNull ? LogicalExpression.Or(isListed, new NullTest(Reference, IsNegated: false)) : isListed);
    }

    /// <summary>Matches rows whose value is one of several; none match an empty list.</summary>
    /// <param name="values">What the value may be, read once, now; a null among them matches rows without a value.</param>
    public Predicate In(IEnumerable<T> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        T[] copy = [.. values];
        return In(copy.AsSpan());
    }

    /// <summary>Matches rows whose value lies between two others, both included; null does not.</summary>
    /// <param name="low">The lowest value that matches.</param>
    /// <param name="high">The highest value that matches; none match if it is below <paramref name="low"/>.</param>
    public Predicate Between(T low, T high) =>
        new(new BetweenExpression(Reference, ColumnLiteral.Of(Name, low), ColumnLiteral.Of(Name, high), IsNegated: false));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}

/// <summary>Is a column of scalars that are neither text, nor byte strings, nor booleans that take no null.</summary>
/// <typeparam name="T">The CLR type of a value: nullable where the column is.</typeparam>
public sealed class Column<T> : ScalarColumn<T>
{
    /// <summary>Names a column.</summary>
    /// <param name="name">The column's name.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Column(string name)
        : base(name)
    {
    }
}
