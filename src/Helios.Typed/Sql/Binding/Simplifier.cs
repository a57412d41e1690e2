using Helios.Typed.Schema;
using Helios.Typed.Sql.Ast;

namespace Helios.Typed.Sql.Binding;

/// <summary>Rewrites a condition as the shortest one that matches the same rows of a table.</summary>
/// <remarks>
/// What typed code builds is exact but long: every <c>==</c> is <c>IS NOT DISTINCT FROM</c>, every <c>!</c> is
/// <c>IS NOT TRUE</c>. Where no side can be null, or where unknown counts as false anyway (a WHERE, and within it below
/// AND, OR and IS NOT TRUE, which keep that), plain <c>=</c> and <c>NOT</c> say the same, read better and plan better.
/// </remarks>
internal sealed class Simplifier
{
    private const int MaxDepth = 1_000;

    private readonly TableShape _table;
    private int _depth;

    private Simplifier(TableShape table) => _table = table;

    /// <summary>Rewrites the condition of a WHERE.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="table">The table whose rows it is asked of.</param>
    /// <exception cref="HeliosQueryException">It is nested too deeply, or names a column that is not there.</exception>
    internal static Expression Simplify(Expression condition, TableShape table) => new Simplifier(table).Rewrite(condition, unknownIsFalse: true);

    private Expression Rewrite(Expression expression, bool unknownIsFalse)
    {
        if (++_depth > MaxDepth)
        {
            throw new HeliosQueryException($"The query's conditions are nested more than {MaxDepth} deep. Join conditions of one kind in one chain, or use In().");
        }

        Expression result = expression switch
        {
            LogicalExpression logical => RewriteLogical(logical, unknownIsFalse),
            TruthTest { IsNegated: true } test => Negate(Rewrite(test.Operand, unknownIsFalse: true), unknownIsFalse),
            TruthTest test => RewriteIsTrue(Rewrite(test.Operand, unknownIsFalse: true), unknownIsFalse),
            NotExpression not => RewriteNot(Rewrite(not.Operand, unknownIsFalse: false)),
            NullTest test when !CanBeNull(test.Operand) => Literal.Of(test.IsNegated),
            BinaryExpression binary => RewriteBinary(binary, unknownIsFalse),
            InList { Values.Count: 0 } list => Literal.Of(list.IsNegated),
            BetweenExpression between when IsNull(between.Low) || IsNull(between.High) => unknownIsFalse && !between.IsNegated ? Literal.False : between,
            Literal { IsNull: true } when unknownIsFalse => Literal.False,
            _ => expression,
        };
        _depth--;
        return result;
    }

    private Expression RewriteLogical(LogicalExpression logical, bool unknownIsFalse)
    {
        List<Expression> operands = new(logical.Operands.Count);
        foreach (Expression operand in logical.Operands)
        {
            Expression rewritten = Rewrite(operand, unknownIsFalse);
            if (rewritten is not Literal { Value: bool constant })
            {
                operands.Add(rewritten);
            }
            else if (constant != logical.IsAnd)
            {
                return rewritten;
            }
        }

        return operands.Count == 0 ? Literal.Of(logical.IsAnd) : LogicalExpression.Join(logical.IsAnd, operands);
    }

    private Expression RewriteBinary(BinaryExpression binary, bool unknownIsFalse)
    {
        bool isSame = binary.Operator == BinaryOperator.IsNotDistinctFrom;
        if (!isSame && binary.Operator != BinaryOperator.IsDistinctFrom)
        {
            return unknownIsFalse && (IsNull(binary.Left) || IsNull(binary.Right)) ? Literal.False : binary;
        }

        if (IsNull(binary.Left) || IsNull(binary.Right))
        {
            Expression other = IsNull(binary.Left) ? binary.Right : binary.Left;
            return IsNull(other) ? Literal.Of(isSame)
                : CanBeNull(other) ? new NullTest(other, IsNegated: !isSame)
                : Literal.Of(!isSame);
        }

        bool leftCanBeNull = CanBeNull(binary.Left);
        bool rightCanBeNull = CanBeNull(binary.Right);
        return !leftCanBeNull && !rightCanBeNull ? binary with { Operator = isSame ? BinaryOperator.Equal : BinaryOperator.NotEqual }
            : isSame && unknownIsFalse && !(leftCanBeNull && rightCanBeNull) ? binary with { Operator = BinaryOperator.Equal }
            : binary;
    }

