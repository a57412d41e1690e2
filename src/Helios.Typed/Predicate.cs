using Helios.Typed.Sql.Ast;
using Helios.Typed.Sql.Printing;

namespace Helios.Typed;

/// <summary>Is a condition on rows, made by comparing columns; combined with <c>&amp;&amp;</c>, <c>||</c> and <c>!</c>.</summary>
/// <remarks>
/// Means what the same words mean in C#: null equals null, what is not comparable (null with <c>&lt;</c>) does not match, and
/// <c>!</c> matches exactly the rows that its operand does not. Immutable.
/// </remarks>
public class Predicate
{
    internal Predicate(Expression expression) => Expression = expression;

    internal Expression Expression { get; }

    /// <summary>Matches rows that both match.</summary>
    /// <param name="left">One condition.</param>
    /// <param name="right">The other.</param>
    public static Predicate operator &(Predicate left, Predicate right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new Predicate(LogicalExpression.And(left.Expression, right.Expression));
    }

    /// <summary>Matches rows that one or both match.</summary>
    /// <param name="left">One condition.</param>
    /// <param name="right">The other.</param>
    public static Predicate operator |(Predicate left, Predicate right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new Predicate(LogicalExpression.Or(left.Expression, right.Expression));
    }

    /// <summary>Matches the rows that a condition does not.</summary>
    /// <param name="predicate">The condition.</param>
    public static Predicate operator !(Predicate predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return new Predicate(new TruthTest(predicate.Expression, IsNegated: true));
    }

    /// <summary>Is never so: both sides of <c>||</c> always count.</summary>
    /// <param name="predicate">The condition.</param>
    public static bool operator true(Predicate predicate) => false;

    /// <summary>Is never so: both sides of <c>&amp;&amp;</c> always count.</summary>
    /// <param name="predicate">The condition.</param>
    public static bool operator false(Predicate predicate) => false;

    /// <summary>Prints the condition as SQL.</summary>
    public override string ToString() => SqlPrinter.Print(Expression);
}
