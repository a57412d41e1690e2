using Helios.Typed.Schema;
using Helios.Typed.Sql.Ast;
using Helios.Typed.Sql.Printing;

namespace Helios.Typed.Sql.Binding;

/// <summary>Relates a condition to a table: names to columns, literals to their types.</summary>
internal sealed class Binder
{
    private const int MaxDepth = 1_000;

    private readonly TableShape _table;
    private int _depth;

    private Binder(TableShape table) => _table = table;

    /// <summary>Binds a condition.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="table">The table, as the code declares it.</param>
    /// <exception cref="HeliosQueryException">A name is unknown, or types do not fit.</exception>
    internal static BoundExpression Bind(Expression condition, TableShape table) => new Binder(table).BindCondition(condition);

    private BoundExpression BindCondition(Expression condition)
    {
        if (++_depth > MaxDepth)
        {
            throw new HeliosQueryException($"The query's conditions are nested more than {MaxDepth} deep. Join conditions of one kind in one chain, or use In().");
        }

        BoundExpression bound = condition switch
        {
            LogicalExpression logical => new BoundLogical(logical.IsAnd, new NodeList<BoundExpression>([.. logical.Operands.Select(BindCondition)])),
            NotExpression not => new BoundNot(BindCondition(not.Operand)),
            TruthTest test => new BoundTruthTest(BindCondition(test.Operand), test.IsNegated),
            NullTest test => new BoundNullTest(RequireColumn(test.Operand), test.IsNegated),
            InList list => BindIn(list),
            BetweenExpression between => BindBetween(between),
            LikeExpression like => BindLike(like),
            AnyExpression any => BindAny(any),
            BinaryExpression binary => BindBinary(binary),
            ColumnReference column => BindFlag(column),
            Literal { Value: bool or null } literal => new BoundLiteral(ColumnType.Boolean, literal.Value),
            _ => throw new HeliosQueryException($"{SqlPrinter.Print(condition, 3)} is not a condition."),
        };
        _depth--;
        return bound;
    }

    private BoundExpression BindBinary(BinaryExpression binary)
    {
        switch (binary.Operator)
        {
            case BinaryOperator.Overlaps or BinaryOperator.ContainsAll:
                BoundColumn list = RequireList(binary.Left);
                return binary.Right is ArrayLiteral elements
                    ? new BoundListTest(binary.Operator, list, BindLiterals(list, elements.Elements))
                    : throw new HeliosQueryException($"{SqlPrinter.Print(binary, 3)}: column '{list.Column.Name}' is compared with something other than a written list.");
            case BinaryOperator.EuclideanDistance or BinaryOperator.CosineDistance or BinaryOperator.NegativeInnerProduct:
                throw new HeliosQueryException($"{SqlPrinter.Print(binary, 3)} is a distance, not a condition.");
        }

        // Columns first: a literal takes its type from what it is compared with.
        bool swaps = binary.Left is Literal && binary.Right is not Literal;
        BoundExpression left = BindScalar(swaps ? binary.Right : binary.Left);
        Expression other = swaps ? binary.Left : binary.Right;
        BoundExpression right = other is Literal literal ? BindLiteral(left, literal) : BindScalar(other);
        if (left.Type != right.Type)
        {
            throw new HeliosQueryException($"{SqlPrinter.Print(binary, 3)}: {left.Type} is compared with {right.Type}.");
        }

        return new BoundComparison(swaps ? Swap(binary.Operator) : binary.Operator, left, right);
    }

    private BoundExpression BindScalar(Expression expression)
    {
        if (expression is Literal { Type: { } type } literal)
        {
            return new BoundLiteral(type, literal.Value);
        }

        if (expression is FunctionCall call)
        {
            return string.Equals(call.Name, "cardinality", StringComparison.OrdinalIgnoreCase) && call.Arguments.Count == 1
                ? new BoundCardinality(RequireList(call.Arguments[0]))
                : throw new HeliosQueryException($"There is no function {call.Name} of {call.Arguments.Count} arguments.");
        }

        return RequireScalar(expression);
    }

    private BoundExpression BindIn(InList list)
    {
        BoundColumn column = RequireScalar(list.Operand);
        BoundIn bound = new(column, BindLiterals(column, list.Values));
        return list.IsNegated ? new BoundNot(bound) : bound;
    }

