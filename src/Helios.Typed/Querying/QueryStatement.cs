using System.Globalization;
using Helios.Typed.Schema;
using Helios.Typed.Sql.Ast;
using Helios.Typed.Sql.Binding;
using Helios.Typed.Sql.Printing;

namespace Helios.Typed.Querying;

/// <summary>Says a query as a statement of SQL: the same rows in the same order.</summary>
internal static class QueryStatement
{
    private const string DistanceAlias = "distance";

    /// <summary>Prints the statement.</summary>
    /// <param name="query">The query.</param>
    /// <param name="maxVectorElements">How many elements of a vector are written before the rest is left out.</param>
    public static string Print(RowQuery query, int maxVectorElements = int.MaxValue) => SqlPrinter.Print(Build(query), maxVectorElements);

    /// <summary>Makes the statement.</summary>
    public static SelectStatement Build(RowQuery query)
    {
        List<SelectItem> items = [new(null, null)];
        List<OrderItem> order = [];
        List<Expression> conditions = [];
        if (query.Filter is not null)
        {
            conditions.Add(query.Filter);
        }

        if (query.Nearness is { } nearness)
        {
            ColumnReference column = new(null, nearness.Column.Name);
            BinaryExpression distance = new(OperatorOf(nearness.Metric), column, new VectorLiteral(new NodeList<float>(nearness.Vector.ToArray())));
            string alias = AliasBesides(query.Table);
            items.Add(new SelectItem(distance, alias));
            order.Add(new OrderItem(new ColumnReference(null, alias), IsDescending: false, NullsFirst: null));
            conditions.Add(double.IsPositiveInfinity(nearness.MaxDistance)
                ? new NullTest(column, IsNegated: true)
                : new BinaryExpression(BinaryOperator.LessOrEqual, distance, Literal.Of(ColumnType.Double, nearness.MaxDistance)));
        }

        foreach (Ordering ordering in query.Order)
        {
            order.Add(new OrderItem(new ColumnReference(null, ordering.Column.Name), ordering.IsDescending, NullsFirst: null));
        }

        if (!query.Order.Any(ordering => ordering.Place == query.Table.KeyColumn))
        {
            order.Add(new OrderItem(new ColumnReference(null, query.Table.Key.Name), IsDescending: false, NullsFirst: null));
        }

        return new SelectStatement(
            new NodeList<SelectItem>([.. items]),
            new TableReference(query.Table.Name, null),
            Where(query, conditions),
            new NodeList<OrderItem>([.. order]),
            query.Taken is { } taken ? Literal.Of(ColumnType.Int64, taken) : null,
            query.Skipped > 0 ? Literal.Of(ColumnType.Int64, query.Skipped) : null);
    }

    // The star gives every column its name, and an order by a name that two results have is refused as ambiguous.
    private static string AliasBesides(TableShape table)
    {
        string alias = DistanceAlias;
        for (int i = 2; table.IndexOf(alias) >= 0; i++)
        {
            alias = string.Create(CultureInfo.InvariantCulture, $"{DistanceAlias}{i}");
        }

        return alias;
    }

    private static Expression? Where(RowQuery query, List<Expression> conditions)
    {
        if (conditions.Count == 0)
        {
            return null;
        }

        Expression condition = Simplifier.Simplify(LogicalExpression.Join(isAnd: true, conditions), query.Table);
        return condition == Literal.True ? null : condition;
    }

    private static BinaryOperator OperatorOf(Metric metric) => metric switch
    {
        Metric.Cosine => BinaryOperator.CosineDistance,
        Metric.Euclidean => BinaryOperator.EuclideanDistance,
        _ => BinaryOperator.NegativeInnerProduct,
    };
}
