using System.Globalization;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Sql.Ast;
using Helios.Typed.Sql.Binding;

namespace Helios.Typed.Querying;

/// <summary>Is a query over the rows of one table, whatever type they become; immutable, each step gives a new one.</summary>
/// <remarks>Steps check what they are given at once, so that the mistake and the exception are on one line.</remarks>
internal sealed record RowQuery
{
    private const int MaxBeam = 100_000;

    /// <summary>Starts a query over every row.</summary>
    /// <param name="table">The table as the code declares it.</param>
    public RowQuery(TableShape table) => Table = table;

    /// <summary>Gets the table as the code declares it.</summary>
    public TableShape Table { get; }

    /// <summary>Gets which rows are wanted, or null for all.</summary>
    public Expression? Filter { get; private init; }

    /// <summary>Gets the nearness asked for, or null where it plays no part.</summary>
    public VectorPart? Nearness { get; private init; }

    /// <summary>Gets the columns that rows are ordered by, the weightiest first; ties are broken by key.</summary>
    public NodeList<Ordering> Order { get; private init; } = NodeList<Ordering>.Empty;

    /// <summary>Gets how many rows are passed over.</summary>
    public long Skipped { get; private init; }

    /// <summary>Gets how many rows are wanted after that, or null for all.</summary>
    public long? Taken { get; private init; }

    /// <summary>Gets whether <see cref="Skip"/> or <see cref="Take"/> narrows the rows.</summary>
    public bool HasWindow => Skipped > 0 || Taken is not null;

    /// <summary>Keeps the rows that match.</summary>
    public RowQuery Where(Predicate predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        RequireNoWindow("Where");
        return this with { Filter = Filter is null ? predicate.Expression : LogicalExpression.And(Filter, predicate.Expression) };
    }

    /// <summary>Orders by nearness to a vector.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="Half"/>.</typeparam>
    /// <param name="name">The vector column's name.</param>
    /// <param name="metric">The metric that the caller takes the column to have, or null for whichever it has.</param>
    /// <param name="vector">The vector; copied.</param>
    public RowQuery NearestTo<T>(string name, Metric? metric, ReadOnlySpan<T> vector)
        where T : unmanaged
    {
        RequireNoWindow("Nearest");
        if (Order.Count > 0)
        {
            throw new InvalidOperationException("Nearest orders rows by their distance, so it does not go with OrderBy. Leave one of them out.");
        }

        ColumnShape column = ColumnResolver.Resolve(Table, new ColumnReference(null, name));
        ColumnType wanted = typeof(T) == typeof(Half) ? ColumnType.HalfVector : ColumnType.Vector;
        if (column.Type != wanted || (metric is not null && metric != column.Vector!.Metric))
        {
            string asked = metric is null ? wanted.ToString() : $"{wanted} compared by {metric}";
            string has = column.Vector is null ? column.Type.ToString() : $"{column.Type} compared by {column.Vector.Metric}";
            throw new ArgumentException($"Column '{column.Name}' of table '{Table.Name}' is {has}, and is asked as {asked}.", nameof(name));
        }

        if (VectorRules.FindProblem(column.Vector!, vector) is { } problem)
        {
            throw new ArgumentException($"Column '{column.Name}' of table '{Table.Name}': {problem}.", nameof(vector));
        }

        return this with { Nearness = new VectorPart(column, Widen(vector)) };
    }

    /// <summary>Leaves out rows that are farther than a distance or less similar than a similarity.</summary>
    public RowQuery Within(double? minSimilarity, double? maxDistance)
    {
        VectorPart nearness = RequireNearness("Within");
        RequireNoWindow("Within");
        if (minSimilarity is null && maxDistance is null)
        {
            throw new ArgumentException("Within needs a least similarity or a greatest distance: write Within(minSimilarity: 0.8) or Within(maxDistance: 0.2).", nameof(minSimilarity));
        }

        double farthest = nearness.MaxDistance;
        if (maxDistance is { } distance)
        {
            if (double.IsNaN(distance) || (distance < 0 && nearness.Metric != Metric.InnerProduct))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(maxDistance), distance, string.Create(CultureInfo.InvariantCulture, $"The greatest distance is {distance}, but no {nearness.Metric} distance is below 0."));
            }

