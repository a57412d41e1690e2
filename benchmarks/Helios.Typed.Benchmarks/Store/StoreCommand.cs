using System.CommandLine;
using Microsoft.Data.Sqlite;
using Spectre.Console;

namespace Helios.Typed.Benchmarks.Store;

/// <summary>Reads the <c>store</c> verb's options and runs it.</summary>
internal static class StoreCommand
{
    private static readonly Option<DirectoryInfo> _path = new Option<DirectoryInfo>("--path")
    {
        Description = "A folder on the disk to measure; databases are made in it and removed.",
        DefaultValueFactory = _ => new DirectoryInfo(Path.GetTempPath()),
    }.AcceptExistingOnly();

    private static readonly Option<double> _seconds = Positive("--seconds", "How long each side inserts or reads in a round.", 3.0);
    private static readonly Option<int> _rounds = Positive("--rounds", "The rounds; the median counts.", 3);
    private static readonly Option<int> _rows = Positive("--rows", "The rows of the read and write-amplification parts, a multiple of 500.", 50_000);
    private static readonly Option<int> _ingestRows = Positive("--ingest-rows", "The rows of the ingest part, a multiple of 1,000.", 200_000);
    private static readonly Option<bool> _ingestOnly = new("--ingest-only") { Description = "Runs the ingest part alone." };
    private static readonly Option<bool> _insertsOnly = new("--inserts-only") { Description = "Runs the insert part alone." };
    private static readonly Option<int[]> _rowsPerCommit = Several("--rows-per-commit", "The rows of a commit in the insert part; several are run one after the other.", [1, 100, 1_000]);
    private static readonly Option<int[]> _committers = Several("--committers", "The concurrent committers of the insert part; several are run one after the other.", [1, 8]);
    private static readonly Option<FileInfo?> _out = new("--out") { Description = "The result's file; without it, standard output." };

    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        Command command = new("store", "Measures durable writes, reads and ingest, beside SQLite and the disk, as JSON.")
        {
            _path, _seconds, _rounds, _rows, _ingestRows, _ingestOnly, _insertsOnly, _rowsPerCommit, _committers, _out,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        // Ctrl+C is listened to only once the action has let go of its thread.
        await Task.Yield();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        StoreSettings settings = new()
        {
            Path = arguments.GetRequiredValue(_path).FullName,
            Time = TimeSpan.FromSeconds(arguments.GetRequiredValue(_seconds)),
            Rounds = arguments.GetRequiredValue(_rounds),
            Rows = arguments.GetRequiredValue(_rows),
            IngestRows = arguments.GetRequiredValue(_ingestRows),
            IngestOnly = arguments.GetValue(_ingestOnly),
            InsertsOnly = arguments.GetValue(_insertsOnly),
            RowsPerCommit = arguments.GetRequiredValue(_rowsPerCommit),
            Committers = arguments.GetRequiredValue(_committers),
        };
        try
        {
            StoreReport report = await new StoreRun(settings, console).RunAsync(cancellationToken);
            if (arguments.GetValue(_out) is { } file)
            {
                await File.WriteAllTextAsync(file.FullName, report.ToJson() + "\n", cancellationToken);
            }
            else
            {
                Console.WriteLine(report.ToJson());
            }

            return 0;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException or PlatformNotSupportedException or HeliosException or SqliteException)
        {
            console.WriteLine(exception.Message);
            return 1;
        }
    }

    private static Option<int[]> Several(string name, string description, int[] standard)
    {
        Option<int[]> option = new(name) { Description = description, DefaultValueFactory = _ => standard, AllowMultipleArgumentsPerToken = true };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int[]>() is { } values && values.Any(value => value <= 0))
            {
                result.AddError($"{name} must be above 0.");
            }
        });
        return option;
    }

    private static Option<T> Positive<T>(string name, string description, T standard)
        where T : struct, IComparable<T>
    {
        Option<T> option = new(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<T>().CompareTo(default) <= 0)
            {
                result.AddError($"{name} must be above 0.");
            }
        });
        return option;
    }
}
