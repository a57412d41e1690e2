using Helios.Typed.Operations;
using Helios.Typed.Storage.Files;
using Helios.Typed.TestKit.Files;
using Helios.Typed.Tests.Engine;
using Helios.Typed.Tests.Evolution.First;
using Helios.Typed.Tests.Evolution.Second;
using Xunit;

namespace Helios.Typed.Tests.Evolution;

/// <summary>Reads rows of a record's first version through its second, wherever the rows lie.</summary>
public sealed class EvolutionTests
{
    private const int Old = 5;

    private static readonly float[] _origin = [0, 0];

    public enum Place
    {
        Log,
        Segment,
        Merged,
        Restored,
    }

    public static TheoryData<Place> Places => [.. Enum.GetValues<Place>()];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Rows_of_the_first_version_are_read_and_written_through_the_second(Place place)
    {
        MemoryFileSystem files = new();
        await using (HeliosDatabase first = Open(files))
        {
            await WriteFirstAsync(first);
            await SettleAsync(first, place);
        }

        string path = Move(files, place);
        await using (HeliosDatabase second = Open(files, path))
        {
            await AssertOldAsync(second);
            await WriteSecondAsync(second);
            await AssertAllAsync(second);
            await SettleAsync(second, place, path);
        }

        path = Move(files, place, path);
        await using HeliosDatabase again = Open(files, path);
        await AssertAllAsync(again);
        await again.WaitForIndexingAsync(cancellationToken: Token);
        await AssertAllAsync(again);
        Assert.Empty((await again.VerifyAsync(cancellationToken: Token)).Problems);
    }

    [Fact]
    public async Task Code_of_the_first_version_finds_its_table_until_the_second_has_written_and_harms_nothing_after()
    {
        MemoryFileSystem files = new();
        await using (HeliosDatabase first = Open(files))
        {
            await WriteFirstAsync(first);
        }

        await using (HeliosDatabase second = Open(files))
        {
            // Reading alone changes nothing.
            await AssertOldAsync(second);
        }

        await using (HeliosDatabase first = Open(files))
        {
            Assert.Equal(Old, await first.Store<Letter>().CountAsync(Token));
        }

        await using (HeliosDatabase second = Open(files))
        {
            await WriteSecondAsync(second);
        }

        await using HeliosDatabase late = Open(files);
        Assert.Equal(0, await late.Store<Letter>().CountAsync(Token));
        await late.DisposeAsync();
        await using HeliosDatabase last = Open(files);
        await AssertAllAsync(last);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Power_lost_at_any_operation_of_a_change_of_shape_leaves_the_version_before_or_after_it(bool checkpoints)
    {
        SimulatedFileSystem files = new();
        await using (HeliosDatabase first = Open(files))
        {
            await WriteFirstAsync(first);
            if (checkpoints)
            {
                await first.CheckpointAsync(Token);
            }
        }

        long begun = files.OperationCount;
        long acknowledged;
        await using (HeliosDatabase second = Open(files))
        {
            await WriteSecondAsync(second);
            acknowledged = files.OperationCount;
            await second.DropColumnAsync("mail", "Draft", Token);
            if (checkpoints)
            {
                await second.CheckpointAsync(Token);
                await second.WaitForIndexingAsync(cancellationToken: Token);
            }
        }

        int before = 0;
        int after = 0;
        CrashPolicy[] policies = Enum.GetValues<CrashPolicy>();
        for (long operation = begun + 1; operation <= files.OperationCount + 1; operation++)
        {
            // A third of them at each operation where there are many, each in turn.
            foreach (CrashPolicy policy in policies.Where((_, i) => !checkpoints || (operation + i) % 3 == 0))
            {
                await using HeliosDatabase survivor = Open(files.CrashAt(operation, policy, (int)operation));
                bool isWritten = await survivor.Store<Mail>().CountAsync(Token) > Old;
                Assert.True(isWritten || operation <= acknowledged, $"an acknowledged write was lost at operation {operation} under {policy}");
                if (isWritten)
                {
                    after++;
                    await AssertAllAsync(survivor);
                }
                else
                {
                    before++;
                    await AssertOldAsync(survivor);
                    await WriteSecondAsync(survivor);
                    await AssertAllAsync(survivor);
                }
            }
        }

        Assert.True(before > 0 && after > 0, $"{before} before, {after} after");
    }

    private static async Task WriteFirstAsync(HeliosDatabase database) => await database.Store<Letter>().InsertAsync(
        Enumerable.Range(1, Old).Select(id => new Letter { Id = id, Heading = $"h{id}", Pages = id * 10, Draft = "d", Place = new float[] { id, 0 } }), Token);

    private static async Task WriteSecondAsync(HeliosDatabase database)
    {
        HeliosStore<Mail> mail = database.Store<Mail>();
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Token);
        await transaction.Store<Mail>().InsertAsync(
            new Mail
            {
                Id = Old + 1,
                Title = "new",
                Pages = null,
                IsOpen = false,
                Post = Post.Slow,
                Sender = "ann",
                Fee = 1.5m,
                Day = new DateOnly(2024, 1, 2),
                Route = new Guid(9, 0, 0, new byte[8]),
                Weight = 2,
                Sent = DateTimeOffset.UnixEpoch,
                Tags = ["a"],
                Mood = new float[] { 1, 1 },
                Spot = new float[] { Old + 1, 0 },
            },
            Token);
        Mail changed = (await transaction.Store<Mail>().GetAsync(2, Token))!;
        await transaction.Store<Mail>().UpdateAsync(changed with { Pages = null, Sender = "bob" }, Token);
        await transaction.CommitAsync(Token);
        Assert.Equal(Old + 1, await mail.CountAsync(Token));
    }

