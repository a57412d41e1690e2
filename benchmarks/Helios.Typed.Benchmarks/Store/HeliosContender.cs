namespace Helios.Typed.Benchmarks.Store;

/// <summary>Is Helios.Typed with its default settings: fsync before a commit returns.</summary>
internal sealed class HeliosContender : IContender
{
    private readonly HeliosDatabase _database;
    private readonly HeliosStore<Passage> _store;

    private HeliosContender(HeliosDatabase database)
    {
        _database = database;
        _store = database.Store<Passage>();
    }

    /// <summary>Creates a database in a folder.</summary>
    public static async Task<IContender> CreateAsync(string folder) =>
        new HeliosContender(await HeliosDatabase.OpenAsync(Path.Combine(folder, "store.helios")));

    /// <inheritdoc/>
    public ICommitter OpenCommitter() => new Committer(_store);

    /// <inheritdoc/>
    public async ValueTask<double> ReadAsync(long id)
    {
        Passage found = await _store.GetAsync(id) ?? throw new InvalidDataException($"Row {id} is missing.");
        return found.Embedding.Span[0] + found.Price;
    }

    /// <inheritdoc/>
    public Task CheckpointAsync() => _database.CheckpointAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private sealed class Committer(HeliosStore<Passage> store) : ICommitter
    {
        public async Task CommitAsync(IReadOnlyList<Passage> rows) => await store.InsertAsync(rows);

        public void Dispose()
        {
        }
    }
}
