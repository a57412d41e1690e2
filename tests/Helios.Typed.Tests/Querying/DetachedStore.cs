namespace Helios.Typed.Tests.Querying;

/// <summary>Is a store that belongs to no database: queries on it can be built and printed, not run.</summary>
internal sealed class DetachedStore<TRecord> : IHeliosStore<TRecord>
    where TRecord : IHeliosRecord<TRecord>
{
    public HeliosDatabase Database => throw new NotSupportedException();

    public TableDefinition Definition => TRecord.HeliosTable;

    public ValueTask<WriteResult> WriteAsync(WriteBatch<TRecord> batch, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<Lookup<TRecord>> FindAsync(HeliosKey key, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IAsyncEnumerable<Change<TRecord>> ChangesAsync(ChangePosition since = default, bool follow = false, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task WaitForIndexingAsync(IProgress<IndexingProgress>? progress = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ImportResult> ImportAsync(IAsyncEnumerable<TRecord> records, IProgress<ImportProgress>? progress = null, ImportOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ImportResult> ImportAsync(IEnumerable<TRecord> records, IProgress<ImportProgress>? progress = null, ImportOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
