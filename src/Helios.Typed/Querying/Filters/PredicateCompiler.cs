using Helios.Typed.Engine;
using Helios.Typed.Records;
using Helios.Typed.Sql.Ast;
using Helios.Typed.Sql.Binding;

namespace Helios.Typed.Querying.Filters;

/// <summary>Makes a bound condition ready for rows: columns become ids, literals cells.</summary>
internal sealed class PredicateCompiler
{
    private readonly TableSchema _schema;

    private PredicateCompiler(TableSchema schema) => _schema = schema;

    /// <summary>Compiles the condition of a WHERE, of which only what is true matches.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="schema">The table.</param>
    /// <exception cref="HeliosQueryException">A literal is one that no row could hold.</exception>
    public static RowFilter Compile(BoundExpression condition, TableSchema schema) =>
        new CompiledFilter(new PredicateCompiler(schema).CompileTest(condition));

    /// <summary>Makes the cell of a literal.</summary>
    /// <exception cref="HeliosQueryException">No row could hold it.</exception>
    public static byte[] Encode(BoundLiteral literal)
    {
        try
        {
            return ScalarCodec.EncodeObject(literal.Type, literal.Value!);
        }
        catch (ArgumentException error)
        {
            throw new HeliosQueryException($"A value that the query compares with could be in no row: {error.Message}.");
        }
    }

    // The nesting was limited when the condition was bound.
    private RowTest CompileTest(BoundExpression condition) => condition switch
    {
        BoundLogical { IsAnd: true } logical => new AndTest([.. logical.Operands.Select(CompileTest)]),
        BoundLogical logical => new OrTest([.. logical.Operands.Select(CompileTest)]),
        BoundNot not => new NotTest(CompileTest(not.Operand)),
        BoundTruthTest test => new IsTrueTest(CompileTest(test.Operand), test.IsNegated),
        BoundLiteral literal => new ConstantTest(literal.Value is bool holds ? (holds ? Truth.True : Truth.False) : Truth.Unknown),
        BoundColumn flag => new FlagTest(SourceOf(flag)),
        BoundNullTest test => new NullnessTest(SourceOf(test.Operand), test.IsNegated),
        BoundComparison comparison => CompileComparison(comparison),
        BoundIn list => new InTest(SourceOf(list.Operand), SetOf(list.Operand.Type, list.Values), list.Values.Any(value => value.Value is null)),
        BoundLike like => new LikeTest(SourceOf(like.Operand), CompilePattern(like.Pattern)),
        BoundListTest { Operator: BinaryOperator.Overlaps } test => new OverlapsTest(SourceOf(test.List), SetOf(test.List.Type, test.Elements)),
        BoundListTest test => CompileContainsAll(test),
        BoundAny { Value.Value: null } => new ConstantTest(Truth.Unknown),
        BoundAny any => new AnyTest(Encode(any.Value), any.Operator, SourceOf(any.List)),
        _ => throw new InvalidOperationException($"A {condition.GetType().Name} is not a condition."),
    };

    private RowTest CompileComparison(BoundComparison comparison)
    {
        BinaryOperator operation = comparison.Operator;
        switch (comparison.Left, comparison.Right)
        {
            case (BoundColumn column, BoundLiteral { Value: null }):
                return operation is BinaryOperator.IsDistinctFrom or BinaryOperator.IsNotDistinctFrom
                    ? new NullnessTest(SourceOf(column), operation == BinaryOperator.IsDistinctFrom)
                    : new ConstantTest(Truth.Unknown);
            case (BoundColumn column, BoundLiteral literal):
                return new ComparisonTest(operation, SourceOf(column), Encode(literal));
            case (BoundColumn left, BoundColumn right):
                return new ColumnComparisonTest(operation, SourceOf(left), SourceOf(right));
            case (BoundCardinality { List: { } list }, BoundLiteral { Value: int count }):
                return new CardinalityTest(operation, SourceOf(list), count);
            case (BoundLiteral left, BoundLiteral right):
                return new ConstantTest(
                    left.Value is null || right.Value is null ? CellComparison.OfNulls(operation, left.Value is null && right.Value is null)
                    : CellComparison.Holds(operation, left.Type, Encode(left), Encode(right)) ? Truth.True : Truth.False);
            default:
                throw new HeliosQueryException("A list's cardinality compares with a number that is written out, and with nothing else yet.");
        }
    }

    private ContainsAllTest CompileContainsAll(BoundListTest test) => test.Elements.Any(element => element.Value is null)
        ? throw new HeliosQueryException($"Column '{test.List.Column.Name}' is searched for null by @>, which finds none. Leave the null out.")
        : new ContainsAllTest(SourceOf(test.List), [.. test.Elements.Select(Encode)]);

    private static LikePattern CompilePattern(string pattern)
    {
        try
        {
            return new LikePattern(pattern);
        }
        catch (ArgumentException error)
        {
            throw new HeliosQueryException($"A pattern of LIKE matches no text: {error.Message}.");
        }
    }

    private static CellSet SetOf(ColumnType type, NodeList<BoundLiteral> values) =>
        new(type, values.Where(value => value.Value is not null).Select(Encode));

    private CellSource SourceOf(BoundColumn column) => new(_schema.StoredAt(column.Place), column.Column);
}

/// <summary>Is a compiled condition as the engine asks it.</summary>
internal sealed class CompiledFilter(RowTest test) : RowFilter
{
    /// <summary>Answers in SQL's three values.</summary>
    public Truth Ask(RowCursor row) => test.Ask(row);

    /// <summary>Gives the answers that rows of a group can have, as far as statistics tell.</summary>
    public Truths AskGroup(in RowGroup group) => test.AskGroup(group);

    /// <inheritdoc/>
    protected override bool Test(RowCursor row) => test.Ask(row) == Truth.True;

    /// <inheritdoc/>
    public override GroupMatch MatchesGroup(in RowGroup group)
    {
        Truths answers = AskGroup(group);
        return (answers & Truths.True) == 0 ? GroupMatch.None
            : answers == Truths.True ? GroupMatch.All
            : GroupMatch.Some;
    }
}
