namespace Helios.Typed.Sql.Ast;

/// <summary>Is a value or a condition.</summary>
internal abstract record Expression : SqlNode;

/// <summary>Names a column, as in <c>price</c> or <c>articles.price</c>.</summary>
/// <param name="Table">The table's name or alias, or null.</param>
/// <param name="Name">The column's name.</param>
internal sealed record ColumnReference(string? Table, string Name) : Expression;

/// <summary>Stands for a value given at execution, as in <c>$1</c> or <c>@max</c>.</summary>
/// <param name="Name">The name or number, without its mark.</param>
/// <param name="IsNumbered">Whether it is a number.</param>
internal sealed record Parameter(string Name, bool IsNumbered) : Expression;

/// <summary>Combines two values, as in <c>price &lt;= 50</c>.</summary>
/// <param name="Operator">How.</param>
/// <param name="Left">The left value.</param>
/// <param name="Right">The right value.</param>
internal sealed record BinaryExpression(BinaryOperator Operator, Expression Left, Expression Right) : Expression;

/// <summary>Denies a condition; what is unknown stays unknown.</summary>
/// <param name="Operand">The condition.</param>
internal sealed record NotExpression(Expression Operand) : Expression;

/// <summary>Asks whether a condition is true: <c>IS TRUE</c> and <c>IS NOT TRUE</c>, which are never unknown.</summary>
/// <remarks>C#'s <c>!</c> is <c>IS NOT TRUE</c>, because in C# what cannot be compared is not so, and its negation is.</remarks>
/// <param name="Operand">The condition.</param>
/// <param name="IsNegated">Whether it is <c>IS NOT TRUE</c>.</param>
internal sealed record TruthTest(Expression Operand, bool IsNegated) : Expression;

/// <summary>Asks for the presence of a value: <c>IS NULL</c> and <c>IS NOT NULL</c>.</summary>
/// <param name="Operand">The value.</param>
/// <param name="IsNegated">Whether it is <c>IS NOT NULL</c>.</param>
internal sealed record NullTest(Expression Operand, bool IsNegated) : Expression;

/// <summary>Asks whether a value is one of several: <c>IN (…)</c>.</summary>
/// <param name="Operand">The value.</param>
/// <param name="Values">What it may be.</param>
/// <param name="IsNegated">Whether it is <c>NOT IN</c>.</param>
internal sealed record InList(Expression Operand, NodeList<Expression> Values, bool IsNegated) : Expression;

/// <summary>Asks whether a value lies between two others, both included.</summary>
/// <param name="Operand">The value.</param>
/// <param name="Low">The lowest that matches.</param>
/// <param name="High">The highest that matches.</param>
/// <param name="IsNegated">Whether it is <c>NOT BETWEEN</c>.</param>
internal sealed record BetweenExpression(Expression Operand, Expression Low, Expression High, bool IsNegated) : Expression;

/// <summary>Compares text with a pattern of <c>%</c> (any text) and <c>_</c> (any character); <c>\</c> escapes.</summary>
/// <param name="Operand">The text.</param>
/// <param name="Pattern">The pattern.</param>
/// <param name="IsNegated">Whether it is <c>NOT LIKE</c>.</param>
internal sealed record LikeExpression(Expression Operand, Expression Pattern, bool IsNegated) : Expression;

/// <summary>Compares a value with each element of a list, as in <c>'gpu' = ANY (tags)</c>.</summary>
/// <param name="Value">The value.</param>
/// <param name="Operator">A comparison.</param>
/// <param name="List">The list.</param>
internal sealed record AnyExpression(Expression Value, BinaryOperator Operator, Expression List) : Expression;

/// <summary>Calls a function, as in <c>cardinality(tags)</c>.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Arguments">What it is given.</param>
internal sealed record FunctionCall(string Name, NodeList<Expression> Arguments) : Expression;
