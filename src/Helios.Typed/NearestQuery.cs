using System.Runtime.CompilerServices;
using Helios.Typed.Engine;
using Helios.Typed.Querying;
using Helios.Typed.Records;

namespace Helios.Typed;

/// <summary>Asks a store for the records nearest to a vector; immutable, each step gives a new one.</summary>
/// <remarks>
/// Hits come nearest first, ties by key; records without a vector are never among them. Without <see cref="Take"/>, every
/// record (within the bounds of <see cref="Within"/>) comes, and the search is exact. Each run reads one snapshot.
/// </remarks>
/// <typeparam name="TRecord">The record type.</typeparam>
/// <typeparam name="TColumns">Its generated columns.</typeparam>
public sealed partial class NearestQuery<TRecord, TColumns> : IAsyncEnumerable<Hit<TRecord>>
    where TRecord : IHeliosRecord<TRecord, TColumns>
{
    private const int ElementsInLogs = 4;

    private readonly IHeliosReader<TRecord> _store;
    private readonly RowQuery _query;

    internal NearestQuery(IHeliosReader<TRecord> store, RowQuery query)
    {
        _store = store;
        _query = query;
    }

    /// <summary>Keeps the records that match; several conditions must all match.</summary>
    /// <param name="predicate">The condition, over the columns.</param>
    /// <exception cref="InvalidOperationException"><see cref="Skip"/> or <see cref="Take"/> came before.</exception>
    [OverloadResolutionPriority(1)]
    public NearestQuery<TRecord, TColumns> Where(Func<TColumns, Predicate> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return With(_query.Where(predicate(TRecord.HeliosColumns)));
    }

    /// <summary>Leaves out what is not near enough; name what you mean: <c>Within(minSimilarity: 0.8)</c>.</summary>
    /// <param name="minSimilarity">The least <see cref="Hit{TRecord}.Similarity"/>, included: −1 to 1 for cosine, above 0 to 1 for Euclidean, any for inner product.</param>
    /// <param name="maxDistance">The greatest <see cref="Hit{TRecord}.Distance"/>, included.</param>
    /// <exception cref="ArgumentException">Neither is given.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A bound is one that no two vectors can meet.</exception>
    public NearestQuery<TRecord, TColumns> Within(double? minSimilarity = null, double? maxDistance = null) =>
        With(_query.Within(minSimilarity, maxDistance));

    /// <summary>Passes over the nearest.</summary>
    /// <param name="count">How many, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 0.</exception>
    public NearestQuery<TRecord, TColumns> Skip(int count) => With(_query.Skip(count));

    /// <summary>Keeps the nearest: as many as asked for, whenever so many match.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public NearestQuery<TRecord, TColumns> Take(int count) => With(_query.Take(count));

    /// <summary>Searches the graph with a beam of another width than the column's own: wider finds more and takes longer.</summary>
    /// <param name="efSearch">The width (the paper's ef), 1 to 100,000.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="efSearch"/> is out of that range.</exception>
    public NearestQuery<TRecord, TColumns> WithEfSearch(int efSearch) => With(_query.WithEfSearch(efSearch));

    /// <summary>Compares with every matching record instead of searching a graph: nothing near is missed.</summary>
    public NearestQuery<TRecord, TColumns> Exact() => With(_query.Exact());

    /// <summary>Runs the query and gives its hits, nearest first.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    public async ValueTask<IReadOnlyList<Hit<TRecord>>> ToListAsync(CancellationToken cancellationToken = default)
    {
        using RowResults rows = await OpenAsync(_query, cancellationToken).ConfigureAwait(false);
        List<Hit<TRecord>> hits = [];
        while (rows.MoveNext())
        {
            hits.Add(Read(rows));
        }

        return hits;
    }

    /// <summary>Runs the query for the nearest record.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The hit, or null where no record matches.</returns>
    [OverloadResolutionPriority(1)]
    public async ValueTask<Hit<TRecord>?> FirstOrDefaultAsync(CancellationToken cancellationToken = default)
    {
        using RowResults rows = await OpenAsync(_query.Take(1), cancellationToken).ConfigureAwait(false);
        return rows.MoveNext() ? Read(rows) : null;
    }

    /// <summary>Counts the hits that the query would give, without reading their records.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    [OverloadResolutionPriority(1)]
    public async ValueTask<int> CountAsync(CancellationToken cancellationToken = default)
    {
        BoundTable table = await RecordReading.BindAsync(_store, cancellationToken).ConfigureAwait(false);
        return QueryExecutor.Count(table, _query, cancellationToken);
    }

    /// <summary>Says whether the query would give a hit.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    [OverloadResolutionPriority(1)]
    public async ValueTask<bool> AnyAsync(CancellationToken cancellationToken = default)
    {
        BoundTable table = await RecordReading.BindAsync(_store, cancellationToken).ConfigureAwait(false);
        return QueryExecutor.Count(table, _query.Take(1), cancellationToken) > 0;
    }

    /// <summary>Runs the query and gives its hits one by one; the snapshot is held until the enumerator is disposed.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    public async IAsyncEnumerator<Hit<TRecord>> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        using RowResults rows = await OpenAsync(_query, cancellationToken).ConfigureAwait(false);
        while (rows.MoveNext())
        {
            yield return Read(rows);
        }
    }

    /// <summary>Says the query in SQL: the same records in the same order, and their distance.</summary>
    public string ToSql() => QueryStatement.Print(_query);

    /// <summary>Says the query in SQL, long vectors shortened.</summary>
    public override string ToString() => QueryStatement.Print(_query, ElementsInLogs);

    private NearestQuery<TRecord, TColumns> With(RowQuery query) => new(_store, query);

    private async ValueTask<RowResults> OpenAsync(RowQuery query, CancellationToken cancellationToken)
    {
        BoundTable table = await RecordReading.BindAsync(_store, cancellationToken).ConfigureAwait(false);
        return QueryExecutor.Open(table, query, cancellationToken);
    }

    private Hit<TRecord> Read(RowResults rows)
    {
        RowDecoder row = rows.Decode();
        return new Hit<TRecord>(RecordReading.Read<TRecord>(row), rows.Distance, Similarity.OfDistance(_query.Nearness!.Metric, rows.Distance));
    }
}
