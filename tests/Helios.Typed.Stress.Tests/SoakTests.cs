using System.Globalization;
using Xunit;

namespace Helios.Typed.Stress.Tests;

/// <summary>Runs writers, readers, flushes, merges, index builds and backups together, on a disk, with sums that must stay what they are.</summary>
public sealed class SoakTests
{
    private const int StandardSeconds = 60;
    private const int Writers = 4;
    private const int Readers = 3;

    /// <summary>How long; a longer run sets HELIOS_TEST_SOAK_SECONDS.</summary>
    private static readonly int _seconds =
        int.TryParse(Environment.GetEnvironmentVariable("HELIOS_TEST_SOAK_SECONDS"), CultureInfo.InvariantCulture, out int seconds) ? seconds : StandardSeconds;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Money_is_neither_made_nor_lost_while_everything_runs_at_once()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        using TemporaryFolder folder = new();
        string path = folder.Inside("bank.helios");
        await using (HeliosDatabase database = await HeliosDatabase.OpenAsync(path, options => options.MemtableBytes = 1 << 20, cancellationToken: Token))
        {
            Bank bank = new(database, seed);
            await bank.FoundAsync(Token);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
            Task<int>[] movers = [.. Enumerable.Range(0, Writers).Select(writer => Run(() => bank.MoveAsync(writer, stop.Token), stop))];
            Task<int>[] checkers = [.. Enumerable.Range(0, Readers).Select(_ => Run(() => bank.CheckAsync(stop.Token), stop))];
            var backups = Run(() => BackUpAsync(database, folder, stop.Token), stop);
            var care = Run(() => CareAsync(database, stop.Token), stop);
            stop.CancelAfter(TimeSpan.FromSeconds(_seconds));
            int moved = (await Task.WhenAll(movers)).Sum();
            int checks = (await Task.WhenAll(checkers)).Sum();
            TestContext.Current.TestOutputHelper?.WriteLine($"{moved} transfers, {checks} checked snapshots, {await backups} checked backups, {await care} checkpoints");
            Assert.True(moved > _seconds && checks > 0, $"{moved} transfers and {checks} checks in {_seconds} s prove little.");
            await bank.CheckOnceAsync();
            await RequireCleanAsync(database);
        }

        await using HeliosDatabase reopened = await HeliosDatabase.OpenAsync(path, cancellationToken: Token);
        await new Bank(reopened, seed).CheckOnceAsync();
        await RequireCleanAsync(reopened);
    }

    // One that fails stops the others, so that its failure is not waited for.
    private static Task<int> Run(Func<Task<int>> work, CancellationTokenSource stop) => Task.Run(async () =>
    {
        try
        {
            return await work();
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    });

    private static async Task<int> BackUpAsync(HeliosDatabase database, TemporaryFolder folder, CancellationToken stop)
    {
        int backups = 0;
        while (!stop.IsCancellationRequested)
        {
            // The same target each time, so that all but the first are incremental.
            await database.BackupAsync(folder.Inside("backup.helios"), cancellationToken: CancellationToken.None);
            string restored = folder.Inside($"restored-{backups}.helios");
            await HeliosDatabase.RestoreAsync(folder.Inside("backup.helios"), restored, cancellationToken: CancellationToken.None);
            await using (HeliosDatabase copy = await HeliosDatabase.OpenAsync(restored, cancellationToken: CancellationToken.None))
            {
                await new Bank(copy, seed: 0).CheckOnceAsync();
            }

            Directory.Delete(restored, recursive: true);
            backups++;
            await DelayAsync(TimeSpan.FromSeconds(2), stop);
        }

        return backups;
    }

    private static async Task<int> CareAsync(HeliosDatabase database, CancellationToken stop)
    {
        int checkpoints = 0;
        while (!stop.IsCancellationRequested)
        {
            await database.CheckpointAsync(CancellationToken.None);
            await database.WaitForIndexingAsync(cancellationToken: CancellationToken.None);
            checkpoints++;
            await DelayAsync(TimeSpan.FromMilliseconds(300), stop);
        }

        return checkpoints;
    }

    private static async Task DelayAsync(TimeSpan time, CancellationToken stop) =>
        await Task.Delay(time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static async Task RequireCleanAsync(HeliosDatabase database)
    {
        VerificationReport report = await database.VerifyAsync(null, Token);
        Assert.True(report.IsClean, string.Join("\n", report.Problems));
    }
}
