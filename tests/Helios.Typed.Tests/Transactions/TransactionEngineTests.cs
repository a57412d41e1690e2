using System.Runtime.CompilerServices;
using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Helios.Typed.TestKit.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Transactions;

/// <summary>Holds transactions to what concerns memory, power and time.</summary>
public sealed class TransactionEngineTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Power_lost_at_any_operation_leaves_a_transaction_over_two_tables_whole_or_absent()
    {
        CrashPolicy[] policies = Enum.GetValues<CrashPolicy>();
        SimulatedFileSystem files = new();
        List<long> acknowledgedAt = [];
        await using (HeliosDatabase database = Open(files))
        {
            for (int round = 1; round <= 5; round++)
            {
                await using HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
                await transaction.Store<Account>().InsertAsync(Account.Create(round, round), Cancellation);
                await transaction.Store<Note>().UpsertAsync(Note.Create("last", $"{round}"), Cancellation);
                await transaction.Store<Account>().DeleteAsync(round - 2, Cancellation);
                await transaction.CommitAsync(Cancellation);
                acknowledgedAt.Add(files.OperationCount);
                if (round == 3)
                {
                    await database.CheckpointAsync(Cancellation);
                }
            }
        }

        for (long operation = 1; operation <= files.OperationCount + 1; operation++)
        {
            CrashPolicy policy = policies[operation % policies.Length];
            await using HeliosDatabase recovered = Open(files.CrashAt(operation, policy, (int)operation));
            IReadOnlyList<Account> accounts = await recovered.Store<Account>().Query().ToListAsync(Cancellation);
            Note? last = await recovered.Store<Note>().GetAsync("last", Cancellation);
            int round = last is null ? 0 : int.Parse(last.Text, System.Globalization.CultureInfo.InvariantCulture);

            Assert.True(round >= acknowledgedAt.Count(at => at < operation), $"{policy} at {operation}: commit {round} was the last found");
            Assert.True(accounts.Select(account => account.Id).SequenceEqual(Enumerable.Range(1, round).Select(id => (long)id).TakeLast(2)), $"{policy} at {operation}: after commit {round} there were accounts {string.Join(", ", accounts.Select(account => account.Id))}");
        }
    }

    [Fact]
    public async Task A_transaction_that_was_abandoned_is_reported_and_let_go()
    {
        using CollectingLoggers events = new();
        EngineOptions options = TestDatabase.OptionsOn(new MemoryFileSystem()) with { Loggers = events };
        HeliosDatabase database = new(options, options.Path);
        await database.Store<Account>().InsertAsync(Account.Create(1, 1), Cancellation);
        Task abandoning = AbandonAsync(database);
        await abandoning;
        await database.DisposeAsync();

        while (events.Count(1008) == 0)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Yield();
        }

        Assert.Equal(1, events.Count(1008));
        Assert.Equal(0, options.Allocator.AllocatedBytes);
    }

    [Fact]
    public async Task Ended_transactions_and_snapshots_leave_no_memory_behind_and_are_not_reported()
    {
        using CollectingLoggers events = new();
        EngineOptions options = TestDatabase.OptionsOn(new MemoryFileSystem()) with { Loggers = events };
        HeliosDatabase database = new(options, options.Path);
        HeliosTransaction committed = await database.BeginTransactionAsync(Cancellation);
        await committed.Store<Account>().InsertAsync(Account.Create(1, 1), Cancellation);
        await committed.CommitAsync(Cancellation);
        await using (HeliosTransaction rolledBack = await database.BeginTransactionAsync(Cancellation))
        {
            await rolledBack.Store<Account>().InsertAsync(Account.Create(2, 1), Cancellation);
            Assert.Equal(2, await rolledBack.Store<Account>().CountAsync(Cancellation));
        }

        await using (HeliosSnapshot snapshot = await database.OpenSnapshotAsync(Cancellation))
        {
            Assert.Equal(1, await snapshot.Store<Account>().CountAsync(Cancellation));
        }

        await database.DisposeAsync();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Equal(0, options.Allocator.AllocatedBytes);
        Assert.Equal(0, events.Count(1003) + events.Count(1008));
    }

    [Fact]
    public async Task A_second_operation_at_once_is_refused_and_the_first_goes_on()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync();
        using EngineTransaction transaction = database.Engine.BeginTransaction();
        transaction.Enter();

        Assert.Contains("one at a time", Assert.Throws<InvalidOperationException>(() => transaction.OpenSnapshot(database.Table, null)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(transaction.RollBack);
        Assert.Throws<InvalidOperationException>(transaction.BeginCommit);
        transaction.Leave();
        transaction.OpenSnapshot(database.Table, null).Dispose();
    }

    [Fact]
    public async Task A_transaction_that_is_disposed_while_it_is_in_use_ends_with_that_use()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync();
        EngineTransaction transaction = database.Engine.BeginTransaction();
        transaction.Enter();
        transaction.Dispose();
        transaction.Leave();

        Assert.Contains("rolled back", Assert.Throws<InvalidOperationException>(transaction.Enter).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_beyond_what_a_commit_takes_is_refused_and_the_transaction_goes_on()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync();
        using EngineTransaction transaction = database.Engine.BeginTransaction();
        Assert.Equal([HeliosKey.Create(1L)], transaction.Write(database.Table, MakeBatch(), long.MaxValue).Keys);

        Assert.Contains("Commit it in parts", Assert.Throws<ArgumentException>(() => transaction.Write(database.Table, MakeBatch(), 100)).Message, StringComparison.Ordinal);
        await database.Engine.CommitAsync(transaction, Cancellation);
        Assert.Equal("a row of a transaction", database.Rows().Single().Value);

        RowBatch MakeBatch()
        {
            TestBatch batch = database.NewBatch();
            batch.Write(WriteOperation.Insert, 0, "a row of a transaction");
            return batch.Rows;
        }
    }

    [Fact]
    public void Keys_beyond_what_is_remembered_one_by_one_count_as_the_whole_table()
    {
        TableReads reads = new();
        for (int i = 0; i < TableReads.MaxKeys; i++)
        {
            reads.NoteKey(BitConverter.GetBytes(i), wasFound: false);
        }

        Assert.False(reads.IsWhole);
        Assert.Equal(TableReads.MaxKeys, reads.Keys.Count);
        reads.NoteKey(BitConverter.GetBytes(-1), wasFound: true);
        Assert.True(reads.IsWhole);
        Assert.Empty(reads.Keys);
    }

    [Fact]
    public async Task Two_transactions_in_one_group_are_held_against_each_other()
    {
        InterceptedFileSystem files = new(new MemoryFileSystem());
        EngineOptions options = TestDatabase.OptionsOn(files);
        await using HeliosDatabase database = new(options, options.Path);
        HeliosStore<Account> accounts = database.Store<Account>();
        await accounts.InsertAsync([Account.Create(1, 1), Account.Create(2, 2)], Cancellation);
        await using HeliosTransaction one = await ReadAndWriteAsync(database, 1, 2);
        await using HeliosTransaction other = await ReadAndWriteAsync(database, 2, 1);
        await using HeliosTransaction counts = await database.BeginTransactionAsync(Cancellation);
        await counts.Store<Account>().CountAsync(Cancellation);
        await counts.Store<Account>().UpsertAsync(Account.Create(9, 9), Cancellation);
        using ManualResetEventSlim mayGoOn = new();
        using ManualResetEventSlim hasBegun = new();
        int syncs = 0;
        files.Before = (operation, path) =>
        {
            if (operation == FileOperation.Sync && path.EndsWith(".log", StringComparison.Ordinal) && Interlocked.Increment(ref syncs) == 1)
            {
                hasBegun.Set();
                mayGoOn.Wait(Cancellation);
            }
        };
        ValueTask<WriteResult> leading = database.Store<Note>().WriteAsync(new WriteBatch<Note>().Insert(Note.Create("a", "leads")), Cancellation);
        hasBegun.Wait(Cancellation);
        Task<long> first = one.CommitAsync(Cancellation).AsTask();
        Task<long> second = other.CommitAsync(Cancellation).AsTask();
        Task<long> third = counts.CommitAsync(Cancellation).AsTask();
        Assert.Contains("being committed", (await Assert.ThrowsAsync<InvalidOperationException>(async () => await one.Store<Account>().CountAsync(Cancellation))).Message, StringComparison.Ordinal);
        mayGoOn.Set();

        await leading;
        await first;
        Assert.Equal(HeliosKey.Create(2L), (await Assert.ThrowsAsync<HeliosConflictException>(() => second)).Key);
        Assert.Null((await Assert.ThrowsAsync<HeliosConflictException>(() => third)).Key);
        Assert.Equal(2, syncs);

        static async Task<HeliosTransaction> ReadAndWriteAsync(HeliosDatabase database, long reads, long writes)
        {
            HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
            Assert.NotNull(await transaction.Store<Account>().GetAsync(reads, Cancellation));
            await transaction.Store<Account>().UpdateAsync(Account.Create(writes, 50), Cancellation);
            return transaction;
        }
    }

    [Fact]
    public async Task Work_is_run_again_after_a_conflict_until_it_is_committed()
    {
        await using HeliosDatabase database = await TransactionTests.OpenAsync();
        HeliosStore<Account> accounts = database.Store<Account>();
        await accounts.InsertAsync(Account.Create(1, 0), Cancellation);
        int attempts = 0;

        long result = await database.RunInTransactionAsync(
            async (transaction, token) =>
            {
                Account account = (await transaction.Store<Account>().GetAsync(1, token))!;
                if (++attempts < 4)
                {
                    await accounts.UpsertAsync(account with { Balance = account.Balance + 100 }, token);
                }

                await transaction.Store<Account>().UpdateAsync(account with { Balance = account.Balance + 1 }, token);
                return account.Balance + 1;
            },
            cancellationToken: Cancellation);

        Assert.Equal(4, attempts);
        Assert.Equal(301, result);
        Assert.Equal(301, (await accounts.GetAsync(1, Cancellation))!.Balance);
    }

    [Fact]
    public async Task Work_that_never_gets_through_gives_up_after_its_attempts_and_other_errors_end_it_at_once()
    {
        await using HeliosDatabase database = await TransactionTests.OpenAsync();
        HeliosStore<Account> accounts = database.Store<Account>();
        int attempts = 0;
        await Assert.ThrowsAsync<HeliosConflictException>(() => database.RunInTransactionAsync(Meet, maxAttempts: 3, Cancellation));
        Assert.Equal(3, attempts);
        await Assert.ThrowsAsync<HeliosDuplicateKeyException>(() => database.RunInTransactionAsync(
            async (transaction, token) =>
            {
                attempts++;
                await transaction.Store<Note>().InsertAsync(Note.Create("a", "kept?"), token);
                await transaction.Store<Account>().InsertAsync(Account.Create(1, 1), token);
            },
            cancellationToken: Cancellation));
        Assert.Equal(4, attempts);
        Assert.Equal(0, await database.Store<Note>().CountAsync(Cancellation));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => database.RunInTransactionAsync(Meet, maxAttempts: 0, Cancellation));
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => database.RunInTransactionAsync(Meet, cancellationToken: cancelled.Token));

        async Task Meet(HeliosTransaction transaction, CancellationToken token)
        {
            attempts++;
            await transaction.Store<Account>().CountAsync(token);
            await accounts.UpsertAsync(Account.Create(1, attempts), CancellationToken.None);
            await transaction.Store<Account>().UpsertAsync(Account.Create(2, attempts), token);
        }
    }

    [Fact]
    public async Task Transfers_from_many_tasks_keep_the_sum()
    {
        const int Accounts = 4;
        await using HeliosDatabase database = await TransactionTests.OpenAsync();
        await database.Store<Account>().InsertAsync(Enumerable.Range(1, Accounts).Select(id => Account.Create(id, 100)), Cancellation);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            Random random = new(worker);
            for (int i = 0; i < 25; i++)
            {
                (long from, long to) = (random.Next(1, Accounts + 1), random.Next(1, Accounts + 1));
                await database.RunInTransactionAsync(
                    async (transaction, token) =>
                    {
                        IHeliosStore<Account> accounts = transaction.Store<Account>();
                        Account source = (await accounts.GetAsync(from, token))!;
                        await accounts.UpdateAsync(source with { Balance = source.Balance - 1 }, token);
                        Account target = (await accounts.GetAsync(to, token))!;
                        await accounts.UpdateAsync(target with { Balance = target.Balance + 1 }, token);
                    },
                    maxAttempts: 1_000,
                    Cancellation);
                await using HeliosSnapshot snapshot = await database.OpenSnapshotAsync(Cancellation);
                Assert.Equal(Accounts * 100, (await snapshot.Store<Account>().Query().ToListAsync(Cancellation)).Sum(account => account.Balance));
            }
        })));
    }

    private static HeliosDatabase Open(IFileSystem files)
    {
        EngineOptions options = TestDatabase.OptionsOn(files);
        return new HeliosDatabase(options, options.Path);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task AbandonAsync(HeliosDatabase database)
    {
        HeliosTransaction transaction = await database.BeginTransactionAsync(Cancellation);
        await transaction.Store<Account>().InsertAsync(Account.Create(2, 1), Cancellation);
    }
}
