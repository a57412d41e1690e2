using System.Diagnostics.CodeAnalysis;

namespace Helios.Typed;

/// <summary>Holds the records of one table of a <see cref="HeliosDatabase"/>, for reading and writing.</summary>
/// <remarks>
/// For each record type the generator adds, as extension methods, the typed surface that most code uses: <c>InsertAsync</c>,
/// <c>UpsertAsync</c>, <c>UpdateAsync</c>, <c>DeleteAsync</c>, <c>GetAsync</c>, <c>Where</c>, <c>Nearest</c>, <c>OrderBy</c>,
/// <c>Query</c>. The members here are what those stand on, and serve code that is generic over records. A store of the
/// database is safe for any number of threads; one of a <see cref="HeliosTransaction"/> is for one operation at a time.
/// </remarks>
/// <typeparam name="TRecord">The annotated record type.</typeparam>
public interface IHeliosStore<TRecord> : IHeliosReader<TRecord>
    where TRecord : IHeliosRecord<TRecord>
{
    /// <summary>Writes a batch, all of it or nothing.</summary>
    /// <param name="batch">The inserts, upserts, updates and deletes, applied in order.</param>
    /// <param name="cancellationToken">Stops the wait while the batch is not yet being written.</param>
    /// <returns>The keys of the written records and the number of deleted ones, once durable as the options say.</returns>
    /// <exception cref="ArgumentException">A record has a value its column cannot hold; the message names the column.</exception>
    /// <exception cref="HeliosDuplicateKeyException">An insert meets a key that is there already.</exception>
    /// <exception cref="HeliosKeyNotFoundException">An update meets a key that is not there.</exception>
    ValueTask<WriteResult> WriteAsync(WriteBatch<TRecord> batch, CancellationToken cancellationToken = default);

    /// <summary>Reads the committed inserts, updates and deletes of the table, and what became of the table itself, in the order of the commits.</summary>
    /// <remarks>
    /// Start again from the <see cref="Change{TRecord}.Position"/> of the last change that was applied and had
    /// <see cref="Change{TRecord}.IsLastOfCommit"/>. A row is read as the record is declared now. What is told is durable. A
    /// table that rarely changes hands out new positions as rarely, and they may fall behind what is kept: where that
    /// matters, follow <see cref="HeliosDatabase.ChangesAsync"/>, which sees every commit.
    /// </remarks>
    /// <param name="since">The place after which to start, as a change or a snapshot told it; <see cref="ChangePosition.Start"/> is before the first commit.</param>
    /// <param name="follow">Whether to wait for commits to come; if not, the feed ends at the newest commit of the moment when reading starts.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="HeliosChangesTrimmedException">Changes after <paramref name="since"/> are not kept any more, or went while the reader lagged behind.</exception>
    /// <exception cref="HeliosCorruptionException">A log is damaged.</exception>
    /// <exception cref="HeliosChangesDivergedException"><paramref name="since"/> is of another history: the database was restored from a backup, was one, or was salvaged.</exception>
    IAsyncEnumerable<Change<TRecord>> ChangesAsync(ChangePosition since = default, bool follow = false, CancellationToken cancellationToken = default);

    /// <summary>Waits until every row written before the call is in the index that its vector columns ask for.</summary>
    /// <param name="progress">Is told how far the work is, or null.</param>
    /// <param name="cancellationToken">Stops the wait, not the work.</param>
    Task WaitForIndexingAsync(IProgress<IndexingProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Writes a stream of records in durable batches, encoding the next while one is synced.</summary>
    /// <remarks>Not one transaction: what is durable is the beginning of the stream, and how much is told by result, progress and exceptions.</remarks>
    /// <param name="records">The records, read once.</param>
    /// <param name="progress">Is told after each durable batch, or null.</param>
    /// <param name="options">How to write, or null for the defaults.</param>
    /// <param name="cancellationToken">Stops the import between batches.</param>
    /// <exception cref="ArgumentException">An option cannot be.</exception>
    /// <exception cref="HeliosImportException">A record, the source or a commit failed; it says how many records are durable.</exception>
    /// <exception cref="HeliosImportCanceledException">It was cancelled; it says how many records are durable.</exception>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The first parameter, which has no default, tells the overloads apart.")]
    Task<ImportResult> ImportAsync(
        IAsyncEnumerable<TRecord> records, IProgress<ImportProgress>? progress = null, ImportOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ImportAsync(IAsyncEnumerable{TRecord}, IProgress{ImportProgress}, ImportOptions, CancellationToken)"/>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The first parameter, which has no default, tells the overloads apart.")]
    Task<ImportResult> ImportAsync(
        IEnumerable<TRecord> records, IProgress<ImportProgress>? progress = null, ImportOptions? options = null, CancellationToken cancellationToken = default);
}
