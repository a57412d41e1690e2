namespace Helios.Typed.Sql.Ast;

/// <summary>Joins conditions by <c>AND</c> or <c>OR</c>, at least two and none of them joined the same way itself.</summary>
/// <remarks>Many conditions are one node, not a tower, so that a long chain needs no deep stack.</remarks>
internal sealed record LogicalExpression : Expression
{
    private LogicalExpression(bool isAnd, NodeList<Expression> operands)
    {
        IsAnd = isAnd;
        Operands = operands;
    }

    /// <summary>Gets whether it is <c>AND</c> rather than <c>OR</c>.</summary>
    internal bool IsAnd { get; }

    /// <summary>Gets the conditions.</summary>
    internal NodeList<Expression> Operands { get; }

    /// <summary>Joins conditions by <c>AND</c>; one alone stays as it is.</summary>
    /// <param name="operands">The conditions, at least one.</param>
    internal static Expression And(params Expression[] operands) => Join(true, operands);

    /// <summary>Joins conditions by <c>OR</c>; one alone stays as it is.</summary>
    /// <param name="operands">The conditions, at least one.</param>
    internal static Expression Or(params Expression[] operands) => Join(false, operands);

    /// <summary>Joins conditions; one alone stays as it is.</summary>
    /// <param name="isAnd">Whether by <c>AND</c> rather than <c>OR</c>.</param>
    /// <param name="operands">The conditions, at least one.</param>
    internal static Expression Join(bool isAnd, IReadOnlyList<Expression> operands)
    {
        List<Expression> flat = new(operands.Count);
        foreach (Expression operand in operands)
        {
            if (operand is LogicalExpression inner && inner.IsAnd == isAnd)
            {
                flat.AddRange(inner.Operands);
            }
            else
            {
                flat.Add(operand);
            }
        }

        return flat.Count == 1 ? flat[0] : new LogicalExpression(isAnd, new NodeList<Expression>([.. flat]));
    }
}
