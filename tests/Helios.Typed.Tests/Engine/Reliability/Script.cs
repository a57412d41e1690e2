using Helios.Typed.Engine;
using Helios.Typed.TestKit.Files;
using Xunit;
using static Helios.Typed.Engine.WriteOperation;
using static Helios.Typed.Tests.Engine.Reliability.ScriptTables;

namespace Helios.Typed.Tests.Engine.Reliability;

/// <summary>Is the scripted workload: all that a database does to its files, in acts that each go on from the one before.</summary>
internal static class Script
{
    /// <summary>Long enough for a commit of several 4 KiB sectors.</summary>
    private const int LongName = 5000;

    /// <summary>The key of rows that are purged, and of no others.</summary>
    private const long PurgedId = 98;

    public static IReadOnlyList<Act> Acts { get; } =
    [
        new("first commits", FirstCommitsAsync),
        new("deletions of rows in segments", DeletionsAsync),
        new("a seal at every commit", SealsAsync, MemtableBytes: 1),
        new("logs without a flush", LogsAsync),
        new("graphs", GraphsAsync),
        new("a snapshot that is held", SnapshotAsync),
        new("transactions", TransactionsAsync),
        new("transactions and seals", TransactionsAsync, MemtableBytes: 1),
        new("a column more", ColumnAsync),
        new("another index setting", SettingAsync, Generation: 1),
        new("seals and graphs", SealsAndGraphsAsync, MemtableBytes: 1, Generation: 2),
        new("a table migrated, and dropped", TablesAsync, Generation: 2),
        new("tables and seals", TablesAsync, MemtableBytes: 1, Generation: 2),
        new("backups", BackupsAsync, Generation: 2),
        new("a purge", PurgeAsync, Generation: 2),
        new("nothing", static _ => Task.CompletedTask, Generation: 2),
        new("deletes everything", EverythingGoesAsync, Generation: 2),
    ];

    /// <summary>What stands in the rows that are purged, and nowhere else.</summary>
    public static ReadOnlySpan<byte> PurgedBytes => "98 of "u8;

    /// <summary>Plays all acts without any fault.</summary>
    public static async Task<IReadOnlyList<ScriptedRun>> PlayAsync(ScriptSettings settings)
    {
        List<ScriptedRun> runs = [];
        SimulatedFileSystem files = new();
        RowModel model = new();
        string? backup = null;
        foreach (Act act in Acts)
        {
            ScriptedRun run = await ScriptedRun.PlayAsync(act, files, model, backup, settings);
            Assert.True(run.Failure is null, $"'{act.Name}' failed by itself: {run.Failure}");
            runs.Add(run);
            files = run.Files.Fork();
            model = run.Model;
            backup = run.NewestBackup;
        }

        return runs;
    }

    private static async Task FirstCommitsAsync(ScriptedRun run)
    {
        await run.CommitAsync(Points, (Insert, 1), (Insert, 2), (Insert, 3), (Insert, 4));
        await run.CommitAsync(Points, (Upsert, 2), (Delete, 1));
        await run.CommitAsync(Notes, LongName, (Insert, 1), (Insert, 2));
        await run.CheckpointAsync();
        await run.CommitAsync(Points, LongName, (Insert, 5), (Update, 2), (Insert, 6));
        await run.CommitAsync(Notes, (Delete, 1), (Insert, 3));
        await run.CheckpointAsync();
    }

    private static async Task DeletionsAsync(ScriptedRun run)
    {
        await run.CommitAsync(Points, (Delete, 3), (Update, 2));
        await run.CommitAsync(Notes, (Delete, 2));
        await run.CheckpointAsync();
        await run.CommitAsync(Points, (Delete, 2), (Insert, 7), (Delete, 7), (Upsert, 4));
        await run.CommitAsync(Points, (Insert, 2));
        await run.CheckpointAsync();
        run.RunBackground();
        await run.CommitAsync(Notes, (Upsert, 3), (Delete, 99));
        run.Advance(TimeSpan.FromSeconds(2));
        await run.CommitAsync(Notes, (Upsert, 4));
        await run.FlushAsync();
        await run.CommitAsync(Points, (Upsert, 4), (Upsert, 8));
    }

    private static async Task SealsAsync(ScriptedRun run)
    {
        for (int round = 0; round < 6; round++)
        {
            await run.CommitAsync(Points, (Upsert, 10 + round), (Upsert, 2), (Delete, 9 + round));
            await run.CommitAsync(Notes, (Upsert, 1 + round));

            // Two seals wait for one flush, so that commits come between a seal and what it leads to.
            run.RunBackground();
        }
    }

    private static async Task LogsAsync(ScriptedRun run)
    {
        for (int round = 0; round < 5; round++)
        {
            await run.CommitAsync(Points, round == 2 ? LongName : 0, (Upsert, 20 + round), (Delete, 10 + round));
            await run.ReopenAsync();
        }

        run.RunBackground();
        run.Advance(TimeSpan.FromSeconds(30));
        await run.CommitAsync(Notes, (Upsert, 1));
    }

    private static async Task GraphsAsync(ScriptedRun run)
    {
        await run.CommitAsync(Points, (Insert, 30), (Insert, 31), (Insert, 32), (Insert, 33));
        await run.IndexAsync();
        await run.CommitAsync(Points, (Delete, 30), (Upsert, 31), (Insert, 34));
        await run.CheckpointAsync();
        await run.CommitAsync(Points, (Update, 34));
        await run.IndexAsync();
        await run.ReopenAsync();
        await run.CommitAsync(Points, (Delete, 34), (Delete, 20));
        await run.CheckpointAsync();
    }

