using System.Diagnostics;

namespace Helios.Typed.Mutants;

/// <summary>Is a copy of the tests that runs against a library with every bug planted, each behind a switch.</summary>
internal sealed class MutatedTests : IDisposable
{
    private const string SwitchSource = $$"""
        namespace Helios.Typed;

        /// <summary>Says which planted bug is switched on.</summary>
        internal static class PlantedBug
        {
            private static readonly string? _on = System.Environment.GetEnvironmentVariable("{{Mutant.Variable}}");

            /// <summary>Says whether a bug is.</summary>
            public static bool Is(string name) => _on == name;
        }
        """;

    private static readonly string[] _buildFiles = ["Directory.Build.props", "Directory.Packages.props", ".editorconfig", "README.md", "LICENSE"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("helios-mutants-");

    private string Root => Path.Combine(_folder.FullName, "source");

    private string TestFolder => Path.Combine(_folder.FullName, "tests");

    /// <summary>Plants the bugs in a copy of the source, builds it, and puts it beside a copy of the tests.</summary>
    /// <param name="repository">The root of the repository.</param>
    /// <param name="builtTests">The folder of the built tests.</param>
    /// <param name="bugs">The bugs.</param>
    /// <param name="cancellationToken">Stops the build.</param>
    /// <exception cref="InvalidDataException">A bug does not fit the source, or the source does not build with it.</exception>
    public async Task PrepareAsync(string repository, string builtTests, IReadOnlyList<Mutant> bugs, CancellationToken cancellationToken)
    {
        foreach (string file in _buildFiles.Where(file => File.Exists(Path.Combine(repository, file))))
        {
            Directory.CreateDirectory(Root);
            File.Copy(Path.Combine(repository, file), Path.Combine(Root, file));
        }

        Copy(Path.Combine(repository, "src"), Path.Combine(Root, "src"));
        Copy(builtTests, TestFolder);
        string library = Path.Combine(Root, "src", "Helios.Typed");
        foreach (IGrouping<string, Mutant> file in bugs.GroupBy(bug => bug.File, StringComparer.Ordinal))
        {
            string path = Path.Combine(library, file.Key);
            string source = await File.ReadAllTextAsync(path, cancellationToken);
            await File.WriteAllTextAsync(path, file.Aggregate(source, (planted, bug) => bug.Plant(planted)), cancellationToken);
        }

        await File.WriteAllTextAsync(Path.Combine(library, "PlantedBug.cs"), SwitchSource, cancellationToken);
        (int code, string output) = await RunAsync("dotnet", ["build", library, "-c", "Debug", "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false", "-v", "q"], bug: null, cancellationToken);
        if (code != 0)
        {
            throw new InvalidDataException($"The library does not build with the bugs planted:\n{output}");
        }

        string built = Path.Combine(Root, "artifacts", "bin", "Helios.Typed", "debug", "Helios.Typed.dll");
        File.Copy(built, Path.Combine(TestFolder, "Helios.Typed.dll"), overwrite: true);
    }

    /// <summary>Runs test classes with a bug switched on.</summary>
    /// <param name="bug">The bug, or null for none.</param>
    /// <param name="classes">The classes.</param>
    /// <param name="cancellationToken">Stops the tests.</param>
    /// <returns>Whether a test failed, and what the tests said.</returns>
    public async Task<(bool Failed, string Output)> RunTestsAsync(Mutant? bug, IEnumerable<string> classes, CancellationToken cancellationToken)
    {
        List<string> arguments = [Path.Combine(TestFolder, "Helios.Typed.Tests.dll"), "-noColor", "-noLogo"];
        if (bug is not null)
        {
            arguments.Add("-stopOnFail");
        }

        foreach (string name in classes)
        {
            arguments.AddRange(["-class", $"*.{name}"]);
        }

        (int code, string output) = await RunAsync("dotnet", ["exec", .. arguments], bug, cancellationToken);
        return (code != 0, output);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(from, file);
            if (relative.Split(Path.DirectorySeparatorChar) is [.., _] parts && !parts.Any(part => part is "obj" or "artifacts"))
            {
                string target = Path.Combine(to, relative);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, IEnumerable<string> arguments, Mutant? bug, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[Mutant.Variable] = bug?.Name;
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
