using Helios.Typed.Records;
using Helios.Typed.Sql.Ast;

namespace Helios.Typed.Querying.Filters;

/// <summary>Compares two cells of one type by an operator.</summary>
internal static class CellComparison
{
    /// <summary>Says whether a comparison holds between two values, neither of them null.</summary>
    public static bool Holds(BinaryOperator operation, ColumnType type, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => operation switch
    {
        BinaryOperator.Equal or BinaryOperator.IsNotDistinctFrom => Equal(type, left, right),
        BinaryOperator.NotEqual or BinaryOperator.IsDistinctFrom => !Equal(type, left, right),
        BinaryOperator.Less => ScalarCodec.Compare(type, left, right) < 0,
        BinaryOperator.LessOrEqual => ScalarCodec.Compare(type, left, right) <= 0,
        BinaryOperator.Greater => ScalarCodec.Compare(type, left, right) > 0,
        _ => ScalarCodec.Compare(type, left, right) >= 0,
    };

    /// <summary>Answers a comparison of which at least one side is null.</summary>
    public static Truth OfNulls(BinaryOperator operation, bool bothAreNull) => operation switch
    {
        BinaryOperator.IsNotDistinctFrom => bothAreNull ? Truth.True : Truth.False,
        BinaryOperator.IsDistinctFrom => bothAreNull ? Truth.False : Truth.True,
        _ => Truth.Unknown,
    };

    private static bool Equal(ColumnType type, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        HasOneFormPerValue(type) ? left.SequenceEqual(right) : ScalarCodec.Equal(type, left, right);

    // The others can write one value in several ways: −0 and 0, a decimal's scale, a date's kind or offset.
    private static bool HasOneFormPerValue(ColumnType type) =>
        type is not (ColumnType.Single or ColumnType.Double or ColumnType.Decimal or ColumnType.DateTime or ColumnType.DateTimeOffset or ColumnType.Boolean);
}
