using System.Text.RegularExpressions;
using Xunit;

namespace Helios.Typed.Generators.Tests.Compiles;

/// <summary>Holds the documentation to what the generator does.</summary>
public sealed partial class DocumentationTests
{
    private const string Usings = """
        #nullable enable
        using System;
        using System.Collections.Generic;
        using System.ComponentModel.DataAnnotations;
        using System.ComponentModel.DataAnnotations.Schema;
        using System.Text.Json;
        using Helios.Typed;

        """;

    private static readonly string _docs = Path.Combine(GoldenFile.ProjectFolder, "..", "..", "docs");

    public static TheoryData<string> Pages => [.. Directory.GetFiles(Path.Combine(_docs, "diagnostics"), "HLS*.md").Select(file => Path.GetFileNameWithoutExtension(file)!)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_shows_what_its_rule_refuses_and_what_it_takes(string id)
    {
        string[] blocks = Blocks(Path.Combine("diagnostics", id + ".md"));

        Assert.Equal(2, blocks.Length);
        Assert.Equal([id], GeneratorRun.Of(Usings + Whole(blocks[0])).Reported.Select(diagnostic => diagnostic.Id));
        var right = GeneratorRun.Of(Usings + Whole(blocks[1]));
        Assert.Empty(right.Reported);
        Assert.Empty(right.Compiled);
    }

    [Fact]
    public void Every_example_of_the_guide_to_records_compiles()
    {
        string[] blocks = Blocks(Path.Combine("guide", "records.md"));

        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.Empty(GeneratorRun.Of("#nullable enable\nusing System;\n" + block).Compiled));
    }

    // A property alone stands for a record that has it.
    private static string Whole(string block) => Declaration().IsMatch(block)
        ? block
        : $$"""public partial class Article { public long Id { get; set; } [VectorColumn(3)] public float[] Other { get; set; } = []; {{block}} }""";

    private static string[] Blocks(string page) =>
        [.. CodeBlock().Matches(GoldenFile.Normalize(File.ReadAllText(Path.Combine(_docs, page)))).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"^```csharp\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\b(record|class|struct)\b")]
    private static partial Regex Declaration();
}
