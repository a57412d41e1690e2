namespace Helios.Typed;

/// <summary>Asks a store for records; immutable, each step gives a new one.</summary>
/// <typeparam name="TRecord">The record type.</typeparam>
/// <typeparam name="TColumns">Its generated columns.</typeparam>
public sealed class Query<TRecord, TColumns> : IAsyncEnumerable<TRecord>
    where TRecord : IHeliosRecord<TRecord, TColumns>
{
    /// <summary>Starts a query over every record of a store.</summary>
    /// <param name="store">The store.</param>
    public Query(IHeliosStore<TRecord> store)
    {
        ArgumentNullException.ThrowIfNull(store);
    }

    /// <summary>Keeps the records that match.</summary>
    /// <param name="predicate">The condition, over the columns.</param>
    public Query<TRecord, TColumns> Where(Func<TColumns, Predicate> predicate) => throw new NotSupportedException();

    /// <summary>Orders by nearness to a vector.</summary>
    /// <param name="column">The vector column.</param>
    /// <param name="vector">The query's vector, of shape [dimensions].</param>
    public NearestQuery<TRecord, TColumns> Nearest(Func<TColumns, VectorColumn<float>> column, ReadOnlyMemory<float> vector) => throw new NotSupportedException();

    /// <summary>Orders by nearness to a vector.</summary>
    /// <param name="column">The vector column.</param>
    /// <param name="vector">The query's vector, of shape [dimensions].</param>
    public NearestQuery<TRecord, TColumns> Nearest(Func<TColumns, VectorColumn<Half>> column, ReadOnlyMemory<Half> vector) => throw new NotSupportedException();

    /// <summary>Orders by a column, lowest first.</summary>
    /// <param name="column">The column.</param>
    public Query<TRecord, TColumns> OrderBy(Func<TColumns, ISortableColumn> column) => throw new NotSupportedException();

    /// <summary>Orders by a column, highest first.</summary>
    /// <param name="column">The column.</param>
    public Query<TRecord, TColumns> OrderByDescending(Func<TColumns, ISortableColumn> column) => throw new NotSupportedException();

    /// <summary>Runs the query and gives its records.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    public ValueTask<IReadOnlyList<TRecord>> ToListAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <inheritdoc/>
    public IAsyncEnumerator<TRecord> GetAsyncEnumerator(CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
