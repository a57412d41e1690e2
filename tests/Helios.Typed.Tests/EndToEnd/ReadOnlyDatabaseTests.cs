using Helios.Typed.Tests.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.EndToEnd;

public sealed class ReadOnlyDatabaseTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Path => System.IO.Path.Combine(_directory.Path, "articles.helios");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task No_byte_of_a_directory_that_cannot_be_written_to_changes()
    {
        await using (HeliosDatabase database = await HeliosDatabase.OpenAsync(Path, cancellationToken: Token))
        {
            HeliosStore<Article> articles = database.Store<Article>();
            await articles.InsertAsync([ArticleOf(1), ArticleOf(2)], Token);
            await database.CheckpointAsync(Token);
            await articles.InsertAsync(ArticleOf(3), Token);
            await articles.DeleteAsync(1, Token);
        }

        // As a process leaves it that was killed while it appended to its log.
        string log = Directory.GetFiles(Path, "*.log").Order().Last();
        await File.AppendAllBytesAsync(log, new byte[5000], Token);
        await File.WriteAllTextAsync(System.IO.Path.Combine(Path, "000099.seg.tmp"), "interrupted", Token);
        await File.WriteAllTextAsync(System.IO.Path.Combine(Path, "LOCK.holder"), "process 1 (gone)", Token);
        Dictionary<string, (string Bytes, DateTime Written)> before = Snapshot();
        SetModes(UnixFileMode.UserRead, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            await using HeliosDatabase database = await HeliosDatabase.OpenAsync(Path, o => o.ReadOnly = true, cancellationToken: Token);
            HeliosStore<Article> articles = database.Store<Article>();
            Assert.Equal(2, await articles.Where(a => a.Category == "manual").CountAsync(Token));
            Assert.NotNull(await articles.GetAsync(3, Token));
            await Assert.ThrowsAsync<HeliosReadOnlyException>(async () => await articles.InsertAsync(ArticleOf(4), Token));
        }
        finally
        {
            SetModes(UnixFileMode.UserRead | UnixFileMode.UserWrite, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public async Task A_database_in_memory_cannot_be_opened_to_read_alone()
    {
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(
            () => HeliosDatabase.OpenAsync(HeliosDatabaseOptions.InMemory, o => o.ReadOnly = true, cancellationToken: Token));
        Assert.Contains("ReadOnly", error.Message, StringComparison.Ordinal);
    }

    private static Article ArticleOf(long id) =>
        new() { Id = id, Title = $"article {id}", Category = "manual", Embedding = new float[] { 1, id, 0, 0 } };

    private Dictionary<string, (string Bytes, DateTime Written)> Snapshot() => Directory.GetFiles(Path)
        .ToDictionary(file => file, file => (Convert.ToHexString(File.ReadAllBytes(file)), File.GetLastWriteTimeUtc(file)));

    private void SetModes(UnixFileMode file, UnixFileMode directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (string path in Directory.GetFiles(Path))
        {
            File.SetUnixFileMode(path, file);
        }

        File.SetUnixFileMode(Path, directory);
    }
}
