using System.Diagnostics.CodeAnalysis;
using Helios.Typed.Engine;
using Helios.Typed.Records;

namespace Helios.Typed;

/// <summary>Holds the records of one table of a <see cref="HeliosDatabase"/>; safe for any number of threads, but for one of a <see cref="HeliosTransaction"/>.</summary>
/// <typeparam name="TRecord">The annotated record type.</typeparam>
public sealed class HeliosStore<TRecord> : IHeliosStore<TRecord>, ITable
    where TRecord : IHeliosRecord<TRecord>
{
    private readonly ITable _binding;

    internal HeliosStore(HeliosDatabase database, ITable? binding = null)
    {
        Database = database;
        _binding = binding ?? new TableBinding(database, Definition);
    }

    /// <inheritdoc/>
    public HeliosDatabase Database { get; }

    /// <inheritdoc/>
    public TableDefinition Definition => TRecord.HeliosTable;

    /// <inheritdoc/>
    public async ValueTask<WriteResult> WriteAsync(WriteBatch<TRecord> batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        BoundTable table = await _binding.BindAsync(cancellationToken).ConfigureAwait(false);
        return await table.WriteAsync(BatchEncoding.Encode(table.Schema, batch.Entries, Encode), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<Lookup<TRecord>> FindAsync(HeliosKey key, CancellationToken cancellationToken = default)
    {
        BoundTable table = await _binding.BindAsync(cancellationToken).ConfigureAwait(false);
        return table.TryRead(key, out RowDecoder? row) ? new Lookup<TRecord>(true, Read(row)) : default;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Change<TRecord>> ChangesAsync(ChangePosition since = default, bool follow = false, CancellationToken cancellationToken = default)
    {
        since.RequirePossible(nameof(since));
        return ChangeStream.ReadAsync(_binding, Definition, Read, since, follow, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task WaitForIndexingAsync(IProgress<IndexingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        BoundTable table = await _binding.BindAsync(cancellationToken).ConfigureAwait(false);
        await table.Engine.WaitForIndexingAsync(table.Handle, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The first parameter, which has no default, tells the overloads apart.")]
    public async Task<ImportResult> ImportAsync(
        IAsyncEnumerable<TRecord> records, IProgress<ImportProgress>? progress = null, ImportOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        BoundTable table = await _binding.BindAsync(cancellationToken).ConfigureAwait(false);
        using BulkImport<TRecord> import = new(table, options, progress, EncodeImported);
        return await import.RunAsync(records, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The first parameter, which has no default, tells the overloads apart.")]
    public Task<ImportResult> ImportAsync(
        IEnumerable<TRecord> records, IProgress<ImportProgress>? progress = null, ImportOptions? options = null, CancellationToken cancellationToken = default) =>
        ImportAsync(records.ToAsyncEnumerable(), progress, options, cancellationToken);

    /// <inheritdoc/>
    ValueTask<BoundTable> ITable.BindAsync(CancellationToken cancellationToken) => _binding.BindAsync(cancellationToken);

    private static void Encode(WriteBatch<TRecord>.Entry entry, RowEncoder encoder, RowBatch batch)
    {
        if (entry.Operation == WriteOperation.Delete)
        {
            batch.Delete(entry.Key);
            return;
        }

        Encode(entry.Record!, entry.Key, entry.Operation, encoder, batch);
    }

    /// <summary>Adds a record of an import, or of a migration, to a batch.</summary>
    internal static void EncodeImported(TRecord record, WriteOperation operation, RowEncoder encoder, RowBatch batch) =>
        Encode(record, WriteBatch<TRecord>.KeyOf(record), operation, encoder, batch);

    private static void Encode(TRecord record, HeliosKey key, WriteOperation operation, RowEncoder encoder, RowBatch batch)
    {
        encoder.Begin();
        RowWriter writer = new(encoder);
        TRecord.WriteHeliosRow(record, ref writer);
        encoder.Complete();
        batch.Write(operation, key, encoder);
    }

    /// <summary>Makes a record of a row.</summary>
    internal static TRecord Read(RowDecoder row)
    {
        RowReader reader = new(row);
        return TRecord.ReadHeliosRow(ref reader);
    }
}
