using System.Security.Cryptography;
using Helios.Typed.Tests.EndToEnd;
using Helios.Typed.Tests.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Operations;

/// <summary>Backs up and restores on the real disk, through the front door.</summary>
public sealed class BackupOnDiskTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string At(string name) => Path.Combine(_directory.Path, name);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_linked_backup_shares_its_segments_and_survives_the_deletion_of_the_database()
    {
        await using (HeliosDatabase database = await OpenAsync(At("db")))
        {
            await FillAsync(database);
            BackupResult first = await database.BackupAsync(At("backup"), cancellationToken: Token);
            BackupResult second = await database.BackupAsync(At("backup"), cancellationToken: Token);

            Assert.Equal(first.LinkedFiles, second.KeptFiles);
            Assert.True(first.LinkedFiles > 0);
            Assert.Equal(first.Sequence, second.Sequence);
        }

        string segment = Directory.GetFiles(At("backup"), "*.seg").Single();
        if (!OperatingSystem.IsWindows())
        {
            // Two names of one file: what is written by one is read by the other.
            byte[] bytes = await File.ReadAllBytesAsync(segment, Token);
            bytes[^1] ^= 0xFF;
            await File.WriteAllBytesAsync(At(Path.Combine("db", Path.GetFileName(segment))), bytes, Token);
            Assert.Equal(bytes, await File.ReadAllBytesAsync(segment, Token));
            bytes[^1] ^= 0xFF;
            await File.WriteAllBytesAsync(segment, bytes, Token);
        }

        Directory.Delete(At("db"), recursive: true);
        await HeliosDatabase.RestoreAsync(At("backup"), At("restored"), cancellationToken: Token);
        await AssertFilledAsync(At("restored"));
    }

    [Fact]
    public async Task A_copied_backup_shares_nothing()
    {
        await using HeliosDatabase database = await OpenAsync(At("db"));
        await FillAsync(database);

        BackupResult result = await database.BackupAsync(At("backup"), new BackupOptions { CopyFiles = true }, cancellationToken: Token);

        Assert.Equal(0, result.LinkedFiles);
        Assert.Equal(result.TotalBytes, result.CopiedBytes);
        await AssertFilledAsync(At("backup"));
    }

    [Fact]
    public async Task A_database_in_memory_is_backed_up_to_disk()
    {
        await using HeliosDatabase database = await OpenAsync(":memory:");
        await FillAsync(database);

        BackupResult result = await database.BackupAsync(At("backup"), cancellationToken: Token);

        Assert.Equal(0, result.LinkedFiles);
        await HeliosDatabase.RestoreAsync(At("backup"), At("restored"), cancellationToken: Token);
        await AssertFilledAsync(At("restored"));
    }

    [Fact]
    public async Task A_database_that_is_only_read_is_backed_up_and_left_as_it_is()
    {
        await using (HeliosDatabase database = await OpenAsync(At("db")))
        {
            await FillAsync(database);
        }

        string[] before = FilesOf(At("db"));
        await using (HeliosDatabase database = await HeliosDatabase.OpenAsync(At("db"), options => options.ReadOnly = true, cancellationToken: Token))
        {
            BackupResult first = await database.BackupAsync(At("backup"), cancellationToken: Token);
            BackupResult second = await database.BackupAsync(At("backup"), cancellationToken: Token);
            Assert.True(first.LinkedFiles > 0);
            Assert.Equal(first.LinkedFiles, second.KeptFiles);
        }

        Assert.Equal(before, FilesOf(At("db")));
        Assert.Empty((await HeliosDatabase.VerifyDirectoryAsync(At("backup"), cancellationToken: Token)).Problems);
        await HeliosDatabase.RestoreAsync(At("backup"), At("restored"), cancellationToken: Token);
        await AssertFilledAsync(At("restored"));
    }

    [Fact]
    public async Task A_backup_on_a_read_only_disk_is_restored()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await using (HeliosDatabase database = await OpenAsync(At("db")))
        {
            await FillAsync(database);
            await database.BackupAsync(At("backup"), new BackupOptions { CopyFiles = true }, cancellationToken: Token);
        }

        foreach (string file in Directory.GetFiles(At("backup")))
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead);
        }

        File.SetUnixFileMode(At("backup"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            await HeliosDatabase.RestoreAsync(At("backup"), At("restored"), cancellationToken: Token);
            await AssertFilledAsync(At("restored"));
        }
        finally
        {
            File.SetUnixFileMode(At("backup"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task Memory_is_no_place_for_a_backup_or_a_restored_database()
    {
        await using HeliosDatabase database = await OpenAsync(At("db"));

        await Assert.ThrowsAsync<ArgumentException>(() => database.BackupAsync(":memory:", cancellationToken: Token));
        await Assert.ThrowsAsync<ArgumentException>(() => HeliosDatabase.RestoreAsync(At("db"), ":memory:", cancellationToken: Token));
        await Assert.ThrowsAsync<ArgumentException>(() => HeliosDatabase.RestoreAsync(":memory:", At("x"), cancellationToken: Token));
        await Assert.ThrowsAsync<ArgumentNullException>(() => database.BackupAsync(null!, cancellationToken: Token));
    }

    [Fact]
    public async Task An_open_database_is_refused_as_a_place_and_as_a_backup()
    {
        await using HeliosDatabase database = await OpenAsync(At("db"));
        await using (await OpenAsync(At("other")))
        {
            HeliosException error = await Assert.ThrowsAnyAsync<HeliosException>(() => database.BackupAsync(At("other"), cancellationToken: Token));
            Assert.Contains("is no backup", error.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<HeliosLockedException>(() => HeliosDatabase.RestoreAsync(At("other"), At("restored"), cancellationToken: Token));
        }
    }

    private static string[] FilesOf(string directory) =>
        [.. Directory.GetFiles(directory).Order(StringComparer.Ordinal).Select(file => $"{Path.GetFileName(file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}")];

    private static Task<HeliosDatabase> OpenAsync(string path) => HeliosDatabase.OpenAsync(path, cancellationToken: Token);

    private static async Task FillAsync(HeliosDatabase database)
    {
        HeliosStore<Article> articles = database.Store<Article>();
        await articles.InsertAsync(Enumerable.Range(1, 50).Select(ArticleOf).ToArray(), Token);
        await database.CheckpointAsync(Token);
        await articles.InsertAsync(ArticleOf(51), Token);
        await articles.DeleteAsync(7, Token);
    }

    private static async Task AssertFilledAsync(string path)
    {
        await using HeliosDatabase database = await OpenAsync(path);
        HeliosStore<Article> articles = database.Store<Article>();
        Assert.Equal(50, await articles.CountAsync(Token));
        Assert.Null(await articles.GetAsync(7, Token));
        Assert.Equal(ArticleOf(51).Title, (await articles.GetAsync(51, Token))!.Title);
    }

    private static Article ArticleOf(int id) => new()
    {
        Id = id,
        Title = $"article {id}",
        Category = $"category {id % 5}",
        Price = id,
        Embedding = new float[] { id, 1, 0, 0 },
    };
}
