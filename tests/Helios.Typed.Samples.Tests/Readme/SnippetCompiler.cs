extern alias generators;

using System.Collections.Immutable;
using generators::Helios.Typed.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Helios.Typed.Samples.Tests.Readme;

/// <summary>Compiles a snippet as a console program with the library and its generator, as a user's project would.</summary>
internal static class SnippetCompiler
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions _parseOptions = new(LanguageVersion.CSharp14);

    private static readonly MetadataReference[] _references =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Helios.Typed.Generators", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path))];

    /// <summary>What every project of the SDK leaves unsaid: references of an older version of the same assembly.</summary>
    private static readonly Dictionary<string, ReportDiagnostic> _sdkDefaults = new(StringComparer.Ordinal)
    {
        ["CS1701"] = ReportDiagnostic.Suppress,
        ["CS1702"] = ReportDiagnostic.Suppress,
    };

    /// <summary>Compiles a snippet; one without statements of its own becomes a library.</summary>
    /// <returns>The compilation with the generated code, and all errors and warnings.</returns>
    public static (Compilation Compilation, ImmutableArray<Diagnostic> Diagnostics) Compile(string code)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(code, _parseOptions, path: "Snippet.cs");
        bool hasStatements = tree.GetCompilationUnitRoot().Members.Any(member => member.IsKind(SyntaxKind.GlobalStatement));
        var compilation = CSharpCompilation.Create(
            "Snippet",
            [tree, CSharpSyntaxTree.ParseText(ImplicitUsings, _parseOptions)],
            _references,
            new CSharpCompilationOptions(
                hasStatements ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
                nullableContextOptions: NullableContextOptions.Enable,
                specificDiagnosticOptions: _sdkDefaults));

        GeneratorDriver driver = CSharpGeneratorDriver.Create([new HeliosGenerator().AsSourceGenerator()], parseOptions: _parseOptions);
        driver.RunGeneratorsAndUpdateCompilation(compilation, out Compilation generated, out ImmutableArray<Diagnostic> diagnostics);
        return (generated, [.. diagnostics.Concat(generated.GetDiagnostics()).Where(d => d.Severity >= DiagnosticSeverity.Warning)]);
    }

    /// <summary>Writes a compiled program into a folder, with all it needs to run by <c>dotnet</c>.</summary>
    /// <returns>The program.</returns>
    public static string Publish(Compilation compilation, string folder)
    {
        string program = Path.Combine(folder, $"{compilation.AssemblyName}.dll");
        using (FileStream image = File.Create(program))
        {
            if (!compilation.Emit(image).Success)
            {
                throw new InvalidOperationException("The snippet compiled with errors.");
            }
        }

        File.Copy(Path.Combine(AppContext.BaseDirectory, "QuickStart.runtimeconfig.json"), Path.ChangeExtension(program, ".runtimeconfig.json"));
        foreach (string pattern in (string[])["Helios.Typed.dll", "Microsoft.Extensions.*.dll", "System.IO.Hashing.dll"])
        {
            foreach (string library in Directory.EnumerateFiles(AppContext.BaseDirectory, pattern))
            {
                File.Copy(library, Path.Combine(folder, Path.GetFileName(library)));
            }
        }

        return program;
    }
}
