using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Helios.Typed.Generators.Tests;

/// <summary>Holds the generated code, byte for byte, to what was read and found good.</summary>
public sealed class GoldenTests
{
    private static readonly string _folder = Path.Combine(GoldenFile.ProjectFolder, "Golden");

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(_folder).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Generated_code_is_as_it_was_read(string name)
    {
        GeneratorRun run = Run(name);

        GoldenFile.Check(Path.Combine(_folder, name, "Expected"), run.Files.ToDictionary(file => file.Key, file => WithoutVersion(file.Value)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Generated_code_compiles_without_a_word(string name)
    {
        GeneratorRun run = Run(name);

        Assert.Empty(run.Reported);
        Assert.Empty(run.Compiled);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_same_input_gives_the_same_bytes(string name) => Assert.Equal(Run(name).Files, Run(name).Files);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Generated_code_compiles_as_the_oldest_language_that_knows_static_abstract_members_and_collection_expressions(string name)
    {
        var run = GeneratorRun.Of(LanguageVersion.CSharp12, Input(name));

        Assert.DoesNotContain(run.Compiled, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
    }

    private static GeneratorRun Run(string name) => GeneratorRun.Of(Input(name));

    private static string Input(string name) => File.ReadAllText(Path.Combine(_folder, name, GeneratorRun.InputPath));

    // A new version of the package is no news here.
    private static string WithoutVersion(string text) =>
        text.Replace($"\"{typeof(HeliosGenerator).Assembly.GetName().Version!.ToString(3)}\"", "\"(version)\"", StringComparison.Ordinal);
}
