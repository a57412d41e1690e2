using Xunit;

namespace Helios.Typed.Tests.Transactions;

public sealed class TransactionTests
{
    private static readonly float[] _origin = [0, 0];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writes_to_several_tables_are_committed_together_and_seen_by_nobody_before()
    {
        await using HeliosDatabase database = await OpenAsync();
        HeliosStore<Account> accounts = database.Store<Account>();
        HeliosStore<Note> notes = database.Store<Note>();
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
        await transaction.Store<Account>().InsertAsync(Account.Create(1, 10), Cancellation);
        await transaction.Store<Note>().InsertAsync(Note.Create("a", "one"), Cancellation);
        await transaction.Store<Account>().InsertAsync(Account.Create(2, 20), Cancellation);

        Assert.Equal(0, await accounts.CountAsync(Cancellation));
        Assert.Equal(0, await notes.CountAsync(Cancellation));
        Assert.Equal(1, await transaction.CommitAsync(Cancellation));
        Assert.Equal(2, await accounts.CountAsync(Cancellation));
        Assert.Equal("one", (await notes.GetAsync("a", Cancellation))!.Text);
        Assert.False(transaction.IsOpen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transaction_reads_its_own_writes_in_every_way(bool inSegments)
    {
        await using HeliosDatabase database = await OpenAsync();
        await database.Store<Account>().InsertAsync([Account.Create(1, 10), Account.Create(2, 20), Account.Create(3, 30)], Cancellation);
        if (inSegments)
        {
            await database.WaitForIndexingAsync(cancellationToken: Cancellation);
            await database.Store<Account>().InsertAsync(Account.Create(4, 40), Cancellation);
            await database.CheckpointAsync(Cancellation);
        }
        else
        {
            await database.Store<Account>().InsertAsync(Account.Create(4, 40), Cancellation);
        }

        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
        IHeliosStore<Account> accounts = transaction.Store<Account>();
        await accounts.UpdateAsync(Account.Create(2, 5), Cancellation);
        await accounts.UpsertAsync(Account.Create(2, 6), Cancellation);
        Assert.True(await accounts.DeleteAsync(3, Cancellation));
        Assert.False(await accounts.DeleteAsync(3, Cancellation));
        await accounts.InsertAsync([Account.Create(5, 50), Account.Create(6, 60)], Cancellation);
        Assert.Equal(1, await accounts.DeleteAsync([6, 7], Cancellation));

        Assert.Equal(6, (await accounts.GetAsync(2, Cancellation))!.Balance);
        Assert.Null(await accounts.GetAsync(3, Cancellation));
        Assert.Equal(50, (await accounts.GetAsync(5, Cancellation))!.Balance);
        Assert.Null(await accounts.GetAsync(6, Cancellation));
        Assert.Equal(4, await accounts.CountAsync(Cancellation));
        Assert.Equal([1, 2, 4, 5], (await accounts.Query().ToListAsync(Cancellation)).Select(account => account.Id));
        Assert.Equal([1, 4, 5], (await accounts.Where(a => a.Balance >= 10).ToListAsync(Cancellation)).Select(account => account.Id));
        Assert.Equal([5, 4, 1, 2], (await accounts.OrderByDescending(a => a.Balance).ToListAsync(Cancellation)).Select(account => account.Id));
        Assert.Equal([2, 1, 4], (await accounts.Nearest(a => a.Place, _origin).Take(3).ToListAsync(Cancellation)).Select(hit => hit.Record.Id));
        Assert.Equal([2, 5], (await accounts.Where(a => a.Id.In(2, 3, 5)).ToListAsync(Cancellation)).Select(account => account.Id));
        Assert.Equal([10, 20, 30, 40], (await database.Store<Account>().Query().ToListAsync(Cancellation)).Select(account => account.Balance));

        await transaction.CommitAsync(Cancellation);
        Assert.Equal([10, 6, 40, 50], (await database.Store<Account>().Query().ToListAsync(Cancellation)).Select(account => account.Balance));
        Assert.Equal([2, 1, 4], (await database.Store<Account>().Nearest(a => a.Place, _origin).Take(3).ToListAsync(Cancellation)).Select(hit => hit.Record.Id));
    }

    [Fact]
    public async Task A_query_that_is_being_read_does_not_see_the_writes_made_meanwhile()
    {
        await using HeliosDatabase database = await OpenAsync();
        await database.Store<Account>().InsertAsync([Account.Create(1, 1), Account.Create(2, 2), Account.Create(3, 3)], Cancellation);
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
        IHeliosStore<Account> accounts = transaction.Store<Account>();
        await accounts.UpdateAsync(Account.Create(2, 22), Cancellation);

        List<long> balances = [];
        await foreach (Account account in accounts.Query().WithCancellation(Cancellation))
        {
            balances.Add(account.Balance);
            await accounts.UpsertAsync([account with { Balance = account.Balance * 10 }, Account.Create(account.Id + 100, 0)], Cancellation);
            await accounts.DeleteAsync(3, Cancellation);
        }

        Assert.Equal([1, 22, 3], balances);
        Assert.Equal([10, 220, 0, 0, 0], (await accounts.Query().ToListAsync(Cancellation)).Select(account => account.Balance));
    }

    [Fact]
    public async Task A_transaction_that_is_rolled_back_or_disposed_leaves_no_trace()
    {
        await using HeliosDatabase database = await OpenAsync();
        HeliosTransaction rolledBack = await database.BeginTransactionAsync(Cancellation);
        await rolledBack.Store<Account>().InsertAsync(Account.Create(1, 1), Cancellation);
        await rolledBack.RollbackAsync();
        await rolledBack.RollbackAsync();
        await using (HeliosTransaction disposed = await database.BeginTransactionAsync(Cancellation))
        {
            await disposed.Store<Account>().InsertAsync(Account.Create(2, 2), Cancellation);
        }

        Assert.Equal(0, await database.Store<Account>().CountAsync(Cancellation));
        await database.Store<Account>().InsertAsync([Account.Create(1, 1), Account.Create(2, 2)], Cancellation);
    }

    [Theory]
    [InlineData("committed", "was committed")]
    [InlineData("rolled back", "was rolled back")]
    [InlineData("disposed", "was rolled back")]
    [InlineData("in conflict", "could not be committed")]
    public async Task A_transaction_that_has_ended_says_how(string end, string says)
    {
        await using HeliosDatabase database = await OpenAsync();
        HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
        IHeliosStore<Account> accounts = transaction.Store<Account>();
        Assert.Null(await accounts.GetAsync(1, Cancellation));
        await accounts.UpsertAsync(Account.Create(1, 1), Cancellation);
        switch (end)
        {
            case "committed":
                await transaction.CommitAsync(Cancellation);
                break;
            case "rolled back":
                await transaction.RollbackAsync();
                break;
            case "disposed":
                await transaction.DisposeAsync();
                break;
            default:
                await database.Store<Account>().InsertAsync(Account.Create(1, 9), Cancellation);
                await Assert.ThrowsAsync<HeliosConflictException>(async () => await transaction.CommitAsync(Cancellation));
                break;
        }

        await Refuses(async () => await accounts.GetAsync(1, Cancellation));
        await Refuses(async () => await accounts.UpsertAsync(Account.Create(2, 2), Cancellation));
        await Refuses(async () => await accounts.Query().ToListAsync(Cancellation));
        await Refuses(async () => await transaction.Store<Note>().CountAsync(Cancellation));
        await Refuses(async () => await transaction.CommitAsync(Cancellation));
        if (end == "committed")
        {
            await Refuses(async () => await transaction.RollbackAsync());
        }

        await transaction.DisposeAsync();

        async Task Refuses(Func<Task> use) => Assert.Contains(says, (await Assert.ThrowsAsync<InvalidOperationException>(use)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_update_is_a_conflict_that_names_the_row()
    {
        await using HeliosDatabase database = await OpenAsync();
        await database.Store<Account>().InsertAsync([Account.Create(1, 10), Account.Create(2, 10)], Cancellation);
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
        IHeliosStore<Account> accounts = transaction.Store<Account>();
        Account read = (await accounts.GetAsync(1, Cancellation))!;
        await accounts.UpdateAsync(read with { Balance = read.Balance + 1 }, Cancellation);
        await database.Store<Account>().UpdateAsync(Account.Create(1, 50), Cancellation);

        HeliosConflictException conflict = await Assert.ThrowsAsync<HeliosConflictException>(async () => await transaction.CommitAsync(Cancellation));

        Assert.Equal("Account", conflict.Table);
        Assert.Equal(HeliosKey.Create(1L), conflict.Key);
        Assert.Contains("key 1 of table 'Account'", conflict.Message, StringComparison.Ordinal);
        Assert.Equal(50, (await database.Store<Account>().GetAsync(1, Cancellation))!.Balance);
    }

    [Fact]
    public async Task Another_row_of_the_table_is_no_conflict_of_reads_by_key()
    {
        await using HeliosDatabase database = await OpenAsync();
        await database.Store<Account>().InsertAsync([Account.Create(1, 10), Account.Create(2, 10)], Cancellation);
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
        IHeliosStore<Account> accounts = transaction.Store<Account>();
        Account read = (await accounts.Where(a => a.Id == 1).FirstOrDefaultAsync(Cancellation))!;
        Assert.Null(await accounts.GetAsync(3, Cancellation));
        await accounts.UpdateAsync(read with { Balance = 11 }, Cancellation);
        await database.Store<Account>().UpdateAsync(Account.Create(2, 50), Cancellation);

        await transaction.CommitAsync(Cancellation);

        Assert.Equal([11, 50], (await database.Store<Account>().Query().ToListAsync(Cancellation)).Select(account => account.Balance));
    }

    [Theory]
    [InlineData("came")]
    [InlineData("went")]
    public async Task A_row_that_was_read_as_missing_or_there_and_came_or_went_is_a_conflict(string what)
    {
        await using HeliosDatabase database = await OpenAsync();
        await database.Store<Account>().InsertAsync(Account.Create(1, 10), Cancellation);
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
        IHeliosStore<Account> accounts = transaction.Store<Account>();
        Assert.NotNull(await accounts.GetAsync(1, Cancellation));
        Assert.Null(await accounts.GetAsync(2, Cancellation));
        await accounts.InsertAsync(Account.Create(3, 3), Cancellation);
        if (what == "came")
        {
            await database.Store<Account>().InsertAsync(Account.Create(2, 2), Cancellation);
        }
        else
        {
            await database.Store<Account>().DeleteAsync(1, Cancellation);
            await database.CheckpointAsync(Cancellation);
        }

        HeliosConflictException conflict = await Assert.ThrowsAsync<HeliosConflictException>(async () => await transaction.CommitAsync(Cancellation));

        Assert.Equal(HeliosKey.Create(what == "came" ? 2L : 1L), conflict.Key);
        Assert.Equal(1, await database.Store<Account>().CountAsync(Cancellation) - (what == "came" ? 1 : -1));
    }

    [Fact]
    public async Task Write_skew_is_a_conflict()
    {
        await using HeliosDatabase database = await OpenAsync();
        await database.Store<Account>().InsertAsync([Account.Create(1, 50), Account.Create(2, 50)], Cancellation);
        await using HeliosTransaction one = await database.BeginTransactionAsync(Cancellation);
        await using HeliosTransaction other = await database.BeginTransactionAsync(Cancellation);
        await WithdrawAsync(one, 1);
        await WithdrawAsync(other, 2);

        await one.CommitAsync(Cancellation);
        HeliosConflictException conflict = await Assert.ThrowsAsync<HeliosConflictException>(async () => await other.CommitAsync(Cancellation));

        Assert.Equal(HeliosKey.Create(1L), conflict.Key);

        static async Task WithdrawAsync(HeliosTransaction transaction, long from)
        {
            IHeliosStore<Account> accounts = transaction.Store<Account>();
            long sum = (await accounts.GetAsync(1, Cancellation))!.Balance + (await accounts.GetAsync(2, Cancellation))!.Balance;
            Assert.Equal(100, sum);
            await accounts.UpdateAsync(Account.Create(from, -50), Cancellation);
        }
    }

    [Theory]
    [InlineData("count")]
    [InlineData("where")]
    [InlineData("nearest")]
    [InlineData("order")]
    [InlineData("any")]
    public async Task A_phantom_is_a_conflict_that_names_the_table(string read)
    {
        await using HeliosDatabase database = await OpenAsync();
        await database.Store<Account>().InsertAsync(Account.Create(1, 50), Cancellation);
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
        IHeliosStore<Account> accounts = transaction.Store<Account>();
        _ = read switch
        {
            "count" => await accounts.CountAsync(Cancellation),
            "where" => (await accounts.Where(a => a.Balance > 100).ToListAsync(Cancellation)).Count,
            "nearest" => (await accounts.Nearest(a => a.Place, _origin).Take(1).ToListAsync(Cancellation)).Count,
            "order" => (await accounts.OrderBy(a => a.Balance).Take(1).ToListAsync(Cancellation)).Count,
            _ => await accounts.Where(a => a.Balance > 100).AnyAsync(Cancellation) ? 1 : 0,
        };
        await transaction.Store<Note>().InsertAsync(Note.Create("a", "decided"), Cancellation);
        await database.Store<Account>().InsertAsync(Account.Create(2, 200), Cancellation);

        HeliosConflictException conflict = await Assert.ThrowsAsync<HeliosConflictException>(async () => await transaction.CommitAsync(Cancellation));

        Assert.Equal("Account", conflict.Table);
        Assert.Null(conflict.Key);
        Assert.Contains("'Account'", conflict.Message, StringComparison.Ordinal);
        Assert.Equal(0, await database.Store<Note>().CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_condition_that_no_row_can_meet_rests_on_nothing()
    {
        await using HeliosDatabase database = await OpenAsync();
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
        Assert.Empty(await transaction.Store<Account>().Where(a => a.Id.In(new List<long>())).ToListAsync(Cancellation));
        await transaction.Store<Note>().InsertAsync(Note.Create("a", "x"), Cancellation);
        await database.Store<Account>().InsertAsync(Account.Create(2, 200), Cancellation);

        await transaction.CommitAsync(Cancellation);
    }

    [Fact]
    public async Task A_transaction_that_only_reads_never_conflicts()
    {
        await using HeliosDatabase database = await OpenAsync();
        long sequence = (await database.Store<Account>().WriteAsync(new WriteBatch<Account>().Insert(Account.Create(1, 1)), Cancellation)).Sequence;
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
        Assert.Equal(1, await transaction.Store<Account>().CountAsync(Cancellation));
        await database.Store<Account>().UpsertAsync([Account.Create(1, 5), Account.Create(2, 5)], Cancellation);

        Assert.Equal(1, (await transaction.Store<Account>().GetAsync(1, Cancellation))!.Balance);
        Assert.Equal(sequence, transaction.Sequence);
        Assert.Equal(sequence, await transaction.CommitAsync(Cancellation));
    }

    [Fact]
    public async Task Writes_made_without_looking_do_not_conflict_and_the_later_commit_stands()
    {
        await using HeliosDatabase database = await OpenAsync();
        await database.Store<Account>().InsertAsync([Account.Create(1, 1), Account.Create(2, 2)], Cancellation);
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
        IHeliosStore<Account> accounts = transaction.Store<Account>();
        await accounts.UpsertAsync(Account.Create(1, 10), Cancellation);
        await accounts.UpdateAsync(Account.Create(2, 20), Cancellation);
        Assert.Equal(10, (await accounts.GetAsync(1, Cancellation))!.Balance);
        await database.Store<Account>().UpsertAsync([Account.Create(1, 5), Account.Create(2, 5)], Cancellation);

        await transaction.CommitAsync(Cancellation);

        Assert.Equal([10, 20], (await database.Store<Account>().Query().ToListAsync(Cancellation)).Select(account => account.Balance));
    }

    [Fact]
    public async Task What_an_insert_or_update_needs_is_asked_at_once_and_again_at_the_commit()
    {
        await using HeliosDatabase database = await OpenAsync();
        HeliosStore<Account> committed = database.Store<Account>();
        await committed.InsertAsync([Account.Create(1, 1), Account.Create(2, 2)], Cancellation);
        await using (HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation))
        {
            IHeliosStore<Account> accounts = transaction.Store<Account>();
            await Assert.ThrowsAsync<HeliosDuplicateKeyException>(async () => await accounts.InsertAsync([Account.Create(7, 7), Account.Create(1, 7)], Cancellation));
            await Assert.ThrowsAsync<HeliosDuplicateKeyException>(async () => await accounts.InsertAsync([Account.Create(7, 7), Account.Create(7, 8)], Cancellation));
            await Assert.ThrowsAsync<HeliosKeyNotFoundException>(async () => await accounts.UpdateAsync(Account.Create(9, 7), Cancellation));
            Assert.Equal(2, await accounts.CountAsync(Cancellation));
            await accounts.DeleteAsync(1, Cancellation);
            await accounts.InsertAsync(Account.Create(1, 11), Cancellation);
            await transaction.CommitAsync(Cancellation);
            Assert.Equal(11, (await committed.GetAsync(1, Cancellation))!.Balance);
        }

        await using HeliosTransaction inserts = await database.BeginTransactionAsync(Cancellation);
        await using HeliosTransaction updates = await database.BeginTransactionAsync(Cancellation);
        await inserts.Store<Account>().InsertAsync(Account.Create(8, 8), Cancellation);
        await updates.Store<Account>().UpdateAsync(Account.Create(2, 22), Cancellation);
        await committed.InsertAsync(Account.Create(8, 80), Cancellation);
        await committed.DeleteAsync(2, Cancellation);

        await Assert.ThrowsAsync<HeliosDuplicateKeyException>(async () => await inserts.CommitAsync(Cancellation));
        await Assert.ThrowsAsync<HeliosKeyNotFoundException>(async () => await updates.CommitAsync(Cancellation));
        Assert.Equal([11, 80], (await committed.Query().ToListAsync(Cancellation)).Select(account => account.Balance));
    }

    [Fact]
    public async Task A_refused_insert_is_a_read_of_its_key()
    {
        await using HeliosDatabase database = await OpenAsync();
        await database.Store<Account>().InsertAsync(Account.Create(1, 1), Cancellation);
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
        await Assert.ThrowsAsync<HeliosDuplicateKeyException>(async () => await transaction.Store<Account>().InsertAsync(Account.Create(1, 7), Cancellation));
        await transaction.Store<Note>().InsertAsync(Note.Create("a", "it was there"), Cancellation);
        await database.Store<Account>().DeleteAsync(1, Cancellation);

        HeliosConflictException conflict = await Assert.ThrowsAsync<HeliosConflictException>(async () => await transaction.CommitAsync(Cancellation));

        Assert.Equal(HeliosKey.Create(1L), conflict.Key);
    }

    [Fact]
    public async Task Keys_are_assigned_at_the_insert_and_never_given_twice()
    {
        await using HeliosDatabase database = await OpenAsync();
        await using HeliosTransaction one = await database.BeginTransactionAsync(Cancellation);
        await using HeliosTransaction other = await database.BeginTransactionAsync(Cancellation);
        Assert.Equal(1, await one.Store<Account>().InsertAsync(Account.Create(0, 1), Cancellation));
        Assert.Equal([2L, 3L], await other.Store<Account>().InsertAsync([Account.Create(0, 2), Account.Create(0, 3)], Cancellation));
        Assert.Equal(4, await database.Store<Account>().InsertAsync(Account.Create(0, 4), Cancellation));
        Assert.Equal(5, await one.Store<Account>().UpsertAsync(Account.Create(0, 5), Cancellation));
        Assert.Equal(9, await one.Store<Account>().InsertAsync(Account.Create(9, 9), Cancellation));
        Assert.Equal(10, await one.Store<Account>().InsertAsync(Account.Create(0, 10), Cancellation));
        await other.RollbackAsync();
        await one.CommitAsync(Cancellation);

        Assert.Equal(11, await database.Store<Account>().InsertAsync(Account.Create(0, 11), Cancellation));
        Assert.Equal([1, 4, 5, 9, 10, 11], (await database.Store<Account>().Query().ToListAsync(Cancellation)).Select(account => account.Id));
    }

    [Fact]
    public async Task An_assigned_key_that_somebody_else_used_is_a_conflict_and_replaces_nothing()
    {
        await using HeliosDatabase database = await OpenAsync();
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
        long key = await transaction.Store<Account>().UpsertAsync(Account.Create(0, 1), Cancellation);
        await database.Store<Account>().InsertAsync(Account.Create(key, 2), Cancellation);

        HeliosConflictException conflict = await Assert.ThrowsAsync<HeliosConflictException>(async () => await transaction.CommitAsync(Cancellation));

        Assert.Equal(HeliosKey.Create(key), conflict.Key);
        Assert.Equal(2, (await database.Store<Account>().GetAsync(key, Cancellation))!.Balance);
    }

    [Fact]
    public async Task Tables_defined_at_run_time_take_part()
    {
        await using HeliosDatabase database = await OpenAsync();
        TableDefinition definition = TableDefinition.Create("counts").Key("name", ColumnType.Text).Column("count", ColumnType.Int32).Build();
        HeliosTable counts = database.Table(definition);
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
        HeliosTable inside = transaction.Table(definition);
        HeliosRow row = new(definition);
        row["name"] = "a";
        row["count"] = 3;
        await inside.WriteAsync(new HeliosRowBatch().Insert(row), Cancellation);
        await transaction.Store<Note>().InsertAsync(Note.Create("a", "counted"), Cancellation);

        Assert.Equal(1, await inside.CountAsync(new Column<int>("count") > 2, Cancellation));
        Assert.Equal(0, await counts.CountAsync(cancellationToken: Cancellation));
        await transaction.CommitAsync(Cancellation);
        Assert.NotNull(await counts.FindAsync(HeliosKey.Create("a"), Cancellation));
    }

    [Fact]
    public async Task A_cancelled_commit_rolls_back()
    {
        await using HeliosDatabase database = await OpenAsync();
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
        await transaction.Store<Account>().InsertAsync(Account.Create(1, 1), Cancellation);
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await transaction.Store<Account>().InsertAsync(Account.Create(2, 1), cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await transaction.Store<Account>().CountAsync(cancelled.Token));
        Assert.True(transaction.IsOpen);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await transaction.CommitAsync(cancelled.Token));

        Assert.False(transaction.IsOpen);
        Assert.Equal(0, await database.Store<Account>().CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_transaction_of_a_closed_database_says_so()
    {
        HeliosDatabase database = await OpenAsync();
        await database.Store<Account>().InsertAsync(Account.Create(1, 1), Cancellation);
        await using HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
        IHeliosStore<Account> accounts = transaction.Store<Account>();
        await accounts.UpsertAsync(Account.Create(2, 1), Cancellation);
        await database.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await accounts.GetAsync(1, Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await accounts.UpsertAsync(Account.Create(3, 1), Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await transaction.CommitAsync(Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await database.BeginTransactionAsync(Cancellation));
    }

    [Fact]
    public async Task Results_that_are_being_read_outlive_their_transaction()
    {
        await using HeliosDatabase database = await OpenAsync();
        await database.Store<Account>().InsertAsync([Account.Create(1, 1), Account.Create(2, 2)], Cancellation);
        HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
        await transaction.Store<Account>().InsertAsync(Account.Create(3, 3), Cancellation);
        List<long> balances = [];
        await foreach (Account account in transaction.Store<Account>().Query().WithCancellation(Cancellation))
        {
            balances.Add(account.Balance);
            await transaction.DisposeAsync();
        }

        Assert.Equal([1, 2, 3], balances);
    }

    internal static Task<HeliosDatabase> OpenAsync() => HeliosDatabase.OpenAsync(HeliosDatabaseOptions.InMemory, cancellationToken: Cancellation);
}
