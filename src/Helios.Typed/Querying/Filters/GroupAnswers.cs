using Helios.Typed.Engine;
using Helios.Typed.Records;
using Helios.Typed.Sql.Ast;

namespace Helios.Typed.Querying.Filters;

/// <summary>Answers comparisons for groups of rows, from the nulls and bounds of their values.</summary>
/// <remarks>Never fewer answers than some row of the group has; more, where the bounds do not tell.</remarks>
internal static class GroupAnswers
{
    /// <summary>Makes a set of one answer.</summary>
    public static Truths Of(Truth truth) => truth switch
    {
        Truth.False => Truths.False,
        Truth.True => Truths.True,
        _ => Truths.Unknown,
    };

    /// <summary>Answers where a row's value decides one way, and its lack another.</summary>
    /// <param name="column">What is known of the rows.</param>
    /// <param name="values">The answers of rows that have a value.</param>
    /// <param name="nulls">The answer of those that have none.</param>
    public static Truths Of(in ColumnStatistics column, Truths values, Truth nulls) =>
        (column.Values > 0 ? values : Truths.None) | (column.Nulls > 0 ? Of(nulls) : Truths.None);

    /// <summary>Compares a column with another, or with a value, which is a column that has it everywhere.</summary>
    public static Truths Compare(BinaryOperator operation, ColumnType type, in ColumnStatistics left, in ColumnStatistics right)
    {
        Truths answers = Truths.None;
        if (left.Nulls > 0 && right.Nulls > 0)
        {
            answers |= Of(CellComparison.OfNulls(operation, bothAreNull: true));
        }

        if ((left.Nulls > 0 && right.Values > 0) || (left.Values > 0 && right.Nulls > 0))
        {
            answers |= Of(CellComparison.OfNulls(operation, bothAreNull: false));
        }

        return left.Values > 0 && right.Values > 0 ? answers | CompareValues(operation, type, left, right) : answers;
    }

    private static Truths CompareValues(BinaryOperator operation, ColumnType type, in ColumnStatistics left, in ColumnStatistics right)
    {
        if (!left.HasBounds || !right.HasBounds)
        {
            return Truths.Either;
        }

        // Whether some value on the left can be below, equal to, and above one on the right.
        bool less = !right.HasHigh || ScalarCodec.Compare(type, left.Low, right.High) < 0;
        bool greater = !left.HasHigh || ScalarCodec.Compare(type, left.High, right.Low) > 0;
        bool equal = (!left.HasHigh || ScalarCodec.Compare(type, left.High, right.Low) >= 0)
            && (!right.HasHigh || ScalarCodec.Compare(type, right.High, left.Low) >= 0);
        return operation switch
        {
            BinaryOperator.Equal or BinaryOperator.IsNotDistinctFrom => Holds(equal, less || greater),
            BinaryOperator.NotEqual or BinaryOperator.IsDistinctFrom => Holds(less || greater, equal),
            BinaryOperator.Less => Holds(less, equal || greater),
            BinaryOperator.LessOrEqual => Holds(less || equal, greater),
            BinaryOperator.Greater => Holds(greater, less || equal),
            _ => Holds(greater || equal, less),
        };
    }

    private static Truths Holds(bool mayHold, bool mayNotHold) => (mayHold ? Truths.True : Truths.None) | (mayNotHold ? Truths.False : Truths.None);
}
