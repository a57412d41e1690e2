using System.CommandLine;
using Spectre.Console;

namespace Helios.Typed.Benchmarks.Keys;

/// <summary>Reads the <c>keys</c> verb's options and runs it.</summary>
internal static class KeysCommand
{
    private static readonly Option<DirectoryInfo> _path = new Option<DirectoryInfo>("--path")
    {
        Description = "A folder on the disk to measure; segments are made in it and removed.",
        DefaultValueFactory = _ => new DirectoryInfo(Path.GetTempPath()),
    }.AcceptExistingOnly();

    private static readonly Option<int> _segments = new("--segments") { Description = "The segments that a key is looked for in.", DefaultValueFactory = _ => 8 };
    private static readonly Option<int> _rows = new("--rows") { Description = "The rows of each.", DefaultValueFactory = _ => 250_000 };
    private static readonly Option<int> _rounds = new("--rounds") { Description = "The rounds; the median counts.", DefaultValueFactory = _ => 3 };

    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        Command command = new("keys", "Measures looking for keys in several segments, with their filters and without, as JSON.") { _path, _segments, _rows, _rounds };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        string folder = Path.Combine(arguments.GetRequiredValue(_path).FullName, $"keys-{Environment.ProcessId}");
        try
        {
            using KeySegments segments = new(folder, arguments.GetRequiredValue(_segments), arguments.GetRequiredValue(_rows));
            Console.WriteLine(KeysRun.Measure(segments, arguments.GetRequiredValue(_rounds), console).ToJson());
            return 0;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidDataException or IOException or UnauthorizedAccessException or HeliosException)
        {
            console.WriteLine(exception.Message);
            return 1;
        }
    }
}
