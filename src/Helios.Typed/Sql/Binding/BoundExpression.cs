using Helios.Typed.Schema;
using Helios.Typed.Sql.Ast;

namespace Helios.Typed.Sql.Binding;

/// <summary>Is an expression whose names are columns and whose types fit.</summary>
/// <param name="Type">What it gives, or what an element of it is.</param>
/// <param name="IsArray">Whether it gives a list.</param>
internal abstract record BoundExpression(ColumnType Type, bool IsArray);

/// <summary>Is the value of a column.</summary>
/// <param name="Place">The column's place in the declared table.</param>
/// <param name="Column">The column as declared.</param>
internal sealed record BoundColumn(int Place, ColumnShape Column) : BoundExpression(Column.Type, Column.IsArray);

/// <summary>Is a value written out, already of the type it is compared as.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Value">The value as the CLR type that <paramref name="Type"/> names, or null.</param>
internal sealed record BoundLiteral(ColumnType Type, object? Value) : BoundExpression(Type, false);

/// <summary>Is the number of elements of a list.</summary>
/// <param name="List">The list.</param>
internal sealed record BoundCardinality(BoundColumn List) : BoundExpression(ColumnType.Int32, false);

/// <summary>Compares two scalars of one type.</summary>
/// <param name="Operator">A comparison.</param>
/// <param name="Left">The left value.</param>
/// <param name="Right">The right value.</param>
internal sealed record BoundComparison(BinaryOperator Operator, BoundExpression Left, BoundExpression Right) : BoundExpression(ColumnType.Boolean, false);

/// <summary>Joins conditions.</summary>
/// <param name="IsAnd">Whether by <c>AND</c> rather than <c>OR</c>.</param>
/// <param name="Operands">The conditions.</param>
internal sealed record BoundLogical(bool IsAnd, NodeList<BoundExpression> Operands) : BoundExpression(ColumnType.Boolean, false);

/// <summary>Denies a condition; what is unknown stays unknown.</summary>
/// <param name="Operand">The condition.</param>
internal sealed record BoundNot(BoundExpression Operand) : BoundExpression(ColumnType.Boolean, false);

/// <summary>Asks whether a condition is, or is not, true.</summary>
/// <param name="Operand">The condition.</param>
/// <param name="IsNegated">Whether it is not.</param>
internal sealed record BoundTruthTest(BoundExpression Operand, bool IsNegated) : BoundExpression(ColumnType.Boolean, false);

/// <summary>Asks whether a column has no value, or has one.</summary>
/// <param name="Operand">The column.</param>
/// <param name="IsNegated">Whether it has one.</param>
internal sealed record BoundNullTest(BoundColumn Operand, bool IsNegated) : BoundExpression(ColumnType.Boolean, false);

/// <summary>Asks whether a column's value is one of several.</summary>
/// <param name="Operand">The column.</param>
/// <param name="Values">What it may be.</param>
internal sealed record BoundIn(BoundColumn Operand, NodeList<BoundLiteral> Values) : BoundExpression(ColumnType.Boolean, false);

/// <summary>Compares a column's text with a pattern.</summary>
/// <param name="Operand">The column.</param>
/// <param name="Pattern">The pattern.</param>
internal sealed record BoundLike(BoundColumn Operand, string Pattern) : BoundExpression(ColumnType.Boolean, false);

/// <summary>Compares a column's list with another.</summary>
/// <param name="Operator"><see cref="BinaryOperator.Overlaps"/> or <see cref="BinaryOperator.ContainsAll"/>.</param>
/// <param name="List">The column.</param>
/// <param name="Elements">The other list.</param>
internal sealed record BoundListTest(BinaryOperator Operator, BoundColumn List, NodeList<BoundLiteral> Elements) : BoundExpression(ColumnType.Boolean, false);

/// <summary>Compares a value with each element of a column's list.</summary>
/// <param name="Value">The value.</param>
/// <param name="Operator">A comparison that is unknown for null.</param>
/// <param name="List">The column.</param>
internal sealed record BoundAny(BoundLiteral Value, BinaryOperator Operator, BoundColumn List) : BoundExpression(ColumnType.Boolean, false);
