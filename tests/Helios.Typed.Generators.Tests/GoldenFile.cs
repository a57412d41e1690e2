using Xunit;

namespace Helios.Typed.Generators.Tests;

/// <summary>Compares text with files kept in the repository.</summary>
/// <remarks>Run with <c>HELIOS_UPDATE_GOLDEN=1</c> to write the files anew, and read the difference before committing it.</remarks>
internal static class GoldenFile
{
    private const string UpdateSwitch = "HELIOS_UPDATE_GOLDEN";

    /// <summary>Gets the folder of the test project's source.</summary>
    public static string ProjectFolder { get; } = FindProject();

    private static bool IsUpdating => Environment.GetEnvironmentVariable(UpdateSwitch) == "1";

    /// <summary>Holds files to those in a folder: the same names, the same text but for line ends.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="actual">The files by name.</param>
    public static void Check(string folder, IReadOnlyDictionary<string, string> actual)
    {
        if (IsUpdating)
        {
            Update(folder, actual);
        }

        string[] expected = Directory.Exists(folder) ? [.. Directory.GetFiles(folder).Select(file => Path.GetFileName(file)!)] : [];
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach (string name in expected)
        {
            string golden = Normalize(File.ReadAllText(Path.Combine(folder, name)));
            Assert.True(golden == Normalize(actual[name]), $"{name} is not as in {folder}. Run the tests with {UpdateSwitch}=1 and read the difference.\n{actual[name]}");
        }
    }

    /// <summary>Gives a text with line feeds alone.</summary>
    /// <param name="text">The text.</param>
    public static string Normalize(string text) => text.ReplaceLineEndings("\n");

    private static void Update(string folder, IReadOnlyDictionary<string, string> actual)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        foreach ((string name, string text) in actual)
        {
            File.WriteAllText(Path.Combine(folder, name), text);
        }
    }

    private static string FindProject()
    {
        const string Project = "tests/Helios.Typed.Generators.Tests";
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Helios.Typed.sln")))
        {
            folder = folder.Parent;
        }

        return folder is null ? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds the solution.") : Path.Combine(folder.FullName, Project);
    }
}
