namespace Helios.Typed;

/// <summary>Asks a store for the records nearest to a vector; immutable, each step gives a new one.</summary>
/// <typeparam name="TRecord">The record type.</typeparam>
/// <typeparam name="TColumns">Its generated columns.</typeparam>
public sealed class NearestQuery<TRecord, TColumns> : IAsyncEnumerable<Hit<TRecord>>
    where TRecord : IHeliosRecord<TRecord, TColumns>
{
    internal NearestQuery()
    {
    }

    /// <summary>Keeps the nearest.</summary>
    /// <param name="count">How many, at least 1.</param>
    public NearestQuery<TRecord, TColumns> Take(int count) => throw new NotSupportedException();

    /// <summary>Runs the query and gives its hits, nearest first.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    public ValueTask<IReadOnlyList<Hit<TRecord>>> ToListAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <inheritdoc/>
    public IAsyncEnumerator<Hit<TRecord>> GetAsyncEnumerator(CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
