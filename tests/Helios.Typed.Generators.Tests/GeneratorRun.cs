using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Helios.Typed.Generators.Tests;

/// <summary>Is one run of the generator over source text, and the compilation that came of it.</summary>
internal sealed class GeneratorRun
{
    /// <summary>The path of the source, where none is given.</summary>
    public const string InputPath = "Input.cs";

    private static readonly ImmutableArray<MetadataReference> _references = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Where(path => IsReference(Path.GetFileName(path)))
        .Select(path => MetadataReference.CreateFromFile(path))];

    // Compilations made from this one share what it has read of the references.
    private static readonly CSharpCompilation _empty = CSharpCompilation.Create(
        "Golden",
        references: _references,
        options: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, warningLevel: 9999));

    private GeneratorRun(GeneratorDriver driver, Compilation input, Compilation output)
    {
        Driver = driver;
        Input = input;
        Output = output;
        Reported = driver.GetRunResult().Diagnostics;
    }

    /// <summary>Gets the driver, to be run again.</summary>
    public GeneratorDriver Driver { get; }

    /// <summary>Gets the compilation before the generator.</summary>
    public Compilation Input { get; }

    /// <summary>Gets the compilation after it.</summary>
    public Compilation Output { get; }

    /// <summary>Gets what the generator reported.</summary>
    public ImmutableArray<Diagnostic> Reported { get; }

    /// <summary>Gets what the compiler has to say of source and generated code: hidden hints apart, and that the source has no docs.</summary>
    public ImmutableArray<Diagnostic> Compiled => [.. Output.GetDiagnostics().Where(diagnostic => diagnostic.Severity > DiagnosticSeverity.Hidden
        && !(diagnostic.Id == "CS1591" && Input.SyntaxTrees.Contains(diagnostic.Location.SourceTree!)))];

    /// <summary>Gets the generated files by name.</summary>
    public IReadOnlyDictionary<string, string> Files => Driver.GetRunResult().Results.Single().GeneratedSources
        .ToDictionary(source => source.HintName, source => source.SourceText.ToString(), StringComparer.Ordinal);

    /// <summary>Runs the generator.</summary>
    /// <param name="source">The source text.</param>
    /// <param name="more">Further source files.</param>
    public static GeneratorRun Of(string source, params string[] more) => Of(LanguageVersion.CSharp14, source, more);

    /// <summary>Runs the generator in a project of a given language version.</summary>
    /// <param name="version">The language version.</param>
    /// <param name="source">The source text.</param>
    /// <param name="more">Further source files.</param>
    public static GeneratorRun Of(LanguageVersion version, string source, params string[] more)
    {
        CSharpParseOptions options = new(version, DocumentationMode.Diagnose);
        IEnumerable<SyntaxTree> trees = more.Select((text, i) => CSharpSyntaxTree.ParseText(text, options, $"More{i}.cs"))
            .Prepend(CSharpSyntaxTree.ParseText(source, options, InputPath));
        return Again(CreateDriver(options), _empty.AddSyntaxTrees(trees));
    }

    /// <summary>Runs the generator again, over a changed compilation.</summary>
    /// <param name="compilation">The compilation.</param>
    public GeneratorRun Again(Compilation compilation) => Again(Driver, compilation);

    /// <summary>Gives the text that a diagnostic underlines.</summary>
    /// <param name="diagnostic">The diagnostic.</param>
    public string Underlined(Diagnostic diagnostic)
    {
        SyntaxTree tree = Input.SyntaxTrees.Single(tree => tree.FilePath == diagnostic.Location.GetLineSpan().Path);
        return tree.GetText().ToString(diagnostic.Location.SourceSpan);
    }

    private static GeneratorRun Again(GeneratorDriver driver, Compilation compilation)
    {
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        return new GeneratorRun(driver, compilation, output);
    }

    private static CSharpGeneratorDriver CreateDriver(CSharpParseOptions options) => CSharpGeneratorDriver.Create(
        [new HeliosGenerator().AsSourceGenerator()],
        parseOptions: options,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    // What an ordinary project sees: the framework, and the library.
    private static bool IsReference(string file) => file is "Helios.Typed.dll" or "netstandard.dll" or "mscorlib.dll"
        || file.StartsWith("System.", StringComparison.Ordinal)
        || file.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal);
}