    private BoundExpression BindBetween(BetweenExpression between)
    {
        BoundColumn column = RequireScalar(between.Operand);
        BoundLogical bound = new(IsAnd: true, new NodeList<BoundExpression>(
            new BoundComparison(BinaryOperator.GreaterOrEqual, column, BindLiteral(column, RequireLiteral(between.Low))),
            new BoundComparison(BinaryOperator.LessOrEqual, column, BindLiteral(column, RequireLiteral(between.High)))));
        return between.IsNegated ? new BoundNot(bound) : bound;
    }

    private BoundExpression BindLike(LikeExpression like)
    {
        BoundColumn column = RequireScalar(like.Operand);
        if (column.Type != ColumnType.Text || RequireLiteral(like.Pattern).Value is not string pattern)
        {
            throw new HeliosQueryException($"{SqlPrinter.Print(like, 3)}: LIKE compares text with text, and column '{column.Column.Name}' is {column.Type}.");
        }

        BoundLike bound = new(column, pattern);
        return like.IsNegated ? new BoundNot(bound) : bound;
    }

    private BoundAny BindAny(AnyExpression any)
    {
        BoundColumn list = RequireList(any.List);
        return any.Operator <= BinaryOperator.GreaterOrEqual
            ? new BoundAny(BindLiteral(list, RequireLiteral(any.Value)), any.Operator, list)
            : throw new HeliosQueryException($"{SqlPrinter.Print(any, 3)}: ANY takes a comparison.");
    }

    private BoundColumn BindFlag(ColumnReference reference)
    {
        BoundColumn column = RequireScalar(reference);
        return column.Type == ColumnType.Boolean
            ? column
            : throw new HeliosQueryException($"Column '{column.Column.Name}' is {column.Type} and not a condition by itself. Compare it with something.");
    }

    private static NodeList<BoundLiteral> BindLiterals(BoundColumn column, NodeList<Expression> values) =>
        new([.. values.Select(value => BindLiteral(column, RequireLiteral(value)))]);

    private static BoundLiteral BindLiteral(BoundExpression comparedWith, Literal literal)
    {
        if (literal.Value is null)
        {
            return new BoundLiteral(comparedWith.Type, null);
        }

        object? converted = LiteralConversion.Convert(literal.Type!.Value, literal.Value, comparedWith.Type);
        if (converted is not null)
        {
            return new BoundLiteral(comparedWith.Type, converted);
        }

        string name = comparedWith is BoundColumn column ? $"Column '{column.Column.Name}'" : "A value";
        throw new HeliosQueryException(
            $"{name} is {(comparedWith.IsArray ? "a list of " : "")}{comparedWith.Type} and cannot be compared with {SqlPrinter.Print(literal)}, which is {literal.Type}.");
    }

    private BoundColumn RequireScalar(Expression expression)
    {
        BoundColumn column = RequireColumn(expression);
        return column.Type is ColumnType.Json or ColumnType.Vector or ColumnType.HalfVector || column.IsArray
            ? throw new HeliosQueryException($"Column '{column.Column.Name}' is {(column.IsArray ? "a list of " : "")}{column.Type}, which does not compare with a value.")
            : column;
    }

    private BoundColumn RequireList(Expression expression)
    {
        BoundColumn column = RequireColumn(expression);
        return column.IsArray && column.Type != ColumnType.Json
            ? column
            : throw new HeliosQueryException($"Column '{column.Column.Name}' is {(column.IsArray ? "a list of " : "")}{column.Type}, not a list of values that compare.");
    }

    private BoundColumn RequireColumn(Expression expression)
    {
        if (expression is not ColumnReference reference)
        {
            throw new HeliosQueryException($"{SqlPrinter.Print(expression, 3)} stands where a column is needed.");
        }

        int place = ColumnResolver.PlaceOf(_table, reference);
        return new BoundColumn(place, _table.Columns[place]);
    }

    private static Literal RequireLiteral(Expression expression) => expression as Literal
        ?? throw new HeliosQueryException($"{SqlPrinter.Print(expression, 3)} stands where a value is needed.");

    private static BinaryOperator Swap(BinaryOperator operation) => operation switch
    {
        BinaryOperator.Less => BinaryOperator.Greater,
        BinaryOperator.LessOrEqual => BinaryOperator.GreaterOrEqual,
        BinaryOperator.Greater => BinaryOperator.Less,
        BinaryOperator.GreaterOrEqual => BinaryOperator.LessOrEqual,
        _ => operation,
    };
}
