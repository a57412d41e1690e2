using System.Reflection;
using Helios.Typed.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Helios.Typed.Generators.Tests.Diagnostics;

/// <summary>Holds each rule to firing where it is broken, on the user's own line, and to silence where it is kept.</summary>
public sealed class RuleTests
{
    private const string Usings = """
        #nullable enable
        using System;
        using System.Collections.Generic;
        using System.ComponentModel;
        using System.ComponentModel.DataAnnotations;
        using System.ComponentModel.DataAnnotations.Schema;
        using System.Threading.Tasks;
        using Helios.Typed;

        """;

    private static readonly DiagnosticDescriptor[] _rules = [.. typeof(DiagnosticDescriptors)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => field.GetValue(null))
        .OfType<DiagnosticDescriptor>()];

    public static TheoryData<RuleCase> Broken => [.. RuleCases.Broken];

    public static TheoryData<string, string> Kept => [.. RuleCases.Kept];

    public static TheoryData<string> Rules => [.. _rules.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_rule_is_reported_once_where_it_is_broken(RuleCase broken)
    {
        var run = GeneratorRun.Of(Usings + broken.Source);

        Diagnostic diagnostic = Assert.Single(run.Reported);
        Assert.Equal(broken.Id, diagnostic.Id);
        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);
        Assert.Equal(broken.Underlined, run.Underlined(diagnostic));
        Assert.All(broken.Says, part => Assert.Contains(part, diagnostic.GetMessage(null), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_rule_brings_no_errors_of_the_compiler_with_it(RuleCase broken)
    {
        var run = GeneratorRun.Of(Usings + broken.Source);

        Assert.DoesNotContain(run.Compiled, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.DoesNotContain(run.Compiled, diagnostic => diagnostic.Id == "CS1570");
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public void A_kept_rule_is_silent(string id, string source)
    {
        var run = GeneratorRun.Of(Usings + source);

        Assert.StartsWith("HLS", id, StringComparison.Ordinal);
        Assert.Empty(run.Reported);
        Assert.Empty(run.Compiled.Where(diagnostic => diagnostic.Id is not ("CS8618" or "CS9113")));
    }

    [Fact]
    public void Code_around_a_record_with_an_error_is_not_refused_as_well()
    {
        var run = GeneratorRun.Of(Usings + """
            public partial record Doc(int Id, string Name, object Extra, [VectorColumn(0)] float[] V);

            public static class Uses
            {
                public static async Task Run(IHeliosStore<Doc> docs, float[] query)
                {
                    await docs.InsertAsync(new Doc(0, "", "", query));
                    Doc? one = await docs.GetAsync(3);
                    var hits = await docs.Where(doc => doc.Name == "x").Nearest(doc => doc.V, query).Take(3).ToListAsync();
                }
            }
            """);

        Assert.Equal(["HLS0007", "HLS0008"], run.Reported.Select(diagnostic => diagnostic.Id).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(run.Compiled, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
    }

    [Fact]
    public void Every_error_of_a_record_is_reported_at_once()
    {
        var run = GeneratorRun.Of(Usings + "public partial record Doc(object A, [property: Column(\"1\")] int B, [VectorColumn(0, M = 1)] float[] C);");

        Assert.Equal(
            ["HLS0004", "HLS0007", "HLS0008", "HLS0013", "HLS0014"],
            run.Reported.Select(diagnostic => diagnostic.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_attribute_that_does_not_compile_is_left_to_the_compiler()
    {
        var run = GeneratorRun.Of(Usings + "public partial record Doc(int Id, [VectorColumn(\"three\")] float[] V, [VectorColumn] float[] W, Missing X);");

        Assert.Empty(run.Reported);
        Assert.Equal(["CS0246", "CS1503", "CS7036"], run.Compiled.Select(diagnostic => diagnostic.Id).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_has_tests_a_page_and_a_release_note(string id)
    {
        DiagnosticDescriptor rule = _rules.Single(rule => rule.Id == id);
        string root = Path.Combine(GoldenFile.ProjectFolder, "..", "..");
        string page = Path.Combine(root, rule.HelpLinkUri);

        Assert.Contains(RuleCases.Broken, broken => broken.Id == id);
        Assert.Contains(RuleCases.Kept, kept => kept.Id == id);
        Assert.True(File.Exists(page), $"{rule.HelpLinkUri} is missing");
        Assert.StartsWith($"# {id}: {rule.Title}\n", GoldenFile.Normalize(File.ReadAllText(page)), StringComparison.Ordinal);
        Assert.Contains(
            $"{id} | {rule.Category} | {rule.DefaultSeverity} | {rule.Title}",
            string.Concat(Directory.GetFiles(Path.Combine(root, "src", "Helios.Typed.Generators"), "AnalyzerReleases.*.md").Select(File.ReadAllText)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_are_unique_and_have_no_gaps() =>
        Assert.Equal(Enumerable.Range(1, _rules.Length).Select(number => $"HLS{number:D4}"), _rules.Select(rule => rule.Id));
}
