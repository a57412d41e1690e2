using System.Runtime.CompilerServices;
using Helios.Typed.Engine;
using Helios.Typed.Querying;

namespace Helios.Typed;

/// <summary>Asks a store for records; immutable, each step gives a new one.</summary>
/// <remarks>
/// The lambdas take the generated columns, not a record. Records come ordered by key unless <see cref="OrderBy"/> says
/// otherwise, and ties are broken by key, so <see cref="Skip"/> and <see cref="Take"/> are stable. Each run reads one
/// snapshot: writes that commit meanwhile are not seen.
/// </remarks>
/// <typeparam name="TRecord">The record type.</typeparam>
/// <typeparam name="TColumns">Its generated columns.</typeparam>
public sealed partial class Query<TRecord, TColumns> : IAsyncEnumerable<TRecord>
    where TRecord : IHeliosRecord<TRecord, TColumns>
{
    private readonly IHeliosReader<TRecord> _store;
    private readonly RowQuery _query;

    /// <summary>Starts a query over every record of a store.</summary>
    /// <param name="store">The store.</param>
    public Query(IHeliosReader<TRecord> store)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        _query = new RowQuery(TRecord.HeliosTable.Shape);
    }

    private Query(IHeliosReader<TRecord> store, RowQuery query)
    {
        _store = store;
        _query = query;
    }

    /// <summary>Keeps the records that match; several conditions must all match.</summary>
    /// <param name="predicate">The condition, over the columns.</param>
    /// <exception cref="InvalidOperationException"><see cref="Skip"/> or <see cref="Take"/> came before.</exception>
    [OverloadResolutionPriority(1)]
    public Query<TRecord, TColumns> Where(Func<TColumns, Predicate> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return With(_query.Where(predicate(TRecord.HeliosColumns)));
    }

    /// <summary>Orders by nearness to a vector, by the column's own metric.</summary>
    /// <param name="column">The vector column.</param>
    /// <param name="vector">The query's vector, of shape [dimensions]; copied.</param>
    /// <exception cref="ArgumentException">The vector has another dimension than the column, holds NaN or an infinity, or is zero where the metric is cosine.</exception>
    /// <exception cref="InvalidOperationException">An order was set, or <see cref="Skip"/> or <see cref="Take"/> came before.</exception>
    public NearestQuery<TRecord, TColumns> Nearest(Func<TColumns, VectorColumn<float>> column, ReadOnlyMemory<float> vector)
    {
        ArgumentNullException.ThrowIfNull(column);
        VectorColumn<float> chosen = column(TRecord.HeliosColumns);
        return new NearestQuery<TRecord, TColumns>(_store, _query.NearestTo(chosen.Name, chosen.Metric, vector.Span));
    }

    /// <summary>Orders by nearness to a vector, by the column's own metric.</summary>
    /// <param name="column">The vector column.</param>
    /// <param name="vector">The query's vector, of shape [dimensions]; copied.</param>
    /// <exception cref="ArgumentException">The vector has another dimension than the column, holds NaN or an infinity, or is zero where the metric is cosine.</exception>
    /// <exception cref="InvalidOperationException">An order was set, or <see cref="Skip"/> or <see cref="Take"/> came before.</exception>
    public NearestQuery<TRecord, TColumns> Nearest(Func<TColumns, VectorColumn<Half>> column, ReadOnlyMemory<Half> vector)
    {
        ArgumentNullException.ThrowIfNull(column);
        VectorColumn<Half> chosen = column(TRecord.HeliosColumns);
        return new NearestQuery<TRecord, TColumns>(_store, _query.NearestTo(chosen.Name, chosen.Metric, vector.Span));
    }

    /// <summary>Orders by a column, lowest first; records without a value come last.</summary>
    /// <param name="column">The column.</param>
    /// <remarks>An order that was set before breaks the ties of this one.</remarks>
    [OverloadResolutionPriority(1)]
    public Query<TRecord, TColumns> OrderBy(Func<TColumns, ISortableColumn> column) => With(_query.OrderBy(NameOf(column), isDescending: false));

    /// <summary>Orders by a column, highest first; records without a value come first.</summary>
    /// <param name="column">The column.</param>
    /// <remarks>An order that was set before breaks the ties of this one.</remarks>
    [OverloadResolutionPriority(1)]
    public Query<TRecord, TColumns> OrderByDescending(Func<TColumns, ISortableColumn> column) => With(_query.OrderBy(NameOf(column), isDescending: true));

    /// <summary>Breaks the ties of the order by a column, lowest first; records without a value come last.</summary>
    /// <param name="column">The column.</param>
    /// <exception cref="InvalidOperationException">No order was set.</exception>
    public Query<TRecord, TColumns> ThenBy(Func<TColumns, ISortableColumn> column) => With(_query.ThenBy(NameOf(column), isDescending: false));

    /// <summary>Breaks the ties of the order by a column, highest first; records without a value come first.</summary>
    /// <param name="column">The column.</param>
    /// <exception cref="InvalidOperationException">No order was set.</exception>
    public Query<TRecord, TColumns> ThenByDescending(Func<TColumns, ISortableColumn> column) => With(_query.ThenBy(NameOf(column), isDescending: true));

    /// <summary>Passes over the first records.</summary>
    /// <param name="count">How many, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 0.</exception>
    public Query<TRecord, TColumns> Skip(int count) => With(_query.Skip(count));

    /// <summary>Keeps the first records: as many as asked for, whenever so many match.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public Query<TRecord, TColumns> Take(int count) => With(_query.Take(count));

    /// <summary>Runs the query and gives its records.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    public async ValueTask<IReadOnlyList<TRecord>> ToListAsync(CancellationToken cancellationToken = default)
    {
        using RowResults rows = await OpenAsync(_query, cancellationToken).ConfigureAwait(false);
        List<TRecord> records = [];
        while (rows.MoveNext())
        {
            records.Add(RecordReading.Read<TRecord>(rows.Decode()));
        }

        return records;
    }

    /// <summary>Runs the query for its first record.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The record, or null where none matches; for a struct its default, which <see cref="AnyAsync(CancellationToken)"/> tells apart.</returns>
    [OverloadResolutionPriority(1)]
    public async ValueTask<TRecord?> FirstOrDefaultAsync(CancellationToken cancellationToken = default)
    {
        using RowResults rows = await OpenAsync(_query.Take(1), cancellationToken).ConfigureAwait(false);
        return rows.MoveNext() ? RecordReading.Read<TRecord>(rows.Decode()) : default;
    }

    /// <summary>Counts the records that the query would give, without reading them.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    [OverloadResolutionPriority(1)]
    public async ValueTask<int> CountAsync(CancellationToken cancellationToken = default)
    {
        BoundTable table = await RecordReading.BindAsync(_store, cancellationToken).ConfigureAwait(false);
        return QueryExecutor.Count(table, _query, cancellationToken);
    }

    /// <summary>Says whether the query would give a record.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    [OverloadResolutionPriority(1)]
    public async ValueTask<bool> AnyAsync(CancellationToken cancellationToken = default)
    {
        BoundTable table = await RecordReading.BindAsync(_store, cancellationToken).ConfigureAwait(false);
        return QueryExecutor.Count(table, _query.Take(1), cancellationToken) > 0;
    }

    /// <summary>Deletes the records that match, all of them or none; an order plays no part.</summary>
    /// <remarks>
    /// Outside a transaction it is one commit of its own, which deletes exactly the records that match at that moment, and which
    /// writers that go on meanwhile can neither make fail nor hold up. Within one it is part of it, and rests on the whole table
    /// unless the condition names the keys.
    /// </remarks>
    /// <param name="cancellationToken">Stops it while nothing is being written.</param>
    /// <returns>How many there were.</returns>
    /// <exception cref="InvalidOperationException"><see cref="Skip"/> or <see cref="Take"/> came before, or the query reads a snapshot.</exception>
    public async ValueTask<int> ExecuteDeleteAsync(CancellationToken cancellationToken = default)
    {
        BoundTable table = await RecordReading.BindAsync(_store, cancellationToken).ConfigureAwait(false);
        return await QueryExecutor.DeleteAsync(table, _query, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs the query and gives its records one by one; the snapshot is held until the enumerator is disposed.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    public async IAsyncEnumerator<TRecord> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        using RowResults rows = await OpenAsync(_query, cancellationToken).ConfigureAwait(false);
        while (rows.MoveNext())
        {
            yield return RecordReading.Read<TRecord>(rows.Decode());
        }
    }

    /// <summary>Says the query in SQL: the same records in the same order.</summary>
    public string ToSql() => QueryStatement.Print(_query);

    /// <summary>Says the query in SQL.</summary>
    public override string ToString() => ToSql();

    private Query<TRecord, TColumns> With(RowQuery query) => new(_store, query);

    private async ValueTask<RowResults> OpenAsync(RowQuery query, CancellationToken cancellationToken)
    {
        BoundTable table = await RecordReading.BindAsync(_store, cancellationToken).ConfigureAwait(false);
        return QueryExecutor.Open(table, query, cancellationToken);
    }

    private static string NameOf(Func<TColumns, ISortableColumn> column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return column(TRecord.HeliosColumns).Name;
    }
}