    private Expression RewriteIsTrue(Expression operand, bool unknownIsFalse) =>
        unknownIsFalse || !CanBeNull(operand) ? operand : new TruthTest(operand, IsNegated: false);

    private static Expression RewriteNot(Expression operand) =>
        operand is Literal { Value: bool constant } ? Literal.Of(!constant) : new NotExpression(operand);

    // Of `x IS NOT TRUE`; the operand was rewritten already, taking unknown for false.
    private Expression Negate(Expression operand, bool unknownIsFalse)
    {
        switch (operand)
        {
            case Literal { Value: bool constant }:
                return Literal.Of(!constant);
            case NullTest test:
                return test with { IsNegated = !test.IsNegated };
            case TruthTest { IsNegated: true } test:
                return RewriteIsTrue(test.Operand, unknownIsFalse);
            case BinaryExpression { Operator: BinaryOperator.IsDistinctFrom } binary:
                return RewriteBinary(binary with { Operator = BinaryOperator.IsNotDistinctFrom }, unknownIsFalse);
            case BinaryExpression { Operator: BinaryOperator.IsNotDistinctFrom } binary:
                return binary with { Operator = BinaryOperator.IsDistinctFrom };
            case BinaryExpression { Operator: BinaryOperator.Equal } binary when !(CanBeNull(binary.Left) && CanBeNull(binary.Right)):
                return binary with { Operator = CanBeNull(binary) ? BinaryOperator.IsDistinctFrom : BinaryOperator.NotEqual };
            default:
                return CanBeNull(operand) ? new TruthTest(operand, IsNegated: true) : NegateKnown(operand);
        }
    }

    private static Expression NegateKnown(Expression operand) => operand switch
    {
        NotExpression not => not.Operand,
        BinaryExpression { Operator: BinaryOperator.NotEqual } binary => binary with { Operator = BinaryOperator.Equal },
        InList list => list with { IsNegated = !list.IsNegated },
        LikeExpression like => like with { IsNegated = !like.IsNegated },
        BetweenExpression between => between with { IsNegated = !between.IsNegated },
        _ => new NotExpression(operand),
    };

    private static bool IsNull(Expression expression) => expression is Literal { IsNull: true };

    private bool CanBeNull(Expression expression) => expression switch
    {
        Literal literal => literal.IsNull,
        VectorLiteral or TruthTest or NullTest => false,
        ArrayLiteral => false,
        ColumnReference column => ColumnResolver.Resolve(_table, column).IsNullable,
        BinaryExpression { Operator: BinaryOperator.IsDistinctFrom or BinaryOperator.IsNotDistinctFrom } => false,
        BinaryExpression binary => CanBeNull(binary.Left) || CanBeNull(binary.Right),
        NotExpression not => CanBeNull(not.Operand),
        LogicalExpression logical => logical.Operands.Any(CanBeNull),
        InList list => CanBeNull(list.Operand) || list.Values.Any(CanBeNull),
        BetweenExpression between => CanBeNull(between.Operand) || CanBeNull(between.Low) || CanBeNull(between.High),
        LikeExpression like => CanBeNull(like.Operand) || CanBeNull(like.Pattern),
        FunctionCall { Name: "cardinality" } call => call.Arguments.Any(CanBeNull),

        // A list may hold nulls, and a parameter be one.
        _ => true,
    };
}
