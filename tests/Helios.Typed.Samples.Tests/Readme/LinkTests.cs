using System.Text.RegularExpressions;
using Xunit;

namespace Helios.Typed.Samples.Tests.Readme;

/// <summary>Follows the links between the repository's pages.</summary>
public sealed partial class LinkTests
{
    public static TheoryData<string> Pages() =>
    [
        .. Directory.EnumerateFiles(MarkdownCode.Root, "*.md")
            .Concat(((string[])["docs", "samples", "benchmarks", "src"]).SelectMany(folder =>
                Directory.EnumerateFiles(Path.Combine(MarkdownCode.Root, folder), "*.md", SearchOption.AllDirectories)))
            .Select(page => Path.GetRelativePath(MarkdownCode.Root, page))
            .Where(page => !page.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules")),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_leads_to_a_file(string page)
    {
        string text = File.ReadAllText(Path.Combine(MarkdownCode.Root, page));
        string folder = Path.GetDirectoryName(Path.Combine(MarkdownCode.Root, page))!;

        Assert.DoesNotContain(
            Link().Matches(text).Select(match => match.Groups["target"].Value),
            target => !Path.Exists(Path.Combine(folder, target)));
    }

    [Theory]
    [InlineData("see [the map](docs/MAP.md#rooms)", "docs/MAP.md")]
    [InlineData("see [the web](https://example.org/)", null)]
    [InlineData("see [above](#rooms)", null)]
    public void A_link_to_a_file_is_recognised(string text, string? target) =>
        Assert.Equal(target, Link().Match(text) is { Success: true } match ? match.Groups["target"].Value : null);

    /// <summary>Finds links to files: no scheme, and more than a place on the same page.</summary>
    [GeneratedRegex(@"\]\((?<target>[^)#:\s]+)(#[^)]*)?\)")]
    private static partial Regex Link();
}
