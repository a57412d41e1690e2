using Xunit;

namespace Helios.Typed.Tests.Transactions;

public sealed class DeleteByConditionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Matching_rows_in_segments_and_memory_are_deleted_in_one_commit()
    {
        await using HeliosDatabase database = await TransactionTests.OpenAsync();
        HeliosStore<Account> accounts = database.Store<Account>();
        await accounts.InsertAsync(Enumerable.Range(1, 20).Select(id => Account.Create(id, id)), Cancellation);
        await database.CheckpointAsync(Cancellation);
        await accounts.UpdateAsync([Account.Create(1, 100), Account.Create(15, 0)], Cancellation);
        await accounts.InsertAsync(Account.Create(21, 21), Cancellation);

        Assert.Equal(11, await accounts.Where(a => a.Balance > 10).OrderBy(a => a.Balance).ExecuteDeleteAsync(Cancellation));
        Assert.Equal([2, 3, 4, 5, 6, 7, 8, 9, 10, 15], (await accounts.Query().ToListAsync(Cancellation)).Select(account => account.Id));
        Assert.Equal(0, await accounts.Where(a => a.Balance > 10).ExecuteDeleteAsync(Cancellation));
        Assert.Equal(2, await accounts.Where(a => a.Id.In(2, 3, 99) && a.Owner == "someone").ExecuteDeleteAsync(Cancellation));
        Assert.Equal(0, await accounts.Where(a => a.Id.In(new List<long>())).ExecuteDeleteAsync(Cancellation));
        Assert.Equal(8, await accounts.Query().ExecuteDeleteAsync(Cancellation));
        Assert.Equal(0, await accounts.CountAsync(Cancellation));
        Assert.Equal(0, await database.Store<Note>().Query().ExecuteDeleteAsync(Cancellation));
    }

    [Fact]
    public async Task A_table_defined_at_run_time_deletes_by_condition()
    {
        await using HeliosDatabase database = await TransactionTests.OpenAsync();
        TableDefinition definition = TableDefinition.Create("counts").Key("id", ColumnType.Int64).Column("count", ColumnType.Int32).Build();
        HeliosTable counts = database.Table(definition);
        HeliosRowBatch batch = new();
        for (int i = 1; i <= 6; i++)
        {
            HeliosRow row = new(definition);
            row["id"] = (long)i;
            row["count"] = i;
            batch.Insert(row);
        }

        await counts.WriteAsync(batch, Cancellation);
        Assert.Equal(4, await counts.DeleteAsync(new Column<int>("count") > 2, Cancellation));
        Assert.Equal(2, await counts.CountAsync(cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Within_a_transaction_it_sees_own_writes_is_undone_with_it_and_rests_on_the_table()
    {
        await using HeliosDatabase database = await TransactionTests.OpenAsync();
        HeliosStore<Account> accounts = database.Store<Account>();
        await accounts.InsertAsync([Account.Create(1, 1), Account.Create(2, 20), Account.Create(3, 30)], Cancellation);
        await using (HeliosTransaction undone = await database.BeginTransactionAsync(Cancellation))
        {
            IHeliosStore<Account> inside = undone.Store<Account>();
            await inside.InsertAsync(Account.Create(4, 40), Cancellation);
            await inside.UpdateAsync(Account.Create(3, 3), Cancellation);
            Assert.Equal(2, await inside.Where(a => a.Balance >= 20).ExecuteDeleteAsync(Cancellation));
            Assert.Equal([1, 3], (await inside.Query().ToListAsync(Cancellation)).Select(account => account.Id));
        }

        Assert.Equal(3, await accounts.CountAsync(Cancellation));
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
        Assert.Equal(2, await transaction.Store<Account>().Where(a => a.Balance >= 20).ExecuteDeleteAsync(Cancellation));
        await accounts.InsertAsync(Account.Create(5, 50), Cancellation);
        await Assert.ThrowsAsync<HeliosConflictException>(async () => await transaction.CommitAsync(Cancellation));
    }

    [Fact]
    public async Task It_gets_through_and_misses_nothing_while_others_write_without_pause()
    {
        await using HeliosDatabase database = await TransactionTests.OpenAsync();
        HeliosStore<Account> accounts = database.Store<Account>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task[] writers = [.. Enumerable.Range(0, 2).Select(writer => Task.Run(async () =>
        {
            // Pairs come together and change together, so that a condition on both is met by both or by none.
            for (long round = 0; !stop.IsCancellationRequested; round++)
            {
                long pair = (writer * 1_000) + (round % 50 * 2) + 2;
                await accounts.UpsertAsync([Account.Create(pair, round), Account.Create(pair + 1, round)], Cancellation);
            }
        }))];
        for (int i = 0; i < 30; i++)
        {
            await accounts.Where(a => a.Balance >= 10 * i).ExecuteDeleteAsync(Cancellation);
            IReadOnlyList<Account> left = await accounts.Query().ToListAsync(Cancellation);
            Assert.All(left.GroupBy(account => account.Id / 2), pair => Assert.Equal(2, pair.Count()));
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        await accounts.Where(a => a.Balance >= 0).ExecuteDeleteAsync(Cancellation);
        Assert.Equal(0, await accounts.CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_window_a_search_and_a_snapshot_are_refused()
    {
        await using HeliosDatabase database = await TransactionTests.OpenAsync();
        HeliosStore<Account> accounts = database.Store<Account>();
        await accounts.InsertAsync(Account.Create(1, 1), Cancellation);
        await using HeliosSnapshot snapshot = await database.OpenSnapshotAsync(Cancellation);
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await accounts.Query().Take(1).ExecuteDeleteAsync(Cancellation));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await accounts.Query().Skip(1).ExecuteDeleteAsync(Cancellation));
        Assert.Contains("for reading", (await Assert.ThrowsAsync<InvalidOperationException>(async () => await snapshot.Store<Account>().Query().ExecuteDeleteAsync(Cancellation))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await accounts.Query().ExecuteDeleteAsync(cancelled.Token));
        Assert.Equal(1, await accounts.CountAsync(Cancellation));
    }
}