    private static async Task AssertOldAsync(HeliosDatabase database)
    {
        IReadOnlyList<Mail> rows = await database.Store<Mail>().Query().ToListAsync(Token);
        Assert.Equal(Enumerable.Range(1, Old).Select(id => (long)id), rows.Select(row => row.Id));
        Assert.All(rows, row => AssertUnchanged(row, (int)row.Id * 10, "unknown"));
        Assert.Equal(Old, await database.Store<Mail>().Where(m => m.Sender == "unknown" && m.Fee == 9.90m && m.IsOpen && m.Post == Post.Fast).CountAsync(Token));
        Assert.Equal([1L, 2L], (await database.Store<Mail>().Nearest(m => m.Spot, _origin).Take(2).ToListAsync(Token)).Select(hit => hit.Record.Id));
    }

    private static async Task AssertAllAsync(HeliosDatabase database)
    {
        HeliosStore<Mail> mail = database.Store<Mail>();
        IReadOnlyList<Mail> rows = await mail.OrderBy(m => m.Id).ToListAsync(Token);
        Assert.Equal(Enumerable.Range(1, Old + 1).Select(id => (long)id), rows.Select(row => row.Id));
        Assert.All(rows.Take(Old), row => AssertUnchanged(row, row.Id == 2 ? null : (int)row.Id * 10, row.Id == 2 ? "bob" : "unknown"));
        Mail last = rows[^1];
        Assert.Equal(
            ("new", null, false, Post.Slow, "ann", 1.5m, new DateOnly(2024, 1, 2), 2d),
            (last.Title, last.Pages, last.IsOpen, last.Post, last.Sender, last.Fee, last.Day, last.Weight));
        Assert.Equal(DateTimeOffset.UnixEpoch, last.Sent);
        Assert.Equal(["a"], last.Tags);
        Assert.Equal([1, 1], last.Mood!.Value.ToArray());
        Assert.Equal([2L, Old + 1L], (await mail.Where(m => m.Pages == null).OrderBy(m => m.Id).ToListAsync(Token)).Select(row => row.Id));
        Assert.Equal(Old - 1, await mail.Where(m => m.Sender == "unknown").CountAsync(Token));
        Assert.Equal([Old + 1L], (await mail.Nearest(m => m.Mood, _origin).Take(3).ToListAsync(Token)).Select(hit => hit.Record.Id));
        Assert.Equal(1L, (await mail.Nearest(m => m.Spot, _origin).Take(1).ToListAsync(Token))[0].Record.Id);
    }

    private static void AssertUnchanged(Mail row, int? pages, string sender)
    {
        Assert.Equal(
            ($"h{row.Id}", pages, true, Post.Fast, sender, 9.90m, new DateOnly(2020, 2, 29), 0.5),
            (row.Title, row.Pages, row.IsOpen, row.Post, row.Sender, row.Fee, row.Day, row.Weight));
        Assert.Equal(new Guid("00000000-0000-0000-0000-000000000007"), row.Route);
        Assert.Equal(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.FromHours(2)), row.Sent);
        Assert.Equal(TimeSpan.FromHours(2), row.Sent.Offset);
        Assert.Empty(row.Tags);
        Assert.Null(row.Mood);
        Assert.Equal([row.Id, 0], row.Spot.ToArray());
    }

    private static async Task SettleAsync(HeliosDatabase database, Place place, string path = "/data/db")
    {
        if (place is Place.Segment or Place.Merged)
        {
            await database.CheckpointAsync(Token);
        }

        if (place == Place.Merged)
        {
            await database.WaitForIndexingAsync(cancellationToken: Token);
        }

        if (place == Place.Restored)
        {
            await database.BackupAsync($"{path}-backup", cancellationToken: Token);
        }
    }

    private static string Move(MemoryFileSystem files, Place place, string path = "/data/db")
    {
        if (place == Place.Restored)
        {
            Restore.Run(files, $"{path}-backup", files, $"{path}-restored", Guid.NewGuid, TimeProvider.System, null, Token);
            path = $"{path}-restored";
        }

        return path;
    }

    private static HeliosDatabase Open(IFileSystem files, string path = "/data/db") => new(TestDatabase.OptionsOn(files, path), path);
}
