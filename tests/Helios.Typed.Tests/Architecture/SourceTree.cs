using System.Text.RegularExpressions;

namespace Helios.Typed.Tests.Architecture;

/// <summary>Reads the repository's own source files.</summary>
internal static partial class SourceTree
{
    /// <summary>Gets the repository's root: the nearest folder above the test program that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Gives the C# files under a folder of the repository, by path relative to the root with forward slashes.</summary>
    public static IReadOnlyList<string> CSharpFiles(string folder)
    {
        string full = Path.Combine(Root, folder);
        return Directory.Exists(full)
            ? [.. Directory.EnumerateFiles(full, "*.cs", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
                .Where(file => !GeneratedFolder().IsMatch(file))
                .Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>Reads a file's lines.</summary>
    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    /// <summary>Finds the lines whose code, comments left out, matches a pattern; as <c>file:line: text</c>.</summary>
    public static IEnumerable<string> LinesWith(IEnumerable<string> files, Regex pattern) =>
        from file in files
        from line in Lines(file).Index()
        where pattern.IsMatch(WithoutComment(line.Item))
        select $"{file}:{line.Index + 1}: {line.Item.Trim()}";

    private static string WithoutComment(string line)
    {
        int start = line.IndexOf("//", StringComparison.Ordinal);
        return start < 0 ? line : line[..start];
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Helios.Typed.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName
            ?? throw new InvalidOperationException($"No folder above '{AppContext.BaseDirectory}' holds Helios.Typed.sln; run the tests inside the repository.");
    }

    [GeneratedRegex("(^|/)(bin|obj|artifacts)/")]
    private static partial Regex GeneratedFolder();
}
