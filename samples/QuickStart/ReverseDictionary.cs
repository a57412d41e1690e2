using Helios.Typed;

namespace QuickStart;

/// <summary>Finds the words for a meaning: definitions, embedded, in a Helios database.</summary>
internal sealed class ReverseDictionary : IAsyncDisposable
{
    private const int RowsPerBatch = 500;
    private const int CategoriesNamed = 8;

    private static readonly string _synsetFile = System.IO.Path.Combine(AppContext.BaseDirectory, "Data", "synsets.tsv");
    private static readonly string _wordFile = System.IO.Path.Combine(AppContext.BaseDirectory, "Data", "words.vec8");

    private readonly HeliosDatabase _database;
    private readonly HeliosStore<Synset> _synsets;
    private readonly HeliosStore<CommonDirection> _directions;
    private readonly WordVectors _words;
    private SentenceEmbedder? _embedder;

    private ReverseDictionary(HeliosDatabase database, WordVectors words)
    {
        _database = database;
        _words = words;
        _synsets = database.Store<Synset>();
        _directions = database.Store<CommonDirection>();
    }

    /// <summary>Gets the database directory.</summary>
    public string Path => _database.Path;

    /// <summary>Says that there is no such category, and which there are; null where there is one.</summary>
    public static string? FindCategoryMistake(string category)
    {
        string[] categories = [.. SynsetFile.Read(_synsetFile).CountBy(s => s.Category).OrderByDescending(count => count.Value).Select(count => count.Key)];
        if (categories.Contains(category))
        {
            return null;
        }

        // Those of the same part of speech first, and of these the largest.
        string partOfSpeech = category.Split('.')[0] + ".";
        IEnumerable<string> named = categories.OrderByDescending(c => c.StartsWith(partOfSpeech, StringComparison.OrdinalIgnoreCase)).Take(CategoriesNamed);
        return $"There is no category '{category}'. Among the {categories.Length} there are: {string.Join(", ", named)}.";
    }

    /// <summary>Opens the dictionary in a directory, and makes an empty one where there is none.</summary>
    public static async Task<ReverseDictionary> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var words = WordVectors.Read(_wordFile);
        HeliosDatabase database = await HeliosDatabase.OpenAsync(path, cancellationToken: cancellationToken);
        return new ReverseDictionary(database, words);
    }

    /// <summary>Counts the meanings that are stored, and those that are to be.</summary>
    public async Task<(int Stored, int Total)> CountAsync(CancellationToken cancellationToken) =>
        ((int)await _synsets.Query().CountAsync(cancellationToken), SynsetFile.Count(_synsetFile));

    /// <summary>Embeds and stores the meanings that are not stored yet.</summary>
    /// <param name="reportStored">Is told how many are stored, durably, after each batch.</param>
    /// <param name="cancellationToken">Stops after the batch at hand; the next call goes on from there.</param>
    public async Task FillAsync(Action<int> reportStored, CancellationToken cancellationToken)
    {
        IReadOnlyList<Synset> synsets = SynsetFile.Read(_synsetFile);
        SentenceEmbedder embedder = await GetEmbedderAsync(synsets, cancellationToken);

        // A batch is stored whole or not at all, and in the file's order: the count says where to go on.
        int stored = (int)await _synsets.Query().CountAsync(cancellationToken);
        reportStored(stored);
        foreach (Synset[] batch in synsets.Skip(stored).Chunk(RowsPerBatch))
        {
            await _synsets.InsertAsync(batch.Select(synset => synset with { Embedding = embedder.Embed(synset.Definition) }), cancellationToken);
            stored += batch.Length;
            reportStored(stored);
        }

        // Every batch is durable already; this spares the next opening the replay of the log.
        await _database.CheckpointAsync(cancellationToken);
    }

    /// <summary>Asks for the meanings nearest to a description; null where none of its words is known.</summary>
    /// <param name="description">The description, in words.</param>
    /// <param name="category">Keeps the meanings of this category, or null for all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<NearestQuery<Synset, SynsetColumns>?> AskAsync(string description, string? category, CancellationToken cancellationToken)
    {
        SentenceEmbedder embedder = await GetEmbedderAsync([], cancellationToken);
        if (embedder.Embed(description) is not float[] question)
        {
            return null;
        }

        return category is null
            ? _synsets.Nearest(s => s.Embedding, question)
            : _synsets.Where(s => s.Category == category).Nearest(s => s.Embedding, question);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task<SentenceEmbedder> GetEmbedderAsync(IReadOnlyList<Synset> synsets, CancellationToken cancellationToken)
    {
        if (_embedder is null)
        {
            CommonDirection? common = await _directions.GetAsync(CommonDirection.OnlyId, cancellationToken);
            if (common is null)
            {
                common = new CommonDirection { Direction = SentenceEmbedder.FindCommonDirection(_words, synsets.Select(s => s.Definition)) };
                await _directions.InsertAsync(common, cancellationToken);
            }

            _embedder = new SentenceEmbedder(_words, common.Direction);
        }

        return _embedder;
    }
}
