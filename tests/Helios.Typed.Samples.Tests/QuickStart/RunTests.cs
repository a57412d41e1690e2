using Xunit;

namespace Helios.Typed.Samples.Tests.QuickStart;

/// <summary>Runs the sample as a person would, with output redirected.</summary>
public sealed class RunTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_run_answers_its_examples_and_the_second_opens_what_it_stored()
    {
        using TemporaryFolder folder = new();
        string path = folder.Inside("dictionary.helios");

        (int exitCode, string output, string messages) = await QuickStartProcess.RunAsync(["--path", path], Cancellation);
        Assert.True(exitCode == 0, messages);
        Assert.Contains("stored 20000 of 20000", messages, StringComparison.Ordinal);
        Assert.All(["thermometer", "library", "joy", "aircraft", "SELECT"], word => Assert.Contains(word, output, StringComparison.Ordinal));

        (exitCode, output, messages) = await QuickStartProcess.RunAsync(["--path", path, "place where books are kept"], Cancellation);
        Assert.True(exitCode == 0, messages);
        Assert.Contains("with 20,000 of 20,000 meanings in", output, StringComparison.Ordinal);
        Assert.Empty(messages);
        Assert.Contains("library", FirstAnswer(output), StringComparison.Ordinal);

        (exitCode, output, _) = await QuickStartProcess.RunAsync(["--path", path, "--category", "noun.feeling", "feeling", "of", "great", "happiness"], Cancellation);
        Assert.Equal(0, exitCode);
        Assert.Contains("joy", FirstAnswer(output), StringComparison.Ordinal);

        (exitCode, _, messages) = await QuickStartProcess.RunAsync(["--path", path, "qwertzuiop"], Cancellation);
        Assert.Equal(1, exitCode);
        Assert.Contains("qwertzuiop", messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_is_a_file_is_refused_by_name()
    {
        using TemporaryFolder folder = new();
        string path = folder.Inside("letter.txt");
        await File.WriteAllTextAsync(path, "mine", Cancellation);

        (int exitCode, _, string messages) = await QuickStartProcess.RunAsync(["--path", path, "place where books are kept"], Cancellation);

        Assert.Equal(1, exitCode);
        Assert.Contains("letter.txt", messages, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_says_how_to_ask()
    {
        (int exitCode, string output, _) = await QuickStartProcess.RunAsync(["--help"], Cancellation);

        Assert.Equal(0, exitCode);
        Assert.All(["--category", "--path", "description"], word => Assert.Contains(word, output, StringComparison.Ordinal));
    }

    private static string FirstAnswer(string output) =>
        output.Split('\n').First(line => line.TrimStart().StartsWith("0.", StringComparison.Ordinal));
}
