using System.Text;
using Helios.Typed.Sql.Ast;

namespace Helios.Typed.Sql.Printing;

/// <summary>Writes statements as canonical text, in the dialect of PostgreSQL and pgvector.</summary>
/// <remarks>
/// Two statements that are equal print alike. Parentheses stand wherever a reader would have to know a rank to do without:
/// around every operand that is not a name, a value or a call, and around <c>AND</c> within <c>OR</c>.
/// </remarks>
internal sealed class SqlPrinter
{
    private const int MaxDepth = 1_000;

    private readonly StringBuilder _text = new();
    private readonly int _maxVectorElements;
    private int _depth;

    private SqlPrinter(int maxVectorElements) => _maxVectorElements = maxVectorElements;

    /// <summary>Prints a statement.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="maxVectorElements">How many elements of a vector are written before the rest is left out.</param>
    /// <exception cref="HeliosQueryException">Its conditions are nested too deeply.</exception>
    internal static string Print(SelectStatement statement, int maxVectorElements = int.MaxValue)
    {
        SqlPrinter printer = new(maxVectorElements);
        printer.Write(statement);
        return printer._text.ToString();
    }

    /// <summary>Prints an expression.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="maxVectorElements">How many elements of a vector are written before the rest is left out.</param>
    /// <exception cref="HeliosQueryException">It is nested too deeply.</exception>
    internal static string Print(Expression expression, int maxVectorElements = int.MaxValue)
    {
        SqlPrinter printer = new(maxVectorElements);
        printer.Write(expression);
        return printer._text.ToString();
    }

    private void Write(SelectStatement statement)
    {
        _text.Append("SELECT ");
        WriteList(statement.Items, Write);
        _text.Append(" FROM ").Append(SqlIdentifiers.Quote(statement.From.Name));
        WriteAlias(statement.From.Alias);
        WriteClause(" WHERE ", statement.Where);
        if (statement.OrderBy.Count > 0)
        {
            _text.Append(" ORDER BY ");
            WriteList(statement.OrderBy, Write);
        }

        WriteClause(" LIMIT ", statement.Limit);
        WriteClause(" OFFSET ", statement.Offset);
    }

    private void Write(SelectItem item)
    {
        if (item.Value is null)
        {
            _text.Append('*');
        }
        else
        {
            Write(item.Value);
            WriteAlias(item.Alias);
        }
    }

    private void Write(OrderItem item)
    {
        Write(item.Value);
        _text.Append(item.IsDescending ? " DESC" : "");
        _text.Append(item.NullsFirst switch { true => " NULLS FIRST", false => " NULLS LAST", null => "" });
    }

    private void Write(Expression expression)
    {
        if (++_depth > MaxDepth)
        {
            throw new HeliosQueryException($"The query's conditions are nested more than {MaxDepth} deep. Join conditions of one kind in one chain, or use In().");
        }

        switch (expression)
        {
            case ColumnReference column:
                _text.Append(column.Table is null ? "" : SqlIdentifiers.Quote(column.Table) + ".").Append(SqlIdentifiers.Quote(column.Name));
                break;
            case Literal literal:
                SqlLiterals.Append(_text, literal);
                break;
            case VectorLiteral vector:
                SqlLiterals.AppendVector(_text, vector.Elements, _maxVectorElements);
                break;
            case ArrayLiteral array:
                WriteArray(array);
                break;
            case Parameter parameter:
                _text.Append(parameter.IsNumbered ? "$" : "@").Append(parameter.Name);
                break;
            case FunctionCall call:
                _text.Append(SqlIdentifiers.Quote(call.Name)).Append('(');
                WriteList(call.Arguments, Write);
                _text.Append(')');
                break;
            case LogicalExpression logical:
                WriteLogical(logical);
                break;
            default:
                WriteCondition(expression);
                break;
        }

        _depth--;
    }

