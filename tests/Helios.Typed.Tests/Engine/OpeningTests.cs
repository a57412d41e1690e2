using Helios.Typed.Engine;
using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Log;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class OpeningTests
{
    private const string Directory = "/data/db";

    private readonly MemoryFileSystem _files = new();

    private static CancellationToken Token => TestDatabase.Token;

    [Fact]
    public async Task A_path_that_is_a_file_is_refused_and_left_alone()
    {
        _files.CreateDirectory("/data");
        Write("/data/db", [1, 2, 3]);

        HeliosException error = await Assert.ThrowsAsync<HeliosException>(() => OpenAsync());

        Assert.Contains("is a file", error.Message, StringComparison.Ordinal);
        Assert.Equal(["db"], _files.List("/data"));
    }

    [Fact]
    public async Task A_missing_database_is_not_created_where_that_is_not_wanted()
    {
        EngineOptions options = TestDatabase.OptionsOn(_files) with { CreateIfMissing = false };
        await Assert.ThrowsAsync<HeliosException>(() => TestDatabase.OpenAsync(options));
        Assert.False(_files.DirectoryExists(Directory));

        _files.CreateDirectory(Directory);
        HeliosException error = await Assert.ThrowsAsync<HeliosException>(() => TestDatabase.OpenAsync(options));

        Assert.Contains("CreateIfMissing", error.Message, StringComparison.Ordinal);
        Assert.Empty(_files.List(Directory));
        await (await OpenAsync()).DisposeAsync();
        await (await TestDatabase.OpenAsync(options)).DisposeAsync();
    }

    [Fact]
    public async Task A_directory_that_holds_something_else_is_refused_and_left_alone()
    {
        _files.CreateDirectory(Directory);
        Write(Directory + "/letters.txt", [1]);

        HeliosException error = await Assert.ThrowsAsync<HeliosException>(() => OpenAsync());

        Assert.Contains("letters.txt", error.Message, StringComparison.Ordinal);
        Assert.Equal(["letters.txt"], _files.List(Directory));
    }

    [Fact]
    public async Task A_second_opening_is_refused_while_the_first_lasts()
    {
        TestDatabase first = await OpenAsync();
        await Assert.ThrowsAsync<HeliosLockedException>(() => OpenAsync());
        await first.InsertAsync((1, "one"));
        await first.DisposeAsync();

        await using TestDatabase second = await OpenAsync();
        Assert.Single(second.Rows());
    }

    [Fact]
    public async Task Recovery_reports_what_it_replayed()
    {
        await using TestDatabase database = await OpenAsync();
        await database.InsertAsync((1, "one"), (2, "two"));
        await database.DeleteAsync(1);
        await database.ReopenAsync();

        RecoveryReport report = database.Engine.Recovery;
        Assert.Equal((1, 2L, 2L, 0L, 0), (report.Logs, report.Commits, report.Rows, report.CutBytes, report.RemovedFiles.Count));
        Assert.True(report.LogBytes > 0);
    }

    [Fact]
    public async Task A_torn_tail_is_cut_and_everything_before_it_kept()
    {
        TestDatabase database = await OpenAsync();
        await database.InsertAsync((1, "one"));
        await database.InsertAsync((2, "two"));
        await database.DisposeAsync();
        string path = Path.Combine(Directory, FileNames.Log(1));
        using (IFile log = _files.Open(path, FileOpenMode.ReadWrite))
        {
            // Without the seal of a clean shutdown, as a process that died leaves it.
            log.SetLength(log.Length - 4096);
            log.WriteAt([0xFF], log.Length - 4000);
        }

        await using TestDatabase reopened = await OpenAsync();

        Assert.Equal("one", reopened.Find(1));
        Assert.Null(reopened.Find(2));
        Assert.True(reopened.Engine.Recovery.CutBytes > 0);
        await reopened.InsertAsync((2, "again"));
        await reopened.ReopenAsync();
        Assert.Equal("again", reopened.Find(2));
    }

    [Fact]
    public async Task Damage_before_the_tail_is_reported_and_the_lock_is_free_again()
    {
        TestDatabase database = await OpenAsync();
        await database.InsertAsync((1, "one"));
        await database.InsertAsync((2, "two"));
        await database.InsertAsync((3, "three"));
        await database.DisposeAsync();
        string path = Path.Combine(Directory, FileNames.Log(1));
        Flip(path, 4096 + 100);

        HeliosCorruptionException error = await Assert.ThrowsAsync<HeliosCorruptionException>(() => OpenAsync());
        Assert.Equal(path, error.File);

        Flip(path, 4096 + 100);
        await using TestDatabase mended = await OpenAsync();
        Assert.Equal(3, mended.Rows().Count);
    }

    [Fact]
    public async Task A_log_that_is_missing_is_reported()
    {
        TestDatabase database = await OpenAsync();
        await database.InsertAsync((1, "one"));
        await database.ReopenAsync();
        await database.InsertAsync((2, "two"));
        await database.DisposeAsync();
        _files.Delete(Path.Combine(Directory, FileNames.Log(1)));

        HeliosCorruptionException error = await Assert.ThrowsAsync<HeliosCorruptionException>(() => OpenAsync());
        Assert.EndsWith(FileNames.Log(1), error.File, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_whose_commits_make_no_sense_is_reported_not_guessed_at()
    {
        await (await OpenAsync()).DisposeAsync();
        using (var log = LogWriter.Create(_files, Directory, 2))
        {
            log.Append(new SequenceNumber(1), new SequenceNumber(1), "\u0001no commit at all"u8);
            log.Sync();
        }

        HeliosCorruptionException error = await Assert.ThrowsAsync<HeliosCorruptionException>(() => OpenAsync());
        Assert.EndsWith(FileNames.Log(2), error.File, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_nothing_names_are_removed()
    {
        await (await OpenAsync()).DisposeAsync();
        foreach (string name in new[] { FileNames.Segment(90), FileNames.Graph(91), FileNames.Deletions(92), FileNames.Temporary(FileNames.Segment(93)) })
        {
            Write(Path.Combine(Directory, name), [1, 2, 3]);
        }

        await using TestDatabase database = await OpenAsync();

        Assert.Equal(4, database.Engine.Recovery.RemovedFiles.Count);
        Assert.DoesNotContain(_files.List(Directory), name => name.StartsWith("00009", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Opening_again_and_again_does_not_pile_up_logs()
    {
        await using TestDatabase database = await OpenAsync();
        for (int i = 1; i <= 12; i++)
        {
            await database.InsertAsync((i, "row"));
            await database.ReopenAsync();
            await database.Engine.CheckpointAsync(Token);
        }

        Assert.Equal(12, database.Rows().Count);
        Assert.InRange(_files.List(Directory).Count(name => name.EndsWith(".log", StringComparison.Ordinal)), 1, 6);
    }

    [Fact]
    public async Task Opening_and_closing_at_once_does_not_pile_up_logs()
    {
        // Background work gets no turn, as in a program that ends before it has one.
        DeterministicScheduler idle = new();
        for (int i = 1; i <= 40; i++)
        {
            TestDatabase database = null!;
            await idle.RunUntilAsync(Task.Run(async () => database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(_files) with { Background = idle }), Token));
            await database.InsertAsync((i, "row"));
            Assert.InRange(_files.List(Directory).Count(name => name.EndsWith(".log", StringComparison.Ordinal)), 1, 14);
            await idle.RunUntilAsync(database.DisposeAsync().AsTask());
        }

        await using TestDatabase last = await OpenAsync();
        Assert.Equal(40, last.Rows().Count);
    }

    [Fact]
    public async Task Tables_are_listed_once_something_was_written_to_them()
    {
        await using TestDatabase database = await OpenAsync();
        Assert.Empty(database.Engine.Tables);
        await database.InsertAsync((1, "one"));
        Assert.Equal("points", Assert.Single(database.Engine.Tables).Name);
        await database.ReopenAsync();
        Assert.Equal("points", Assert.Single(database.Engine.Tables).Name);
    }

    [Fact]
    public async Task A_declaration_that_does_not_fit_the_stored_table_is_refused()
    {
        await using TestDatabase database = await OpenAsync();
        await database.InsertAsync((1, "one"));

        HeliosSchemaException error = Assert.Throws<HeliosSchemaException>(() => database.Engine.Bind(TestDatabase.Points(key: ColumnType.Int32).Shape));

        Assert.Equal("points", error.Table);
        Assert.Contains("'id'", error.Message, StringComparison.Ordinal);
        await database.InsertAsync((2, "two"));
    }

    [Fact]
    public async Task Several_tables_share_one_log_and_keep_apart()
    {
        await using TestDatabase database = await OpenAsync();
        TableHandle other = database.Engine.Bind(TestDatabase.Points(name: "others").Shape);
        await database.InsertAsync((1, "one"));
        await InsertAsync(database, other, 1, "eins");
        await database.InsertAsync((0, "two"));
        await database.Engine.CheckpointAsync(Token);
        await InsertAsync(database, other, 0, "zwei");
        await database.ReopenAsync();
        other = database.Engine.Bind(TestDatabase.Points(name: "OTHERS").Shape);

        Assert.Equal(["one", "two"], database.Rows().Values);
        using TableSnapshot snapshot = database.Engine.OpenSnapshot(other);
        Assert.Equal(["eins", "zwei"], TestDatabase.Rows(snapshot).Values);
        Assert.Equal(["points", "others"], database.Engine.Tables.Select(table => table.Name));
    }

    private static async Task InsertAsync(TestDatabase database, TableHandle table, long id, string name)
    {
        using TestBatch batch = new(table.Schema);
        batch.Write(WriteOperation.Insert, id, name);
        await database.Engine.CommitAsync(table, batch.Rows, Token);
    }

    private Task<TestDatabase> OpenAsync() => TestDatabase.OpenAsync(_files);

    private void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using IFile file = _files.Open(path, FileOpenMode.Create);
        file.WriteAt(bytes, 0);
    }

    private void Flip(string path, long offset)
    {
        using IFile file = _files.Open(path, FileOpenMode.ReadWrite);
        byte[] value = new byte[1];
        file.ReadAt(value, offset);
        value[0] ^= 0xFF;
        file.WriteAt(value, offset);
    }
}
