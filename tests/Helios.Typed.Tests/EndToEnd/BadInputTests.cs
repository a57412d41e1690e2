using Xunit;

namespace Helios.Typed.Tests.EndToEnd;

/// <summary>Shows that bad input gets a specific error that names the column or file, and changes nothing.</summary>
public sealed class BadInputTests : IAsyncDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"helios-bad-input-{Guid.NewGuid():N}");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        if (Directory.Exists(_path))
        {
            Directory.Delete(_path, recursive: true);
        }

        return default;
    }

    public static TheoryData<float[], string[]> BadVectors() => new()
    {
        { [1, 2, 3], ["4 dimensions", "3"] },
        { [1, 2, 3, 4, 5], ["4 dimensions", "5"] },
        { [], ["4 dimensions", "0"] },
        { [1, float.NaN, 3, 4], ["element 1", "NaN"] },
        { [1, 2, 3, float.PositiveInfinity], ["element 3", "finite"] },
        { [0, 0, 0, 0], ["zero", "cosine"] },
        { [1e30f, 0, 0, 0], ["overflow"] },
    };

    [Theory]
    [MemberData(nameof(BadVectors))]
    public async Task A_bad_vector_is_refused_by_a_write_of_the_whole_batch(float[] vector, string[] parts)
    {
        await using HeliosDatabase database = await OpenWithOneAsync();
        HeliosStore<Article> articles = database.Store<Article>();

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(
            async () => await articles.InsertAsync([Good("a"), Good("b") with { Embedding = vector }], Cancellation));

        Assert.All([.. parts, "'Embedding'", "Write 2 of 2"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        await AssertUnchangedAsync(database);
    }

    [Theory]
    [MemberData(nameof(BadVectors))]
    public async Task A_bad_vector_is_refused_by_a_query(float[] vector, string[] parts)
    {
        await using HeliosDatabase database = await OpenWithOneAsync();
        HeliosStore<Article> articles = database.Store<Article>();

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(
            async () => await articles.Nearest(a => a.Embedding, vector).Take(3).ToListAsync(Cancellation));

        Assert.All(parts.Append("'Embedding'"), part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public async Task A_k_below_one_is_refused(int k)
    {
        await using HeliosDatabase database = await OpenWithOneAsync();
        HeliosStore<Article> articles = database.Store<Article>();

        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(
            () => articles.Nearest(a => a.Embedding, new float[] { 1, 0, 0, 0 }).Take(k));
        Assert.Contains(k.ToString(System.Globalization.CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_insert_of_a_key_that_is_there_names_table_and_key_and_writes_nothing_of_its_batch()
    {
        await using HeliosDatabase database = await OpenWithOneAsync();
        HeliosStore<Article> articles = database.Store<Article>();

        HeliosDuplicateKeyException error = await Assert.ThrowsAsync<HeliosDuplicateKeyException>(
            async () => await articles.InsertAsync([Good("a"), Good("b") with { Id = 1 }], Cancellation));

        Assert.Equal(("Article", HeliosKey.Create(1L)), (error.Table, error.Key));
        await AssertUnchangedAsync(database);
        await database.CheckpointAsync(Cancellation);
        await Assert.ThrowsAsync<HeliosDuplicateKeyException>(async () => await articles.InsertAsync(Good("b") with { Id = 1 }, Cancellation));
        await AssertUnchangedAsync(database);
    }

    [Fact]
    public async Task An_update_of_a_key_that_is_not_there_is_refused()
    {
        await using HeliosDatabase database = await OpenWithOneAsync();
        HeliosKeyNotFoundException error = await Assert.ThrowsAsync<HeliosKeyNotFoundException>(
            async () => await database.Store<Article>().UpdateAsync(Good("a") with { Id = 77 }, Cancellation));
        Assert.Equal(HeliosKey.Create(77L), error.Key);
        await AssertUnchangedAsync(database);
    }

    [Fact]
    public async Task A_path_that_is_a_file_is_refused_by_name_and_left_alone()
    {
        string file = _path + ".txt";
        await File.WriteAllTextAsync(file, "mine", Cancellation);
        try
        {
            HeliosException error = await Assert.ThrowsAnyAsync<HeliosException>(() => HeliosDatabase.OpenAsync(file, cancellationToken: Cancellation));
            Assert.Contains(file, error.Message, StringComparison.Ordinal);
            Assert.Equal("mine", await File.ReadAllTextAsync(file, Cancellation));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_path_below_a_file_is_refused_by_the_name_of_the_file()
    {
        string file = _path + ".txt";
        await File.WriteAllTextAsync(file, "mine", Cancellation);
        try
        {
            HeliosException error = await Assert.ThrowsAnyAsync<HeliosException>(
                () => HeliosDatabase.OpenAsync(Path.Combine(file, "a", "b"), cancellationToken: Cancellation));
            Assert.Contains($"'{file}' above it is a file", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task An_update_of_a_record_without_a_key_says_so()
    {
        await using HeliosDatabase database = await OpenWithOneAsync();
        HeliosKeyNotFoundException error = await Assert.ThrowsAsync<HeliosKeyNotFoundException>(
            async () => await database.Store<Article>().UpdateAsync(Good("a"), Cancellation));
        Assert.Contains("not assigned", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_key_that_is_null_names_table_and_column()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new WriteBatch<Hosting.HostedTag>().Insert(new() { Id = null! }));
        Assert.Contains("'HostedTag'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'Id' is null", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_holds_something_else_is_refused_by_name_and_left_alone()
    {
        Directory.CreateDirectory(_path);
        await File.WriteAllTextAsync(Path.Combine(_path, "letter.txt"), "mine", Cancellation);

        HeliosException error = await Assert.ThrowsAnyAsync<HeliosException>(() => HeliosDatabase.OpenAsync(_path, cancellationToken: Cancellation));

        Assert.Contains(_path, error.Message, StringComparison.Ordinal);
        Assert.Equal(["letter.txt"], Directory.EnumerateFileSystemEntries(_path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_missing_database_is_not_created_against_the_options()
    {
        HeliosException error = await Assert.ThrowsAnyAsync<HeliosException>(
            () => HeliosDatabase.OpenAsync(_path, o => o.CreateIfMissing = false, cancellationToken: Cancellation));
        Assert.Contains(_path, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_path));
    }

    [Fact]
    public async Task A_second_opening_is_refused_and_names_the_holder()
    {
        await using HeliosDatabase database = await OpenWithOneAsync();
        HeliosLockedException error = await Assert.ThrowsAsync<HeliosLockedException>(() => HeliosDatabase.OpenAsync(_path, cancellationToken: Cancellation));
        Assert.Contains("in this process", error.Holder, StringComparison.Ordinal);
        Assert.Contains(_path, error.Message, StringComparison.Ordinal);
        await AssertUnchangedAsync(database);
    }

    [Fact]
    public async Task A_closed_database_says_so()
    {
        HeliosDatabase database = await OpenWithOneAsync();
        HeliosStore<Article> articles = database.Store<Article>();
        await database.DisposeAsync();
        await database.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await articles.InsertAsync(Good("a"), Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await articles.GetAsync(1, Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await articles.Query().CountAsync(Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => database.CheckpointAsync(Cancellation));
    }

    private static Article Good(string title) => new() { Title = title, Category = "c", Embedding = new float[] { 1, 0, 0, 0 } };

    private async Task<HeliosDatabase> OpenWithOneAsync()
    {
        HeliosDatabase database = await HeliosDatabase.OpenAsync(_path, cancellationToken: Cancellation);
        await database.Store<Article>().InsertAsync(Good("first"), Cancellation);
        return database;
    }

    private static async Task AssertUnchangedAsync(HeliosDatabase database)
    {
        IReadOnlyList<Article> all = await database.Store<Article>().Query().ToListAsync(Cancellation);
        Assert.Equal("first", Assert.Single(all).Title);
    }
}
