using System.Diagnostics;
using Spectre.Console;

namespace Helios.Typed.Mutants;

/// <summary>Tries every bug, after the tests have passed without one.</summary>
internal sealed class MutationRun(IAnsiConsole console, bool isVerbose)
{
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(10);

    /// <summary>Runs all.</summary>
    /// <returns>Whether the tests passed without a bug and failed with each.</returns>
    public async Task<bool> RunAsync(IReadOnlyList<Mutant> bugs, CancellationToken cancellationToken)
    {
        using MutatedTests tests = new();
        await tests.PrepareAsync(FindRepository(), FindTests(), bugs, cancellationToken);
        long start = Stopwatch.GetTimestamp();
        (bool failed, string output) = await tests.RunTestsAsync(bug: null, bugs.SelectMany(bug => bug.Tests).Distinct(StringComparer.Ordinal), cancellationToken);
        if (failed)
        {
            console.WriteLine(output);
            console.WriteLine("The tests fail without any bug switched on, so that they tell nothing of the bugs.");
            return false;
        }

        console.WriteLine($"without a bug the tests pass ({Seconds(start)})");
        int caught = 0;
        foreach (Mutant bug in bugs)
        {
            caught += await IsCaughtAsync(tests, bug, cancellationToken) ? 1 : 0;
        }

        console.WriteLine($"{caught} of {bugs.Count} planted bugs were caught");
        return caught == bugs.Count;
    }

    private async Task<bool> IsCaughtAsync(MutatedTests tests, Mutant bug, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(_longest);
        bool isCaught;
        string output;
        try
        {
            (isCaught, output) = await tests.RunTestsAsync(bug, bug.Tests, limited.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A test that hangs says nothing of what is wrong.
            (isCaught, output) = (false, $"The tests did not end within {_longest.TotalMinutes} minutes.");
        }

        console.WriteLine($"{(isCaught ? "caught" : "MISSED")}: {bug.Name} ({Seconds(start)})");
        if (isVerbose || !isCaught)
        {
            console.WriteLine(output);
        }

        return isCaught;
    }

    private static string Seconds(long start) => $"{Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s";

    private static string FindRepository()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Helios.Typed.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidDataException("The repository was not found above the program: run it from where it is built.");
    }

    // Built with this program, in the same configuration.
    private static string FindTests() => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Helios.Typed.Tests", new DirectoryInfo(AppContext.BaseDirectory).Name));
}
