using Xunit;

namespace Helios.Typed.Tests.Transactions;

public sealed class SnapshotTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_snapshot_stays_as_it_was_over_all_tables_through_flushes_merges_and_indexing()
    {
        await using HeliosDatabase database = await TransactionTests.OpenAsync();
        HeliosStore<Account> accounts = database.Store<Account>();
        HeliosStore<Note> notes = database.Store<Note>();
        await accounts.InsertAsync(Enumerable.Range(1, 50).Select(id => Account.Create(id, id)), Cancellation);
        WriteResult last = await notes.WriteAsync(new WriteBatch<Note>().Insert(Note.Create("a", "before")), Cancellation);
        await using HeliosSnapshot snapshot = await database.OpenSnapshotAsync(Cancellation);
        Assert.Equal(last.Sequence, snapshot.Sequence);

        for (int round = 0; round < 6; round++)
        {
            await accounts.UpsertAsync(Enumerable.Range(1, 60).Select(id => Account.Create(id, 1_000 + round)), Cancellation);
            await accounts.DeleteAsync(round + 1, Cancellation);
            await notes.UpsertAsync([Note.Create("a", "after"), Note.Create($"b{round}", "after")], Cancellation);
            await (round % 2 == 0 ? database.CheckpointAsync(Cancellation) : database.WaitForIndexingAsync(cancellationToken: Cancellation));
            await Check();
        }

        async Task Check()
        {
            IHeliosReader<Account> then = snapshot.Store<Account>();
            Assert.Equal(50, await then.CountAsync(Cancellation));
            Assert.Equal(7, (await then.GetAsync(7, Cancellation))!.Balance);
            Assert.Null(await then.GetAsync(55, Cancellation));
            Assert.Equal([1, 2, 3], (await then.Nearest(a => a.Place, new float[] { 0, 0 }).Take(3).ToListAsync(Cancellation)).Select(hit => hit.Record.Id));
            Assert.Equal([50, 49], (await then.OrderByDescending(a => a.Balance).Take(2).ToListAsync(Cancellation)).Select(account => account.Id));
            Assert.Equal([40, 41], (await then.Where(a => a.Balance >= 40).Take(2).ToListAsync(Cancellation)).Select(account => account.Id));
            Assert.Equal("before", (await snapshot.Store<Note>().Query().ToListAsync(Cancellation)).Single().Text);
        }
    }

    [Fact]
    public async Task A_disposed_snapshot_says_so_and_results_that_are_being_read_go_on()
    {
        await using HeliosDatabase database = await TransactionTests.OpenAsync();
        await database.Store<Account>().InsertAsync([Account.Create(1, 1), Account.Create(2, 2)], Cancellation);
        HeliosSnapshot snapshot = await database.OpenSnapshotAsync(Cancellation);
        IHeliosReader<Account> accounts = snapshot.Store<Account>();
        List<long> balances = [];
        await foreach (Account account in accounts.Query().WithCancellation(Cancellation))
        {
            balances.Add(account.Balance);
            await snapshot.DisposeAsync();
        }

        Assert.Equal([1, 2], balances);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await accounts.GetAsync(1, Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await accounts.CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_snapshot_of_a_closed_database_says_so()
    {
        HeliosDatabase database = await TransactionTests.OpenAsync();
        await database.Store<Account>().InsertAsync(Account.Create(1, 1), Cancellation);
        await using HeliosSnapshot snapshot = await database.OpenSnapshotAsync(Cancellation);
        await database.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await snapshot.Store<Account>().GetAsync(1, Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await database.OpenSnapshotAsync(Cancellation));
    }

    [Fact]
    public async Task A_reader_of_a_snapshot_is_no_store()
    {
        await using HeliosDatabase database = await TransactionTests.OpenAsync();
        await using HeliosSnapshot snapshot = await database.OpenSnapshotAsync(Cancellation);

        Assert.False(snapshot.Store<Account>() is IHeliosStore<Account>);
        Assert.Same(database, snapshot.Store<Account>().Database);
        Assert.Equal(0, snapshot.Sequence);
        Assert.Equal(0, await snapshot.Store<Account>().CountAsync(Cancellation));
    }
}
