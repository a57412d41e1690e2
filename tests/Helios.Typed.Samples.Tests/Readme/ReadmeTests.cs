using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Helios.Typed.Samples.Tests.Readme;

/// <summary>Holds the pages to what they show.</summary>
public sealed class ReadmeTests
{
    private const int MostReadmeLines = 150;

    public static TheoryData<string, int> Blocks()
    {
        TheoryData<string, int> blocks = [];
        foreach (string page in MarkdownCode.Pages)
        {
            for (int i = 0; i < MarkdownCode.BlocksOf(page).Count; i++)
            {
                blocks.Add(page, i);
            }
        }

        return blocks;
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_block_of_code_compiles_without_a_warning(string page, int block)
    {
        (_, ImmutableArray<Diagnostic> diagnostics) = SnippetCompiler.Compile(MarkdownCode.BlocksOf(page)[block]);

        Assert.Empty(diagnostics);
    }

    [Fact]
    public async Task The_first_example_of_the_README_prints_what_it_says()
    {
        (Compilation compilation, _) = SnippetCompiler.Compile(MarkdownCode.BlocksOf("README.md")[0]);
        using TemporaryFolder folder = new();

        (int exitCode, string output, string messages) =
            await DotnetProgram.RunAsync(SnippetCompiler.Publish(compilation, folder.Path), [], TestContext.Current.CancellationToken);

        Assert.True(exitCode == 0, messages);
        Assert.Equal("Change the filter (0.97)", output.Trim());
    }

    [Fact]
    public void The_README_is_short_and_names_the_two_commands()
    {
        string[] lines = File.ReadAllLines(Path.Combine(MarkdownCode.Root, "README.md"));

        Assert.InRange(lines.Length, 1, MostReadmeLines);
        Assert.Contains("dotnet run -c Release --project samples/QuickStart", lines);
        Assert.Contains("dotnet test", lines);
    }

    [Fact]
    public void Code_that_does_not_compile_would_be_seen() =>
        Assert.NotEmpty(SnippetCompiler.Compile("int x = \"text\";").Diagnostics);
}
