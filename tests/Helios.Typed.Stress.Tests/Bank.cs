using Xunit;

namespace Helios.Typed.Stress.Tests;

/// <summary>Moves money between the accounts of a database, and checks in any of its snapshots that none was made or lost.</summary>
internal sealed class Bank(HeliosDatabase database, int seed)
{
    private const int Accounts = 200;
    private const long StartBalance = 1_000;
    private const int MostAttempts = 1_000;

    /// <summary>Opens the accounts.</summary>
    public async Task FoundAsync(CancellationToken token)
    {
        Random random = new(seed);
        await database.Store<Account>().InsertAsync(
            Enumerable.Range(1, Accounts).Select(id => new Account { Id = id, Balance = StartBalance, Place = PlaceOf(random) }), token);
    }

    /// <summary>Moves money until told to stop.</summary>
    /// <returns>The transfers.</returns>
    public async Task<int> MoveAsync(int writer, CancellationToken stop)
    {
        Random random = new(unchecked((seed * 31) + writer));
        int moved = 0;
        while (!stop.IsCancellationRequested)
        {
            long from = random.NextInt64(1, Accounts + 1);
            long to = (from % Accounts) + 1;
            long amount = random.NextInt64(1, 10);
            await database.RunInTransactionAsync((transaction, token) => MoveAsync(transaction, from, to, amount, PlaceOf(random), token), MostAttempts, CancellationToken.None);
            moved++;
        }

        return moved;
    }

    /// <summary>Checks snapshots until told to stop.</summary>
    /// <returns>The checks.</returns>
    public async Task<int> CheckAsync(CancellationToken stop)
    {
        int checks = 0;
        while (!stop.IsCancellationRequested)
        {
            await CheckOnceAsync();
            checks++;
        }

        return checks;
    }

    /// <summary>Checks one snapshot by scan, by key and by nearness.</summary>
    public async Task CheckOnceAsync()
    {
        await using HeliosSnapshot snapshot = await database.OpenSnapshotAsync();
        IHeliosReader<Account> accounts = snapshot.Store<Account>();
        Dictionary<long, long> balances = [];
        await foreach (Account account in accounts.Query())
        {
            balances.Add(account.Id, account.Balance);
        }

        Assert.Equal(Accounts, balances.Count);
        Assert.Equal(Accounts * StartBalance, balances.Values.Sum());

        var told = balances.ToDictionary(pair => pair.Key, _ => StartBalance);
        await foreach (Transfer transfer in snapshot.Store<Transfer>().Query())
        {
            told[transfer.From] -= transfer.Amount;
            told[transfer.To] += transfer.Amount;
        }

        Assert.Equal(balances, told);
        IReadOnlyList<Hit<Account>> nearest = await accounts.Nearest(account => account.Place, new float[Account.Dimensions]).Take(Accounts).ToListAsync();
        Assert.Equal(Accounts, nearest.Count);
        Assert.Equal(Accounts, nearest.DistinctBy(hit => hit.Record.Id).Count());
        foreach (Hit<Account> hit in nearest.Take(10))
        {
            Account? byKey = await accounts.GetAsync(hit.Record.Id);
            Assert.Equal(hit.Record.Balance, byKey?.Balance);
            Assert.Equal(balances[hit.Record.Id], hit.Record.Balance);
        }
    }

    private static async Task MoveAsync(HeliosTransaction transaction, long from, long to, long amount, float[] place, CancellationToken token)
    {
        IHeliosStore<Account> accounts = transaction.Store<Account>();
        Account payer = await accounts.GetAsync(from, token) ?? throw new InvalidDataException($"Account {from} is missing.");
        Account payee = await accounts.GetAsync(to, token) ?? throw new InvalidDataException($"Account {to} is missing.");
        await accounts.UpdateAsync(payer with { Balance = payer.Balance - amount, Place = place }, token);
        await accounts.UpdateAsync(payee with { Balance = payee.Balance + amount }, token);
        await transaction.Store<Transfer>().InsertAsync(new Transfer { From = from, To = to, Amount = amount, Place = amount % 2 == 0 ? place : default(ReadOnlyMemory<float>?) }, token);
    }

    private static float[] PlaceOf(Random random)
    {
        float[] place = new float[Account.Dimensions];
        for (int i = 0; i < place.Length; i++)
        {
            place[i] = random.NextSingle() - 0.5f;
        }

        return place;
    }
}