    private static async Task SnapshotAsync(ScriptedRun run)
    {
        TableSnapshot? held = null;
        SortedDictionary<long, string>? before = null;
        await run.TryAsync(() =>
        {
            held = run.Engine.OpenSnapshot(run.Engine.Bind(Declare(Points, 0).Shape));
            before = TestDatabase.Rows(held);
            return Task.CompletedTask;
        });
        for (int round = 0; round < 4; round++)
        {
            await run.CommitAsync(Points, (Upsert, 21), (Delete, 21 + round), (Insert, 40 + round));
            await run.CheckpointAsync();
        }

        run.RunBackground();
        await run.TryAsync(() =>
        {
            Assert.True(before is null || before.SequenceEqual(TestDatabase.Rows(held!)), "A snapshot does not show what it showed.");
            return Task.CompletedTask;
        });
        held?.Dispose();

        await run.CommitAsync(Points, (Upsert, 24));
        await run.CheckpointAsync();
    }

    private static async Task TransactionsAsync(ScriptedRun run)
    {
        await run.TransactAsync((Points, Upsert, 45), (Notes, Upsert, 45), (Points, Upsert, 46), (Notes, Delete, 4));
        await run.CommitAsync(Points, (Upsert, 46));
        await run.TransactAsync((Notes, Update, 45), (Points, Delete, 46), (Points, Update, 45));
        run.RunBackground();
        await run.TransactAsync((Points, Upsert, 46), (Points, Delete, 46), (Notes, Upsert, 46));
        await run.CheckpointAsync();
        await run.TransactAsync((Points, Delete, 45), (Notes, Delete, 45));
        run.RunBackground();
        await run.TransactAsync((Points, Upsert, 47), (Notes, Upsert, 47));
    }

    private static async Task ColumnAsync(ScriptedRun run)
    {
        await run.CommitAsync(Points, (Upsert, 50));
        await run.DeclareAsync(1);
        await run.CommitAsync(Points, (Upsert, 51), (Upsert, 50));
        await run.CommitAsync(Notes, LongName, (Upsert, 51));
        await run.CheckpointAsync();
        run.RunBackground();
        await run.CommitAsync(Points, (Update, 51));
    }

    private static async Task SettingAsync(ScriptedRun run)
    {
        await run.CommitAsync(Points, (Upsert, 52));
        await run.DeclareAsync(2);
        await run.CommitAsync(Points, (Upsert, 53));
        await run.IndexAsync();
        await run.CommitAsync(Points, (Upsert, 53), (Delete, 52));
        run.RunBackground();
    }

    private static async Task SealsAndGraphsAsync(ScriptedRun run)
    {
        for (int round = 0; round < 4; round++)
        {
            await run.CommitAsync(Points, (Upsert, 60 + round), (Upsert, 60), (Delete, 40 + round));
            run.RunBackground();
            await run.CommitAsync(Notes, (Upsert, 60), (Delete, 60 - round), (Upsert, 61 + round));
            await run.IndexAsync();
        }
    }

    private static async Task TablesAsync(ScriptedRun run)
    {
        await run.CommitAsync(Drafts, (Upsert, 1), (Upsert, 2), (Upsert, 4));
        await run.CheckpointAsync();
        await run.CommitAsync(Drafts, (Delete, 2), (Upsert, 6), (Upsert, 4));
        await run.CommitAsync(Points, (Upsert, 70));
        run.RunBackground();
        await run.MigrateAsync();
        await run.CommitAsync(Letters, (Upsert, 44), (Upsert, 50));
        await run.CheckpointAsync();
        await run.CommitAsync(Letters, (Delete, 50));
        await run.DropAsync(Letters);
        await run.CommitAsync(Notes, (Upsert, 70));
        await run.CheckpointAsync();
    }

    private static async Task BackupsAsync(ScriptedRun run)
    {
        await run.CommitAsync(Points, (Upsert, 80), (Upsert, 81), (Upsert, 82));
        await run.CheckpointAsync();
        await run.CommitAsync(Notes, (Upsert, 80));
        await run.BackUpAsync();
        await run.CommitAsync(Points, (Delete, 80), (Upsert, 81));
        await run.CheckpointAsync();
        await run.CommitAsync(Notes, (Delete, 80), (Upsert, 81));
        await run.BackUpAsync();
        run.RunBackground();
        await run.IndexAsync();
        await run.CommitAsync(Points, (Upsert, 83));
        await run.BackUpAsync(copies: true);
        await run.CommitAsync(Points, (Delete, 83), (Delete, 82));
    }

    private static async Task PurgeAsync(ScriptedRun run)
    {
        await run.CommitAsync(Points, (Upsert, PurgedId), (Upsert, 90));
        await run.CommitAsync(Notes, (Upsert, PurgedId));
        await run.IndexAsync();
        await run.CommitAsync(Points, (Upsert, PurgedId), (Upsert, 91));
        await run.CheckpointAsync();
        await run.CommitAsync(Points, (Delete, PurgedId));
        await run.CommitAsync(Notes, (Delete, PurgedId), (Upsert, 91));
        await run.PurgeAsync();
        await run.CommitAsync(Points, (Delete, 91));
    }

    private static async Task EverythingGoesAsync(ScriptedRun run)
    {
        foreach (string table in Names.Where(table => run.Model[table].Count > 0))
        {
            (WriteOperation, long)[] all = [.. run.Model[table].Keys.Select(id => (Delete, id))];
            await run.CommitAsync(table, all);
        }

        await run.CheckpointAsync();
        run.RunBackground();
        await run.CommitAsync(Points, (Insert, 100));
        await run.IndexAsync();
    }
}