            farthest = Math.Min(farthest, distance);
        }

        if (minSimilarity is { } similarity)
        {
            farthest = Math.Min(farthest, Similarity.ToDistance(nearness.Metric, similarity));
        }

        return this with { Nearness = nearness with { MaxDistance = farthest } };
    }

    /// <summary>Sets the graph's ef.</summary>
    public RowQuery WithEfSearch(int efSearch)
    {
        if (efSearch is < 1 or > MaxBeam)
        {
            throw new ArgumentOutOfRangeException(nameof(efSearch), efSearch, $"efSearch is {efSearch.ToString(CultureInfo.InvariantCulture)}; it must be from 1 to 100,000.");
        }

        return this with { Nearness = RequireNearness("WithEfSearch") with { Beam = efSearch } };
    }

    /// <summary>Passes over graphs.</summary>
    public RowQuery Exact() => this with { Nearness = RequireNearness("Exact") with { IsExact = true } };

    /// <summary>Orders by a column before whatever the order is now.</summary>
    public RowQuery OrderBy(string name, bool isDescending) =>
        this with { Order = new NodeList<Ordering>([MakeOrdering(name, isDescending, "OrderBy"), .. Order]) };

    /// <summary>Orders by a column where the order so far has ties.</summary>
    public RowQuery ThenBy(string name, bool isDescending)
    {
        if (Order.Count == 0)
        {
            throw new InvalidOperationException("ThenBy breaks the ties of an order, so it comes after OrderBy or OrderByDescending.");
        }

        return this with { Order = new NodeList<Ordering>([.. Order, MakeOrdering(name, isDescending, "ThenBy")]) };
    }

    /// <summary>Passes over rows.</summary>
    public RowQuery Skip(int count)
    {
        if (count < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"Skip is asked to pass over {count.ToString(CultureInfo.InvariantCulture)} rows; it must be at least 0.");
        }

        return this with { Skipped = Skipped + count, Taken = Taken is { } taken ? Math.Max(0, taken - count) : null };
    }

    /// <summary>Keeps the first rows.</summary>
    public RowQuery Take(int count)
    {
        if (count < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"Take is asked for {count.ToString(CultureInfo.InvariantCulture)} rows; it must be at least 1.");
        }

        return this with { Taken = Math.Min(Taken ?? long.MaxValue, count) };
    }

    /// <summary>Gives a query that counts the same rows and need not order them.</summary>
    /// <remarks>Every row with a vector is near to something; only a bound on the distance takes a search to tell.</remarks>
    public RowQuery WithoutOrder()
    {
        RowQuery unordered = this with { Order = NodeList<Ordering>.Empty };
        if (Nearness is null || !double.IsPositiveInfinity(Nearness.MaxDistance))
        {
            return unordered;
        }

        Expression hasVector = new NullTest(new ColumnReference(null, Nearness.Column.Name), IsNegated: true);
        return unordered with { Nearness = null, Filter = Filter is null ? hasVector : LogicalExpression.And(Filter, hasVector) };
    }

    private VectorPart RequireNearness(string step) =>
        Nearness ?? throw new InvalidOperationException($"{step} sets how a vector is searched for, so it comes after Nearest.");

    // What LINQ does here, filtering the rows that were taken, is seldom meant, and would hide the mistake.
    private void RequireNoWindow(string step)
    {
        if (HasWindow)
        {
            throw new InvalidOperationException($"{step} comes before Skip and Take, which count the rows that are left.");
        }
    }

    private Ordering MakeOrdering(string name, bool isDescending, string step)
    {
        RequireNoWindow(step);
        if (Nearness is not null)
        {
            throw new InvalidOperationException($"Nearest orders rows by their distance, so it does not go with {step}. Leave one of them out.");
        }

        int place = ColumnResolver.PlaceOf(Table, new ColumnReference(null, name));
        ColumnShape column = Table.Columns[place];
        return ScalarCodec.IsOrdered(column.Type) && !column.IsArray
            ? new Ordering(place, column, isDescending)
            : throw new HeliosQueryException($"Column '{column.Name}' is {(column.IsArray ? "a list of " : "")}{column.Type}, which has no order.");
    }

    private static float[] Widen<T>(ReadOnlySpan<T> vector)
        where T : unmanaged
    {
        float[] widened = new float[vector.Length];
        for (int i = 0; i < widened.Length; i++)
        {
            widened[i] = typeof(T) == typeof(Half) ? (float)(Half)(object)vector[i] : (float)(object)vector[i];
        }

        return widened;
    }
}
