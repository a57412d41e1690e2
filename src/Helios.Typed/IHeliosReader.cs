namespace Helios.Typed;

/// <summary>Reads the records of one table of a <see cref="HeliosDatabase"/>.</summary>
/// <remarks>
/// Every <see cref="IHeliosStore{TRecord}"/> is one; a <see cref="HeliosSnapshot"/> gives no more than this, so that writing
/// through it does not compile. For each record type the generator adds, as extension methods, <c>GetAsync</c>, <c>Where</c>,
/// <c>Nearest</c>, <c>OrderBy</c>, <c>CountAsync</c> and <c>Query</c>.
/// </remarks>
/// <typeparam name="TRecord">The annotated record type.</typeparam>
public interface IHeliosReader<TRecord>
    where TRecord : IHeliosRecord<TRecord>
{
    /// <summary>Gets the database the table belongs to.</summary>
    HeliosDatabase Database { get; }

    /// <summary>Gets the table's definition.</summary>
    TableDefinition Definition { get; }

    /// <summary>Reads the record with a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <exception cref="ArgumentException">The key is not of the table's key type.</exception>
    ValueTask<Lookup<TRecord>> FindAsync(HeliosKey key, CancellationToken cancellationToken = default);
}
