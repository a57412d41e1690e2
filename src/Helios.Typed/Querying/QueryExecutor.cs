using Helios.Typed.Engine;

namespace Helios.Typed.Querying;

/// <summary>Runs queries on a snapshot of a table.</summary>
internal static class QueryExecutor
{
    /// <summary>Starts a query; its rows are found as they are asked for, as far as the plan allows.</summary>
    public static RowResults Open(BoundTable table, RowQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Counts the rows that a query would give.</summary>
    public static int Count(BoundTable table, RowQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();
}
