using global::QuickStart;
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

        (exitCode, _, messages) = await QuickStartProcess.RunAsync(["--path", path, "--", "--qwertzuiop"], Cancellation);
        Assert.Equal(1, exitCode);
        Assert.Contains("None of the words of “--qwertzuiop” is known", messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--bogus")]
    [InlineData("-x")]
    [InlineData("--categroy", "noun.animal", "large", "cat")]
    [InlineData("large", "cat", "--categroy=noun.animal")]
    public async Task A_mistyped_option_is_refused_before_a_database_is_made(params string[] words)
    {
        using TemporaryFolder folder = new();
        string path = folder.Inside("dictionary.helios");

        (int exitCode, _, string messages) = await QuickStartProcess.RunAsync([.. words, "--path", path], Cancellation);

        Assert.Equal(1, exitCode);
        string option = words.Single(word => word.StartsWith('-'));
        Assert.Contains($"There is no option '{option}'", messages, StringComparison.Ordinal);
        Assert.Contains($"-- {option}", messages, StringComparison.Ordinal);
        Assert.False(Path.Exists(path));
    }

    [Fact]
    public async Task A_category_that_is_not_there_is_refused_with_some_that_are()
    {
        using TemporaryFolder folder = new();
        string path = folder.Inside("dictionary.helios");

        (int exitCode, _, string messages) = await QuickStartProcess.RunAsync(["--path", path, "--category", "noun.nope", "large cat"], Cancellation);

        Assert.Equal(1, exitCode);
        Assert.Contains("There is no category 'noun.nope'.", messages, StringComparison.Ordinal);
        Assert.Contains("noun.artifact, noun.act, noun.person", messages, StringComparison.Ordinal);
        Assert.False(Path.Exists(path));
    }

    [Theory]
    [InlineData(null, "Stopped.")]
    [InlineData(0, "Stopped. Nothing was stored yet.")]
    [InlineData(500, "Stopped. What was stored stays; the next run goes on from there.")]
    public void A_stopped_run_says_what_it_leaves_behind(int? stored, string message) =>
        Assert.Equal(message, Screen.DescribeStop(stored));

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
