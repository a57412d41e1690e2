using Helios.Typed.Tests.Architecture;

namespace Helios.Typed.Tests.Format;

/// <summary>Is a database that a version of the library wrote, kept in the repository.</summary>
/// <param name="Version">The version of its format, such as <c>v1</c>.</param>
/// <param name="Name">Its name.</param>
internal sealed record GoldenDirectory(string Version, string Name)
{
    public const string CurrentVersion = "v1";

    private const string UpdateSwitch = "HELIOS_UPDATE_GOLDEN";

    private static readonly string _root = System.IO.Path.Combine(SourceTree.Root, "tests", "Helios.Typed.Tests", "Golden");

    public static IEnumerable<GoldenDirectory> All { get; } =
        [.. from version in Directory.GetDirectories(_root).Order(StringComparer.Ordinal)
            from folder in Directory.GetDirectories(version).Order(StringComparer.Ordinal)
            select new GoldenDirectory(System.IO.Path.GetFileName(version), System.IO.Path.GetFileName(folder))];

    private string Path => System.IO.Path.Combine(_root, Version, Name);

    /// <summary>The rows that it holds, a line each.</summary>
    public string[] Rows => File.ReadAllLines(Path + ".jsonl");

    public SortedDictionary<string, byte[]> Files =>
        new(Directory.GetFiles(Path).ToDictionary(file => System.IO.Path.GetFileName(file), File.ReadAllBytes), StringComparer.Ordinal);

    public void CopyTo(string folder)
    {
        foreach (string file in Directory.GetFiles(Path))
        {
            File.Copy(file, System.IO.Path.Combine(folder, System.IO.Path.GetFileName(file)));
        }
    }

    /// <summary>Keeps a database where that was asked for, and where none is kept: one that is there was written by a library that is out, and stays.</summary>
    public void KeepIfAsked(IReadOnlyDictionary<string, byte[]> files, string[] rows)
    {
        if (Environment.GetEnvironmentVariable(UpdateSwitch) != "1" || Directory.Exists(Path))
        {
            return;
        }

        Directory.CreateDirectory(Path);
        foreach ((string name, byte[] bytes) in files)
        {
            File.WriteAllBytes(System.IO.Path.Combine(Path, name), bytes);
        }

        File.WriteAllText(Path + ".jsonl", string.Join('\n', rows) + "\n");
    }
}
