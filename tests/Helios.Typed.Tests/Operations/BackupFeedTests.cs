using Helios.Typed.Engine;
using Helios.Typed.Operations;
using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Operations;

/// <summary>Reads the changes of backups and of databases that were made of them.</summary>
public sealed class BackupFeedTests
{
    private const string Restored = "/data/restored";
    private const int Commits = 24;
    private const int RowsPerCommit = 400;

    private static CancellationToken Token => TestDatabase.Token;

    [Fact]
    public async Task A_backup_after_a_replay_that_flushed_in_the_middle_of_a_log_tells_its_changes()
    {
        MemoryFileSystem files = new();
        ChangeModel model = new();
        await WriteLogAsync(files, model);
        await using TestDatabase database = await ReopenWithLittleMemoryAsync(files);

        Backup.Run(database.Engine, files, BackupFixture.Target, new BackupOptions(), null, Token);
        BackupFixture.Restore(files, Restored);

        await using (TestDatabase backup = await TestDatabase.OpenAsync(Options(files, BackupFixture.Target) with { ReadOnly = true }))
        {
            await AssertTellsAsync(model, backup);
        }

        await using TestDatabase restored = await TestDatabase.OpenAsync(Options(files, Restored));
        await AssertTellsAsync(model, restored);
        await model.CommitAsync(restored, (WriteOperation.Delete, 1));
        await restored.Engine.CheckpointAsync(Token);
        await AssertTellsAsync(model, restored);
    }

    [Fact]
    public async Task A_table_that_a_log_drops_before_a_replay_flushed_in_its_middle_is_no_problem_to_a_check()
    {
        MemoryFileSystem files = new();
        await WriteLogAsync(files, new ChangeModel());
        await using TestDatabase database = await ReopenWithLittleMemoryAsync(files);

        Backup.Run(database.Engine, files, BackupFixture.Target, new BackupOptions(), null, Token);

        Assert.Empty(Verification.Run(database.Engine, null, Token).Problems);
        Assert.Empty(Verification.Run(files, BackupFixture.Target, new ManualClock(), null, Token).Problems);
    }

    private static EngineOptions Options(IFileSystem files, string path) => TestDatabase.OptionsOn(files, path) with { ChangeRetentionBytes = 64 << 20 };

    // The log states the shapes of its tables at its beginning; one of them is of a table that was there before it and is dropped in it.
    private static async Task WriteLogAsync(MemoryFileSystem files, ChangeModel model)
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(Options(files, BackupFixture.Source));
        TableHandle other = database.Engine.Bind(TestDatabase.Points(name: "others").Shape);
        await InsertAsync(database, other, 1);
        await database.Engine.CheckpointAsync(Token);
        await InsertAsync(database, other, 2);
        Assert.True(await database.Engine.DropTableAsync("others", Token));
        for (int i = 0; i < Commits; i++)
        {
            await model.CommitAsync(database, [.. Enumerable.Range(1 + (i * RowsPerCommit), RowsPerCommit).Select(id => (WriteOperation.Insert, (long)id))]);
        }
    }

    private static async Task<TestDatabase> ReopenWithLittleMemoryAsync(MemoryFileSystem files)
    {
        TestDatabase database = await TestDatabase.OpenAsync(Options(files, BackupFixture.Source) with { MemoryBudgetBytes = 1 << 20 });
        Assert.Equal(Commits * RowsPerCommit, database.Rows().Count);
        Assert.True(database.Engine.ReadStatistics().Tables.Single(table => table.Name == "points").Segments > 0, "the replay did not flush");
        return database;
    }

    private static async Task InsertAsync(TestDatabase database, TableHandle table, long id)
    {
        using TestBatch batch = new(table.Schema);
        batch.Write(WriteOperation.Insert, id, "other");
        await database.Engine.CommitAsync(table, batch.Rows, Token);
    }

    private static async Task AssertTellsAsync(ChangeModel model, TestDatabase database)
    {
        Assert.Equal(model.Rows, database.Rows());
        List<ExpectedChange> told = await ChangeModel.ReadAsync(database, 3);
        Assert.Equal(model.Changes, told);
    }
}
