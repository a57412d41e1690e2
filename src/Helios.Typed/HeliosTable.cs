using System.Diagnostics.CodeAnalysis;
using Helios.Typed.Engine;
using Helios.Typed.Records;

namespace Helios.Typed;

/// <summary>Holds the rows of a table that was defined at run time; safe for any number of threads, but for one of a <see cref="HeliosTransaction"/>.</summary>
/// <remarks>
/// Serves programs that learn the columns or the dimension only when they run: adapters, tools, benchmarks. Where a record
/// can be written down, <see cref="HeliosStore{TRecord}"/> is safer and faster. Both open the same tables.
/// </remarks>
public sealed partial class HeliosTable : ITable
{
    private readonly ITable _binding;

    internal HeliosTable(HeliosDatabase database, TableDefinition definition, ITable? binding = null)
    {
        Database = database;
        Definition = definition;
        _binding = binding ?? new TableBinding(database, definition);
    }

    /// <summary>Gets the database the table belongs to.</summary>
    public HeliosDatabase Database { get; }

    /// <summary>Gets the table's definition.</summary>
    public TableDefinition Definition { get; }

    /// <summary>Writes a batch, all of it or nothing.</summary>
    /// <param name="batch">The inserts, upserts, updates and deletes, applied in order.</param>
    /// <param name="cancellationToken">Stops the wait while the batch is not yet being written.</param>
    /// <returns>The keys of the written rows and the number of deleted ones, once durable as the options say.</returns>
    /// <exception cref="ArgumentException">A row is of another table, or has a value its column cannot hold; the message names the column.</exception>
    /// <exception cref="HeliosDuplicateKeyException">An insert meets a key that is there already.</exception>
    /// <exception cref="HeliosKeyNotFoundException">An update meets a key that is not there.</exception>
    public async ValueTask<WriteResult> WriteAsync(HeliosRowBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        BoundTable table = await _binding.BindAsync(cancellationToken).ConfigureAwait(false);
        return await table.WriteAsync(BatchEncoding.Encode(table.Schema, batch.Entries, Encode), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the row with a key, or null where there is none.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <exception cref="ArgumentException">The key is not of the table's key type.</exception>
    public async ValueTask<HeliosRow?> FindAsync(HeliosKey key, CancellationToken cancellationToken = default)
    {
        BoundTable table = await _binding.BindAsync(cancellationToken).ConfigureAwait(false);
        return table.TryRead(key, out RowDecoder? row) ? HeliosRow.Read(Definition, row) : null;
    }

    /// <summary>Waits until every row written before the call is in the index that its vector columns ask for.</summary>
    /// <param name="progress">Is told how far the work is, or null.</param>
    /// <param name="cancellationToken">Stops the wait, not the work.</param>
    public async Task WaitForIndexingAsync(IProgress<IndexingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        BoundTable table = await _binding.BindAsync(cancellationToken).ConfigureAwait(false);
        await table.Engine.WaitForIndexingAsync(table.Handle, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a stream of rows in durable batches, encoding the next while one is synced.</summary>
    /// <remarks>Not one transaction: what is durable is the beginning of the stream, and how much is told by result, progress and exceptions.</remarks>
    /// <param name="rows">The rows, read once.</param>
    /// <param name="progress">Is told after each durable batch, or null.</param>
    /// <param name="options">How to write, or null for the defaults.</param>
    /// <param name="cancellationToken">Stops the import between batches.</param>
    /// <exception cref="ArgumentException">An option cannot be.</exception>
    /// <exception cref="HeliosImportException">A row, the source or a commit failed; it says how many rows are durable.</exception>
    /// <exception cref="HeliosImportCanceledException">It was cancelled; it says how many rows are durable.</exception>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The first parameter, which has no default, tells the overloads apart.")]
    public async Task<ImportResult> ImportAsync(
        IAsyncEnumerable<HeliosRow> rows, IProgress<ImportProgress>? progress = null, ImportOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        BoundTable table = await _binding.BindAsync(cancellationToken).ConfigureAwait(false);
        using BulkImport<HeliosRow> import = new(table, options, progress, EncodeImported);
        return await import.RunAsync(rows, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="ImportAsync(IAsyncEnumerable{HeliosRow}, IProgress{ImportProgress}, ImportOptions, CancellationToken)"/>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The first parameter, which has no default, tells the overloads apart.")]
    public Task<ImportResult> ImportAsync(
        IEnumerable<HeliosRow> rows, IProgress<ImportProgress>? progress = null, ImportOptions? options = null, CancellationToken cancellationToken = default) =>
        ImportAsync(rows.ToAsyncEnumerable(), progress, options, cancellationToken);

    /// <inheritdoc/>
    ValueTask<BoundTable> ITable.BindAsync(CancellationToken cancellationToken) => _binding.BindAsync(cancellationToken);

    private void Encode((WriteOperation Operation, HeliosRow? Row, HeliosKey Key) entry, RowEncoder encoder, RowBatch batch)
    {
        if (entry.Row is not { } row)
        {
            batch.Delete(entry.Key);
            return;
        }

        Encode(row, entry.Key, entry.Operation, encoder, batch);
    }

    private void EncodeImported(HeliosRow row, WriteOperation operation, RowEncoder encoder, RowBatch batch) =>
        Encode(row, row.Key, operation, encoder, batch);

    private void Encode(HeliosRow row, HeliosKey key, WriteOperation operation, RowEncoder encoder, RowBatch batch)
    {
        if (row.Definition != Definition)
        {
            throw new ArgumentException($"The row was made for another definition of table '{row.Definition.Name}' than this one of '{Definition.Name}'. Make rows with the table's own Definition.");
        }

        encoder.Begin();
        row.Write(encoder);
        encoder.Complete();
        batch.Write(operation, key, encoder);
    }
}
