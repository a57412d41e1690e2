using Helios.Typed.Engine;
using Helios.Typed.Querying;

namespace Helios.Typed;

/// <content>Asks a table for rows.</content>
public sealed partial class HeliosTable
{
    /// <summary>Finds the rows nearest to a vector, nearest first, ties by key.</summary>
    /// <param name="column">The vector column.</param>
    /// <param name="vector">The query's vector, of shape [dimensions].</param>
    /// <param name="count">How many rows are wanted; as many come back whenever so many match.</param>
    /// <param name="where">Which rows, over columns made by name: <c>new Column&lt;int&gt;("year") &gt; 2000</c>; null for all.</param>
    /// <param name="efSearch">The graph's beam (ef), 1 to 100,000; null for the column's own.</param>
    /// <param name="exact">Whether every matching row is compared instead of searching a graph.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="ArgumentException">The vector does not fit the column; the message says how.</exception>
    /// <exception cref="HeliosQueryException">There is no such column.</exception>
    public ValueTask<IReadOnlyList<Hit<HeliosRow>>> NearestAsync(
        string column,
        ReadOnlyMemory<float> vector,
        int count,
        Predicate? where = null,
        int? efSearch = null,
        bool exact = false,
        CancellationToken cancellationToken = default) =>
        HitsAsync(Narrow(Start(where).NearestTo(column, metric: null, vector.Span), count, efSearch, exact), ReadRow, cancellationToken);

    /// <summary>Finds the rows nearest to a vector of <see cref="Half"/>, nearest first, ties by key.</summary>
    /// <param name="column">The vector column.</param>
    /// <param name="vector">The query's vector, of shape [dimensions].</param>
    /// <param name="count">How many rows are wanted; as many come back whenever so many match.</param>
    /// <param name="where">Which rows, over columns made by name; null for all.</param>
    /// <param name="efSearch">The graph's beam (ef), 1 to 100,000; null for the column's own.</param>
    /// <param name="exact">Whether every matching row is compared instead of searching a graph.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="ArgumentException">The vector does not fit the column; the message says how.</exception>
    /// <exception cref="HeliosQueryException">There is no such column.</exception>
    public ValueTask<IReadOnlyList<Hit<HeliosRow>>> NearestHalfAsync(
        string column,
        ReadOnlyMemory<Half> vector,
        int count,
        Predicate? where = null,
        int? efSearch = null,
        bool exact = false,
        CancellationToken cancellationToken = default) =>
        HitsAsync(Narrow(Start(where).NearestTo(column, metric: null, vector.Span), count, efSearch, exact), ReadRow, cancellationToken);

    /// <summary>Finds the keys of the rows nearest to a vector, without reading the rows.</summary>
    /// <param name="column">The vector column.</param>
    /// <param name="vector">The query's vector, of shape [dimensions].</param>
    /// <param name="count">How many keys are wanted; as many come back whenever so many rows match.</param>
    /// <param name="where">Which rows, over columns made by name; null for all.</param>
    /// <param name="efSearch">The graph's beam (ef), 1 to 100,000; null for the column's own.</param>
    /// <param name="exact">Whether every matching row is compared instead of searching a graph.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="ArgumentException">The vector does not fit the column; the message says how.</exception>
    /// <exception cref="HeliosQueryException">There is no such column.</exception>
    public ValueTask<IReadOnlyList<Hit<HeliosKey>>> NearestKeysAsync(
        string column,
        ReadOnlyMemory<float> vector,
        int count,
        Predicate? where = null,
        int? efSearch = null,
        bool exact = false,
        CancellationToken cancellationToken = default) =>
        HitsAsync(Narrow(Start(where).NearestTo(column, metric: null, vector.Span), count, efSearch, exact), static rows => rows.Key, cancellationToken);

    /// <summary>Reads the rows that match, by key.</summary>
    /// <param name="where">Which rows, over columns made by name; null for all.</param>
    /// <param name="skip">How many to pass over.</param>
    /// <param name="take">How many to read at most; null for all.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <exception cref="HeliosQueryException">The condition names a column that is not there, or compares what does not compare.</exception>
    public async ValueTask<IReadOnlyList<HeliosRow>> ListAsync(Predicate? where = null, int skip = 0, int? take = null, CancellationToken cancellationToken = default)
    {
        RowQuery query = Start(where).Skip(skip);
        query = take is { } count ? query.Take(count) : query;
        BoundTable table = await _binding.BindAsync(cancellationToken).ConfigureAwait(false);
        using RowResults results = QueryExecutor.Open(table, query, cancellationToken);
        List<HeliosRow> rows = [];
        while (results.MoveNext())
        {
            rows.Add(ReadRow(results));
        }

        return rows;
    }

    /// <summary>Counts the rows that match.</summary>
    /// <param name="where">Which rows, over columns made by name; null for all.</param>
    /// <param name="cancellationToken">Stops the count.</param>
    /// <exception cref="HeliosQueryException">The condition names a column that is not there, or compares what does not compare.</exception>
    public async ValueTask<int> CountAsync(Predicate? where = null, CancellationToken cancellationToken = default)
    {
        BoundTable table = await _binding.BindAsync(cancellationToken).ConfigureAwait(false);
        return QueryExecutor.Count(table, Start(where), cancellationToken);
    }

    /// <summary>Deletes the rows that match, all of them or none, as one commit or as part of the transaction.</summary>
    /// <param name="where">Which rows, over columns made by name.</param>
    /// <param name="cancellationToken">Stops it while nothing is being written.</param>
    /// <returns>How many there were.</returns>
    /// <exception cref="HeliosQueryException">The condition names a column that is not there, or compares what does not compare.</exception>
    public async ValueTask<int> DeleteAsync(Predicate where, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(where);
        BoundTable table = await _binding.BindAsync(cancellationToken).ConfigureAwait(false);
        return await QueryExecutor.DeleteAsync(table, Start(where), cancellationToken).ConfigureAwait(false);
    }

    private static RowQuery Narrow(RowQuery query, int count, int? efSearch, bool exact)
    {
        query = efSearch is { } beam ? query.WithEfSearch(beam) : query;
        return (exact ? query.Exact() : query).Take(count);
    }

    private RowQuery Start(Predicate? where)
    {
        RowQuery query = new(Definition.Shape);
        return where is null ? query : query.Where(where);
    }

    private HeliosRow ReadRow(RowResults rows) => HeliosRow.Read(Definition, rows.Decode());

    private async ValueTask<IReadOnlyList<Hit<T>>> HitsAsync<T>(RowQuery query, Func<RowResults, T> read, CancellationToken cancellationToken)
    {
        BoundTable table = await _binding.BindAsync(cancellationToken).ConfigureAwait(false);
        using RowResults results = QueryExecutor.Open(table, query, cancellationToken);
        List<Hit<T>> hits = [];
        while (results.MoveNext())
        {
            hits.Add(new Hit<T>(read(results), results.Distance, Similarity.OfDistance(query.Nearness!.Metric, results.Distance)));
        }

        return hits;
    }
}
