using Helios.Typed.Tests.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.EndToEnd;

public sealed class DatabaseStatisticsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_database_tells_what_it_holds_takes_and_did(bool inMemory)
    {
        string path = inMemory ? HeliosDatabaseOptions.InMemory : Path.Combine(_directory.Path, "articles.helios");
        await using HeliosDatabase database = await HeliosDatabase.OpenAsync(path, cancellationToken: Token);
        DatabaseStatistics empty = await database.GetStatisticsAsync(Token);
        Assert.Empty(empty.Tables);
        Assert.Equal((0L, 0L, 0), (empty.PublishedSequence, empty.DurableSequence, empty.WaitingFlushes));
        Assert.Null(empty.Written.Amplification);

        HeliosStore<Article> articles = database.Store<Article>();
        await articles.InsertAsync([.. Enumerable.Range(1, 30).Select(id => ArticleOf(id))], Token);
        await database.CheckpointAsync(Token);
        await articles.DeleteAsync(3, Token);
        DatabaseStatistics statistics = await database.GetStatisticsAsync(Token);

        TableStatistics table = Assert.Single(statistics.Tables);
        Assert.Equal((29L, 1L, 1, 0L), (table.Rows, table.EndedVersions, table.Segments, table.MemtableRows));
        Assert.Equal((2L, 2L), (statistics.PublishedSequence, statistics.DurableSequence));
        Assert.Equal((2L, 31L), (statistics.Written.Commits, statistics.Written.CommittedRows));

        // So few bytes were committed that the room the log makes ahead on a disk is most of what was written.
        Assert.InRange(statistics.Written.Amplification!.Value, 2, inMemory ? 100 : 300);

        // Of columns: a decimal, two bytes for one of the categories, their ends and texts, and at most three columns of up to 16 bytes more.
        Assert.InRange(table.Sections.ColumnBytes, 30 * (16 + 2), 30 * 80);
        Assert.InRange(table.Sections.VectorBytes, 1, statistics.Disk.SegmentBytes);
        Assert.InRange(statistics.Memory.UsedBytes, 1, statistics.Memory.BudgetBytes);
        Assert.InRange(statistics.Memory.PeakNativeBytes, 1, statistics.Memory.BudgetBytes);
        Assert.InRange(statistics.Memory.NativeBytes, 0, statistics.Memory.PeakNativeBytes);
        Assert.Contains(statistics.VectorBits, (int[])[32, 128, 256, 512]);
        Assert.Null(statistics.ReadOnlyCause);
        Assert.Equal(TimeSpan.Zero, statistics.Stalls.Time);
        if (!inMemory)
        {
            long there = Directory.GetFiles(path).Where(file => !Path.GetFileName(file).StartsWith("LOCK", StringComparison.Ordinal)).Sum(file => new FileInfo(file).Length);
            Assert.Equal(there, statistics.Disk.TotalBytes);

            // The look at the files left the lock as it was.
            await Assert.ThrowsAsync<HeliosLockedException>(() => HeliosDatabase.OpenAsync(path, cancellationToken: Token));
        }
    }

    [Fact]
    public async Task One_that_is_only_read_says_why_it_takes_no_writes_and_has_written_nothing()
    {
        string path = Path.Combine(_directory.Path, "articles.helios");
        await using (HeliosDatabase written = await HeliosDatabase.OpenAsync(path, cancellationToken: Token))
        {
            await written.Store<Article>().InsertAsync(ArticleOf(1), Token);
        }

        await using HeliosDatabase database = await HeliosDatabase.OpenAsync(path, o => o.ReadOnly = true, cancellationToken: Token);
        DatabaseStatistics statistics = await database.GetStatisticsAsync(Token);

        Assert.Contains("ReadOnly", statistics.ReadOnlyCause, StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(statistics.Tables).Rows);
        Assert.Equal(0, statistics.Written.TotalBytes);
    }

    [Fact]
    public async Task A_closed_database_tells_nothing()
    {
        HeliosDatabase database = await HeliosDatabase.OpenAsync(HeliosDatabaseOptions.InMemory, cancellationToken: Token);
        await database.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => database.GetStatisticsAsync(Token));
    }

    private static Article ArticleOf(int id) =>
        new() { Id = id, Title = $"article {id}", Category = "manual", Embedding = new float[] { 1, id, 0, 0 } };
}
