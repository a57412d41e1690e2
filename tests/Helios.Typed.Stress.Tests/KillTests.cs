using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit;

namespace Helios.Typed.Stress.Tests;

/// <summary>Kills a process with four writers and eight readers at random moments, and looks at what it left.</summary>
public sealed class KillTests
{
    private const int StandardKills = 100;
    private const int KillsPerDatabase = 25;
    private const double LongestMs = 400;

    /// <summary>How often to kill; a longer run sets HELIOS_TEST_KILLS.</summary>
    private static readonly int _kills =
        int.TryParse(Environment.GetEnvironmentVariable("HELIOS_TEST_KILLS"), CultureInfo.InvariantCulture, out int kills) ? kills : StandardKills;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_acknowledged_commit_survives_a_killed_process_and_every_other_is_whole_or_absent()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        using TemporaryFolder folder = new();
        Oracle oracle = new();
        int acknowledged = 0;
        for (int kill = 0; kill < _kills; kill++)
        {
            if (kill % KillsPerDatabase == 0)
            {
                acknowledged += oracle.Acknowledged;
                oracle = new Oracle();
            }

            string path = folder.Inside($"{kill / KillsPerDatabase}.helios");
            await RunAndKillAsync(path, run: 1 + (kill % KillsPerDatabase), random, oracle);
            oracle.Check(await ReadAsync(path));
        }

        acknowledged += oracle.Acknowledged;
        TestContext.Current.TestOutputHelper?.WriteLine($"{_kills} kills, {acknowledged} acknowledged commits");
        Assert.True(acknowledged > _kills, $"Only {acknowledged} commits were acknowledged in {_kills} runs, which proves little.");
    }

    private static async Task RunAndKillAsync(string path, int run, Random random, Oracle oracle)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["exec", typeof(Report).Assembly.Location, "--path", path, "--run", $"{run}", "--seed", $"{random.Next()}"])
        {
            start.ArgumentList.Add(argument);
        }

        // Some are killed while they open, most in the middle of their work.
        bool waitsForReady = random.Next(8) > 0;
        var moment = TimeSpan.FromMilliseconds(random.NextDouble() * LongestMs);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(Token);
        StringBuilder lines = new();
        try
        {
            if (waitsForReady)
            {
                string? ready = await process.StandardOutput.ReadLineAsync(Token);
                Assert.True(ready == "ready", ready ?? await errors);
            }

            Task<string> output = process.StandardOutput.ReadToEndAsync(Token);
            await Task.Delay(moment, Token);
            process.Kill();
            lines.Append(await output);
            await process.WaitForExitAsync(Token);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        // The last line may be half of one: it counts only with its end.
        string text = lines.ToString();
        foreach (string line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            oracle.Read(line);
        }
    }

    private static async Task<Dictionary<long, int>> ReadAsync(string path)
    {
        Dictionary<long, int> found = [];
        await using HeliosDatabase database = await HeliosDatabase.OpenAsync(path, cancellationToken: Token);
        await foreach (Entry entry in database.Store<Entry>().Query().WithCancellation(Token))
        {
            Assert.True(entry.IsWhole(), $"Row {entry.Id} with version {entry.Version} is not whole.");
            found.Add(entry.Id, entry.Version);
        }

        return found;
    }
}
