namespace Helios.Typed.Samples.Tests.Readme;

/// <summary>Finds the C# blocks of the repository's pages.</summary>
internal static class MarkdownCode
{
    /// <summary>Gets the repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Gives the pages that a newcomer reads, by path relative to the root.</summary>
    public static IReadOnlyList<string> Pages =>
        ["README.md", .. Directory.EnumerateFiles(Path.Combine(Root, "docs", "guide"), "*.md").Select(page => Path.GetRelativePath(Root, page)).Order(StringComparer.Ordinal)];

    /// <summary>Gives the C# blocks of a page, in order.</summary>
    public static IReadOnlyList<string> BlocksOf(string page)
    {
        List<string> blocks = [];
        List<string>? block = null;
        foreach (string line in File.ReadLines(Path.Combine(Root, page)))
        {
            if (block is null)
            {
                block = line.Trim() == "```csharp" ? [] : null;
            }
            else if (line.Trim() == "```")
            {
                blocks.Add(string.Join('\n', block));
                block = null;
            }
            else
            {
                block.Add(line);
            }
        }

        return block is null ? blocks : throw new InvalidDataException($"'{page}' ends inside a block of code.");
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Helios.Typed.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Run the tests inside the repository.");
    }
}
