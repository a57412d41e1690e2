using Helios.Typed.Engine;

namespace Helios.Typed.Querying;

/// <summary>Runs queries on a snapshot of a table.</summary>
internal static class QueryExecutor
{
    private const int KeysPerCancellationCheck = 1024;

    /// <summary>Starts a query; its rows are found as they are asked for, as far as the plan allows.</summary>
    public static RowResults Open(BoundTable table, RowQuery query, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        QueryPlan plan = Planner.Plan(query, table.Schema);
        if (QueryMeasure.Start(table, QueryMeasure.KindOf(plan.Path)) is not { } measure)
        {
            return Open(table.OpenSnapshot(plan.KeysRead), plan, cancellationToken);
        }

        try
        {
            return new MeasuredRows(Open(table.OpenSnapshot(plan.KeysRead), plan, cancellationToken), measure);
        }
        catch (Exception error) when (measure.Fail(error))
        {
            throw;
        }
    }

    /// <summary>Counts the rows that a query would give.</summary>
    public static int Count(BoundTable table, RowQuery query, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        QueryPlan plan = Planner.Plan(query.WithoutOrder(), table.Schema);
        var measure = QueryMeasure.Start(table, "count");
        try
        {
            using TableSnapshot snapshot = table.OpenSnapshot(plan.KeysRead);
            int count = Count(snapshot, plan, cancellationToken);
            measure?.End();
            return count;
        }
        catch (Exception error) when (measure?.Fail(error) ?? false)
        {
            throw;
        }
    }

    /// <summary>Deletes the rows that a query would give, whatever their order.</summary>
    /// <exception cref="InvalidOperationException">The query is one for the nearest, or has a window.</exception>
    public static ValueTask<int> DeleteAsync(BoundTable table, RowQuery query, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (query.HasWindow || query.Nearness is not null)
        {
            throw new InvalidOperationException("A deletion takes every row that matches, so it does not go with Skip, Take or Nearest. Read the keys of those that are to go, and delete them by key.");
        }

        QueryPlan plan = Planner.Plan(query.WithoutOrder(), table.Schema);
        return plan.Path == AccessPath.Nothing ? default : table.DeleteAsync(plan.Filter, plan.Keys, cancellationToken);
    }

    /// <summary>Starts a query on a snapshot, which the results dispose.</summary>
    public static RowResults Open(TableSnapshot snapshot, RowQuery query, CancellationToken cancellationToken)
    {
        QueryPlan plan;
        try
        {
            plan = Planner.Plan(query, snapshot.Schema);
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }

        return Open(snapshot, plan, cancellationToken);
    }

    /// <summary>Counts the rows that a query would give on a snapshot.</summary>
    public static int Count(TableSnapshot snapshot, RowQuery query, CancellationToken cancellationToken) =>
        Count(snapshot, Planner.Plan(query.WithoutOrder(), snapshot.Schema), cancellationToken);

    private static RowResults Open(TableSnapshot snapshot, QueryPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            return plan.Path == AccessPath.KeyOrderedScan
                ? new KeyOrderedRows(snapshot, plan, cancellationToken)
                : new FoundRows(snapshot, Find(snapshot, plan, cancellationToken), plan.Skipped, cancellationToken);
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    private static int Count(TableSnapshot snapshot, QueryPlan plan, CancellationToken cancellationToken)
    {
        long matches = plan.Path switch
        {
            AccessPath.KeyOrderedScan or AccessPath.SortedScan => CountScanned(snapshot, plan, cancellationToken),
            _ => Find(snapshot, plan, cancellationToken).Count,
        };
        return checked((int)Math.Max(0, Math.Min(matches, plan.Wanted) - plan.Skipped));
    }

    private static IReadOnlyList<SearchHit> Find(TableSnapshot snapshot, QueryPlan plan, CancellationToken cancellationToken) => plan.Path switch
    {
        AccessPath.VectorSearch => SearchVectors(snapshot, plan, cancellationToken),
        AccessPath.KeyLookup => LookUp(snapshot, plan, cancellationToken),
        AccessPath.SortedScan => SortAll(snapshot, plan, cancellationToken),
        _ => [],
    };

    private static IReadOnlyList<SearchHit> SearchVectors(TableSnapshot snapshot, QueryPlan plan, CancellationToken cancellationToken)
    {
        long rows = 0;
        foreach (RowSource source in snapshot.Sources)
        {
            rows += source.RowCount;
        }

        int limit = (int)Math.Min(Math.Min(plan.Wanted, rows), Array.MaxLength);
        if (limit == 0)
        {
            return [];
        }

        VectorPart nearness = plan.Nearness!;
        SearchRequest request = new(plan.VectorIndex, nearness.Vector, limit, nearness.MaxFloatDistance, nearness.Beam, plan.IsExact, plan.Filter) { Keys = plan.Keys };
        return SnapshotSearch.Search(snapshot, request, cancellationToken).Hits;
    }

    private static SearchHit[] LookUp(TableSnapshot snapshot, QueryPlan plan, CancellationToken cancellationToken)
    {
        RowSorter sorter = new(new SortOrder(plan.Order, snapshot.Schema), plan.Wanted);
        IReadOnlyList<byte[]> keys = plan.Keys!;
        for (int i = 0; i < keys.Count; i++)
        {
            if (i % KeysPerCancellationCheck == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (!snapshot.TryFind(keys[i], out RowLocation location))
            {
                continue;
            }

            using RowCursor cursor = snapshot.Sources[location.Source].OpenCursor(snapshot.Schema);
            cursor.MoveTo(location.Ordinal);
            if (plan.Filter is null || plan.Filter.Matches(cursor))
            {
                sorter.Offer(cursor, location);
            }
        }

        return HitsOf(sorter);
    }

    private static SearchHit[] SortAll(TableSnapshot snapshot, QueryPlan plan, CancellationToken cancellationToken)
    {
        RowSorter sorter = new(new SortOrder(plan.Order, snapshot.Schema), plan.Wanted);
        for (int source = 0; source < snapshot.Sources.Count; source++)
        {
            using SourceScan scan = new(snapshot, source, plan.Filter, cancellationToken);
            while (scan.MoveNext())
            {
                sorter.Offer(scan.Cursor, scan.Location);
            }
        }

        return HitsOf(sorter);
    }

    private static long CountScanned(TableSnapshot snapshot, QueryPlan plan, CancellationToken cancellationToken)
    {
        long matches = 0;
        for (int source = 0; source < snapshot.Sources.Count && matches < plan.Wanted; source++)
        {
            int count = snapshot.Sources[source].RowCount;
            if (plan.Filter is null && snapshot.Sources[source].AllVisible(snapshot.Sequence))
            {
                matches += count;
                continue;
            }

            using SourceScan scan = new(snapshot, source, plan.Filter, cancellationToken);
            while (matches < plan.Wanted && scan.MoveNext())
            {
                matches++;
            }
        }

        return matches;
    }

    private static SearchHit[] HitsOf(RowSorter sorter) => Array.ConvertAll(sorter.Sort(), location => new SearchHit(location, 0));
}
