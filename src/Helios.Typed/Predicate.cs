namespace Helios.Typed;

/// <summary>Is a condition on rows, made by comparing columns; combined with <c>&amp;&amp;</c>, <c>||</c> and <c>!</c>.</summary>
public class Predicate
{
    private protected Predicate()
    {
    }

    /// <summary>Matches rows that both match.</summary>
    /// <param name="left">One condition.</param>
    /// <param name="right">The other.</param>
    public static Predicate operator &(Predicate left, Predicate right) => throw new NotSupportedException();

    /// <summary>Is never so: both sides of <c>&amp;&amp;</c> always count.</summary>
    /// <param name="predicate">The condition.</param>
    public static bool operator true(Predicate predicate) => false;

    /// <summary>Is never so: both sides of <c>||</c> always count.</summary>
    /// <param name="predicate">The condition.</param>
    public static bool operator false(Predicate predicate) => false;
}
