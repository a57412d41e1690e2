using System.Globalization;
using Helios.Typed.Engine;
using Helios.Typed.Querying.Filters;
using Helios.Typed.Records;
using Helios.Typed.Sql.Ast;
using Helios.Typed.Sql.Binding;

namespace Helios.Typed.Querying;

/// <summary>Chooses how a query is run.</summary>
internal static class Planner
{
    /// <summary>Plans a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="schema">The table as declared and stored.</param>
    /// <exception cref="HeliosQueryException">A name is unknown, or types do not fit.</exception>
    public static QueryPlan Plan(RowQuery query, TableSchema schema)
    {
        if (query.Taken == 0)
        {
            return new QueryPlan(AccessPath.Nothing, "Skip passes over every row that Take keeps");
        }

        BoundExpression? condition = null;
        if (query.Filter is not null)
        {
            Expression simplified = Simplifier.Simplify(query.Filter, query.Table);
            if (simplified == Literal.False)
            {
                return new QueryPlan(AccessPath.Nothing, "the condition never holds");
            }

            condition = simplified == Literal.True ? null : Binder.Bind(simplified, query.Table);
        }

        RowFilter? filter = condition is null ? null : PredicateCompiler.Compile(condition, schema);
        IReadOnlyList<byte[]>? keys = condition is null ? null : KeyPins.Find(condition, query.Table.KeyColumn);
        QueryPlan plan = query.Nearness is { } nearness ? PlanVectorSearch(query, nearness, schema, keys)
            : keys is not null ? new QueryPlan(AccessPath.KeyLookup, $"the condition pins the key to {Count(keys.Count, "value")}") { Order = Shorten(query) }
            : PlanScan(query);
        return plan with { Filter = filter, Keys = keys, Skipped = query.Skipped, Taken = query.Taken };
    }

    private static QueryPlan PlanVectorSearch(RowQuery query, VectorPart nearness, TableSchema schema, IReadOnlyList<byte[]>? keys)
    {
        string? whyExact = nearness.IsExact ? "the query says so"
            : query.Taken is null ? "without Take every row in range is wanted"
            : keys is not null ? $"the condition pins the key to {Count(keys.Count, "value")}"
            : null;
        string beam = nearness.Beam > 0 ? nearness.Beam.ToString(CultureInfo.InvariantCulture) : "the column's own";
        return new QueryPlan(
            AccessPath.VectorSearch,
            whyExact is null ? $"rows are ordered by nearness: graphs where they are built, with ef {beam}, else an exact scan" : $"rows are ordered by nearness; an exact scan, because {whyExact}")
        {
            Nearness = nearness,
            VectorIndex = schema.VectorIndexAt(query.Table.IndexOf(nearness.Column.Name)),
            IsExact = whyExact is not null,
        };
    }

    private static QueryPlan PlanScan(RowQuery query)
    {
        NodeList<Ordering> order = Shorten(query);
        if (order.Count > 0)
        {
            string columns = string.Join(", ", order.Select(ordering => ordering.Column.Name));
            return new QueryPlan(AccessPath.SortedScan, $"no index gives the order by {columns}: every row is read{(query.Taken is null ? "" : " and the first are kept")}") { Order = order };
        }

        return new QueryPlan(AccessPath.KeyOrderedScan, query.Taken is null ? "every row is read, in key order" : "rows are read in key order until enough match");
    }

    // Nothing is tied once the key has been compared, and rising keys are the order that ties are broken by.
    private static NodeList<Ordering> Shorten(RowQuery query)
    {
        List<Ordering> order = [];
        foreach (Ordering ordering in query.Order)
        {
            bool isKey = ordering.Place == query.Table.KeyColumn;
            if (!isKey || ordering.IsDescending)
            {
                order.Add(ordering);
            }

            if (isKey)
            {
                break;
            }
        }

        return new NodeList<Ordering>([.. order]);
    }

    private static string Count(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