    private void WriteCondition(Expression expression)
    {
        switch (expression)
        {
            case BinaryExpression binary:
                WriteOperand(binary.Left);
                _text.Append(SymbolOf(binary.Operator));
                WriteOperand(binary.Right);
                break;
            case NotExpression not:
                _text.Append("NOT ");
                WriteOperand(not.Operand);
                break;
            case TruthTest test:
                WriteOperand(test.Operand);
                _text.Append(test.IsNegated ? " IS NOT TRUE" : " IS TRUE");
                break;
            case NullTest test:
                WriteOperand(test.Operand);
                _text.Append(test.IsNegated ? " IS NOT NULL" : " IS NULL");
                break;
            case InList list:
                WriteOperand(list.Operand);
                _text.Append(list.IsNegated ? " NOT IN (" : " IN (");
                WriteList(list.Values, Write);
                _text.Append(')');
                break;
            case BetweenExpression between:
                WriteOperand(between.Operand);
                _text.Append(between.IsNegated ? " NOT BETWEEN " : " BETWEEN ");
                WriteOperand(between.Low);
                _text.Append(" AND ");
                WriteOperand(between.High);
                break;
            case LikeExpression like:
                WriteOperand(like.Operand);
                _text.Append(like.IsNegated ? " NOT LIKE " : " LIKE ");
                WriteOperand(like.Pattern);
                break;
            case AnyExpression any:
                WriteOperand(any.Value);
                _text.Append(SymbolOf(any.Operator)).Append("ANY (");
                Write(any.List);
                _text.Append(')');
                break;
            default:
                throw new InvalidOperationException($"A {expression.GetType().Name} has no text.");
        }
    }

    private void WriteLogical(LogicalExpression logical)
    {
        for (int i = 0; i < logical.Operands.Count; i++)
        {
            _text.Append(i == 0 ? "" : logical.IsAnd ? " AND " : " OR ");
            if (logical.Operands[i] is LogicalExpression)
            {
                WriteOperand(logical.Operands[i]);
            }
            else
            {
                Write(logical.Operands[i]);
            }
        }
    }

    private void WriteOperand(Expression operand)
    {
        bool isPlain = operand is ColumnReference or Literal or VectorLiteral or ArrayLiteral or Parameter or FunctionCall;
        _text.Append(isPlain ? "" : "(");
        Write(operand);
        _text.Append(isPlain ? "" : ")");
    }

    // PostgreSQL takes quoted elements for text and whole numbers for integer, and finds no operator between such a list and
    // a column's own; what an empty list is a list of, it cannot tell at all.
    private void WriteArray(ArrayLiteral array)
    {
        _text.Append("ARRAY[");
        WriteList(array.Elements, WriteElement);
        _text.Append(']');
        _text.Append(array.Elements.Count == 0 || array.ElementType != ColumnType.Text ? "::" + SqlLiterals.NameOf(array.ElementType) + "[]" : "");
    }

    // The list's own cast reaches its elements.
    private void WriteElement(Expression element)
    {
        if (element is Literal literal)
        {
            SqlLiterals.Append(_text, literal, isCastOutside: true);
        }
        else
        {
            Write(element);
        }
    }

    private void WriteAlias(string? alias) => _text.Append(alias is null ? "" : " AS " + SqlIdentifiers.Quote(alias));

    private void WriteClause(string keyword, Expression? value)
    {
        if (value is not null)
        {
            _text.Append(keyword);
            Write(value);
        }
    }

    private void WriteList<T>(NodeList<T> items, Action<T> write)
    {
        for (int i = 0; i < items.Count; i++)
        {
            _text.Append(i == 0 ? "" : ", ");
            write(items[i]);
        }
    }

    private static string SymbolOf(BinaryOperator operation) => operation switch
    {
        BinaryOperator.Equal => " = ",
        BinaryOperator.NotEqual => " <> ",
        BinaryOperator.Less => " < ",
        BinaryOperator.LessOrEqual => " <= ",
        BinaryOperator.Greater => " > ",
        BinaryOperator.GreaterOrEqual => " >= ",
        BinaryOperator.IsNotDistinctFrom => " IS NOT DISTINCT FROM ",
        BinaryOperator.IsDistinctFrom => " IS DISTINCT FROM ",
        BinaryOperator.Overlaps => " && ",
        BinaryOperator.ContainsAll => " @> ",
        BinaryOperator.EuclideanDistance => " <-> ",
        BinaryOperator.CosineDistance => " <=> ",
        _ => " <#> ",
    };
}
