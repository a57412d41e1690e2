using System.Diagnostics;
using System.Globalization;
using global::QuickStart;
using Xunit;

namespace Helios.Typed.Samples.Tests.QuickStart;

/// <summary>Kills the sample while it stores, and looks at what it left.</summary>
public sealed class KilledRunTests
{
    private const int StandardKills = 5;
    private const int RowsPerBatch = 500;
    private const int MostReportsBeforeKill = 12;

    /// <summary>How often to kill; a longer run sets HELIOS_TEST_KILLS.</summary>
    private static readonly int _kills =
        int.TryParse(Environment.GetEnvironmentVariable("HELIOS_TEST_KILLS"), CultureInfo.InvariantCulture, out int kills) ? kills : StandardKills;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_run_keeps_every_reported_batch_and_the_next_goes_on_from_there()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        using TemporaryFolder folder = new();
        IReadOnlyList<Synset> synsets = SynsetFile.Read(Path.Combine(AppContext.BaseDirectory, "Data", "synsets.tsv"));
        string path = folder.Inside("0.helios");
        int stored = 0;
        for (int kill = 0; kill < _kills; kill++)
        {
            if (stored == synsets.Count)
            {
                path = folder.Inside($"{kill}.helios");
            }

            int reported = await RunAndKillAsync(path, random);
            stored = await CheckStoredAsync(path, synsets);
            Assert.True(stored >= reported, $"seed {seed}, kill {kill}: {reported} rows were reported stored, and {stored} are there.");
            TestContext.Current.TestOutputHelper?.WriteLine($"kill {kill}: {reported} reported, {stored} stored");
        }

        (int exitCode, string output, string messages) = await QuickStartProcess.RunAsync(["--path", path, "instrument for measuring temperature"], Cancellation);
        Assert.True(exitCode == 0, $"seed {seed}: {messages}");
        Assert.Contains("thermometer", output, StringComparison.Ordinal);
        Assert.Equal(synsets.Count, await CheckStoredAsync(path, synsets));
    }

    /// <summary>Kills a run while it starts, or after some of its reports at a moment of the batches that follow.</summary>
    /// <returns>The last number of rows that it reported.</returns>
    private static async Task<int> RunAndKillAsync(string path, Random random)
    {
        using Process process = QuickStartProcess.Start("--path", path, "instrument for measuring temperature");
        try
        {
            return await KillAsync(process, random);
        }
        finally
        {
            DotnetProgram.Stop(process);
        }
    }

    private static async Task<int> KillAsync(Process process, Random random)
    {
        int reportsLeft = random.Next(MostReportsBeforeKill + 1);
        double mostMs = reportsLeft == 0 ? 500 : 20;
        int reported = 0;
        while (reportsLeft > 0 && await process.StandardError.ReadLineAsync(Cancellation) is { } line)
        {
            if (QuickStartProcess.TryReadStored(line, out int stored))
            {
                reported = stored;
                reportsLeft--;
            }
        }

        var moment = TimeSpan.FromMilliseconds(random.NextDouble() * mostMs);
        long start = Stopwatch.GetTimestamp();
        SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(start) >= moment);
        process.Kill();
        while (await process.StandardError.ReadLineAsync(Cancellation) is { } line)
        {
            reported = QuickStartProcess.TryReadStored(line, out int stored) ? stored : reported;
        }

        await process.WaitForExitAsync(Cancellation);
        return reported;
    }

    /// <summary>Opens what a run left, and checks that it is the first batches of the file, whole.</summary>
    private static async Task<int> CheckStoredAsync(string path, IReadOnlyList<Synset> synsets)
    {
        await using HeliosDatabase database = await HeliosDatabase.OpenAsync(path, cancellationToken: Cancellation);
        List<string> found = [];
        await foreach (Synset synset in database.Store<Synset>().Query().WithCancellation(Cancellation))
        {
            Assert.Equal(WordVectors.Dimensions, synset.Embedding.Length);
            found.Add(synset.Id);
        }

        Assert.Equal(0, found.Count % RowsPerBatch);
        Assert.Equal(synsets.Take(found.Count).Select(synset => synset.Id).Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        return found.Count;
    }
}
