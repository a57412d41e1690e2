using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Transactions;

/// <summary>Puts a table without vectors beside one with them, wherever rows can lie.</summary>
public sealed class PlainTableTests
{
    private static readonly float[] _origin = [0, 0];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transaction_over_both_kinds_of_table_is_kept_whole_and_read_after_reopening(bool inSegments)
    {
        MemoryFileSystem files = new();
        await using (HeliosDatabase database = Open(files))
        {
            await database.Store<Account>().InsertAsync(Account.Create(1, 100), Token);
            if (inSegments)
            {
                await database.Store<Order>().InsertAsync(new Order { Id = 9, Customer = "before", Total = 1 }, Token);
                await database.CheckpointAsync(Token);
            }

            await using HeliosTransaction transaction = await database.BeginTransactionAsync(Token);
            long order = await transaction.Store<Order>().InsertAsync(new Order { Customer = "ann", Total = 30.50m }, Token);
            await transaction.Store<Account>().UpdateAsync(Account.Create(1, 70), Token);
            Assert.Equal(30.50m, (await transaction.Store<Order>().GetAsync(order, Token))!.Total);
            Assert.Equal(0, await database.Store<Order>().Where(o => o.Customer == "ann").CountAsync(Token));
            await transaction.CommitAsync(Token);
            if (inSegments)
            {
                await database.CheckpointAsync(Token);
                await database.WaitForIndexingAsync(cancellationToken: Token);
            }
        }

        await using HeliosDatabase again = Open(files);
        Order kept = Assert.Single(await again.Store<Order>().Where(o => o.Customer == "ann" && o.Total > 30).OrderBy(o => o.Total).ToListAsync(Token));
        Assert.Equal(30.50m, kept.Total);
        Assert.Null(kept.Remark);
        Assert.Equal(70, (await again.Store<Account>().Nearest(a => a.Place, _origin).Take(1).ToListAsync(Token))[0].Record.Balance);
        Assert.True((await again.VerifyAsync(cancellationToken: Token)).IsClean);
    }

    [Fact]
    public async Task A_transaction_that_is_given_up_leaves_neither_table_changed()
    {
        await using HeliosDatabase database = Open(new MemoryFileSystem());
        await database.Store<Account>().InsertAsync(Account.Create(1, 100), Token);
        await using (HeliosTransaction transaction = await database.BeginTransactionAsync(Token))
        {
            await transaction.Store<Order>().InsertAsync(new Order { Customer = "ann", Total = 30 }, Token);
            await transaction.Store<Account>().UpdateAsync(Account.Create(1, 70), Token);
        }

        Assert.Equal(0, await database.Store<Order>().CountAsync(Token));
        Assert.Equal(100, (await database.Store<Account>().GetAsync(1, Token))!.Balance);
    }

    [Fact]
    public async Task A_read_of_one_kind_of_table_conflicts_with_a_write_to_it_though_the_other_is_written()
    {
        await using HeliosDatabase database = Open(new MemoryFileSystem());
        await database.Store<Order>().InsertAsync(new Order { Id = 1, Customer = "ann", Total = 30 }, Token);
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Token);
        Order read = Assert.Single(await transaction.Store<Order>().Where(o => o.Customer == "ann").ToListAsync(Token));
        await transaction.Store<Account>().InsertAsync(Account.Create(1, (long)read.Total), Token);

        await database.Store<Order>().InsertAsync(new Order { Id = 2, Customer = "ann", Total = 1 }, Token);

        await Assert.ThrowsAsync<HeliosConflictException>(async () => await transaction.CommitAsync(Token));
        Assert.Equal(0, await database.Store<Account>().CountAsync(Token));
    }

    [Fact]
    public async Task Rows_without_vectors_are_updated_deleted_imported_merged_and_purged()
    {
        MemoryFileSystem files = new();
        await using (HeliosDatabase database = Open(files))
        {
            HeliosStore<Order> orders = database.Store<Order>();
            await orders.ImportAsync(Orders(300), cancellationToken: Token);
            await database.CheckpointAsync(Token);
            Assert.Equal(300, await orders.CountAsync(Token));
            await orders.DeleteAsync(Enumerable.Range(1, 100).Select(id => (long)id), Token);
            await orders.UpdateAsync(new Order { Id = 101, Customer = "new", Total = 0, Remark = "changed" }, Token);
            await database.CheckpointAsync(Token);
            await database.PurgeAsync(Token);
            await database.WaitForIndexingAsync(cancellationToken: Token);
        }

        await using HeliosDatabase again = Open(files);
        Assert.Equal(200, await again.Store<Order>().CountAsync(Token));
        Assert.Equal("changed", (await again.Store<Order>().GetAsync(101, Token))!.Remark);
        Assert.Equal(Enumerable.Range(102, 199).Select(id => (long)id), (await again.Store<Order>().Where(o => o.Customer != "new").ToListAsync(Token)).Select(order => order.Id));
        Assert.True((await again.VerifyAsync(cancellationToken: Token)).IsClean);
    }

    private static async IAsyncEnumerable<Order> Orders(int count)
    {
        await Task.Yield();
        for (int id = 1; id <= count; id++)
        {
            yield return new Order { Id = id, Customer = $"c{id % 7}", Total = id };
        }
    }

    private static HeliosDatabase Open(MemoryFileSystem files) => new(TestDatabase.OptionsOn(files), "/data/db");
}
