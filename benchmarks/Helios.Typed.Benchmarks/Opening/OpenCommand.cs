using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Helios.Typed.Benchmarks.Opening;

/// <summary>Reads the <c>open</c> verb's options and runs it.</summary>
internal static class OpenCommand
{
    // The table is read from files as often as from a screen.
    private const int TableWidth = 200;

    private static readonly Option<int> _rows = Number("--rows", "Rows of the database.", 100_000);
    private static readonly Option<int> _dimensions = Number("--dim", "Dimensions of the vectors.", 384);
    private static readonly Option<int> _m = Number("--m", "Links per graph node.", 16);
    private static readonly Option<int> _efConstruction = Number("--ef-construction", "Candidates considered while a node is linked.", 80);
    private static readonly Option<int> _ef = Number("--ef", "The beam of the searches.", 64);
    private static readonly Option<DirectoryInfo?> _path = new("--path") { Description = "Where the database is built and kept; without it, in the temporary folder, and removed." };
    private static readonly Option<long[]> _budgets = new("--budget")
    {
        Description = "Memory budgets to measure, such as 256MB; default is the library's own. Each in a process of its own.",
        HelpName = "default|bytes,…",
        CustomParser = ParseBudgets,
        DefaultValueFactory = _ => [0, 256L << 20],
    };

    private static readonly Option<int> _openings = Number("--openings", "Fresh processes that open the database, and whose medians are given; at least one.", 9);
    private static readonly Option<long[]> _logBytes = new("--log-bytes")
    {
        Description = "Measures instead the replay of a log of so many bytes, such as 1GB.",
        HelpName = "bytes",
        CustomParser = ParseBudgets,
        DefaultValueFactory = _ => [0],
    };

    private static readonly Option<bool> _measure = new("--measure") { Description = "Measures in this process, as JSON.", Hidden = true };

    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        Command command = new("open", "Measures opening a database: time to the first key, to the first search, and memory.")
        {
            _rows, _dimensions, _m, _efConstruction, _ef, _path, _budgets, _openings, _logBytes, _measure,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await Task.Yield();
        string folder = arguments.GetValue(_path)?.FullName ?? Path.Combine(Path.GetTempPath(), $"helios-open-{Guid.CreateVersion7():N}");
        OpenSettings settings = new()
        {
            Rows = arguments.GetRequiredValue(_rows),
            Dimensions = arguments.GetRequiredValue(_dimensions),
            M = arguments.GetRequiredValue(_m),
            EfConstruction = arguments.GetRequiredValue(_efConstruction),
            Ef = arguments.GetRequiredValue(_ef),
            Path = folder,
            Budgets = arguments.GetRequiredValue(_budgets),
            Openings = arguments.GetValue(_measure) ? arguments.GetRequiredValue(_openings) : Math.Max(arguments.GetRequiredValue(_openings), 1),
            LogBytes = arguments.GetRequiredValue(_logBytes)[0],
        };
        if (arguments.GetValue(_measure))
        {
            Console.WriteLine((await OpenMeasurement.RunAsync(settings, settings.Budgets[0], cancellationToken)).ToJson());
            return 0;
        }

        try
        {
            await MeasureAllAsync(settings with { Path = Path.Combine(folder, FormattableString.Invariant($"{(settings.LogBytes > 0 ? "log" : "open")}-{settings.Rows}x{settings.Dimensions}.helios")) }, cancellationToken);
            return 0;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or HeliosException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        finally
        {
            if (arguments.GetValue(_path) is null && Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static async Task MeasureAllAsync(OpenSettings settings, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        if (!Directory.Exists(settings.Path))
        {
            if (settings.LogBytes > 0)
            {
                await OpenTable.LogAsync(settings, Console.Error.WriteLine, cancellationToken);
            }
            else
            {
                await OpenTable.BuildAsync(settings, Console.Error.WriteLine, cancellationToken);
            }

            await Console.Error.WriteLineAsync(FormattableString.Invariant($"built in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s"));
        }

        Table table = new();
        string[] columns = settings.LogBytes > 0
            ? ["budget", "open ms", "rows replayed", "peak native MB", "managed MB", "RSS MB", "peak RSS MB"]
            : ["budget", "open ms", "first key ms", "to key ms", "first search ms", "again, to key ms", "early p50 / p95 ms", "steady p50 / p95 ms", "recall@10", "peak native MB", "managed MB", "RSS MB", "peak RSS MB"];
        foreach (string column in columns)
        {
            table.AddColumn(column);
        }

        foreach (long budget in settings.Budgets)
        {
            List<OpenReport> openings = [];
            while (settings.LogBytes == 0 && openings.Count < settings.Openings)
            {
                openings.Add(await MeasureApartAsync(settings, budget, cancellationToken));
            }

            OpenReport report = await MeasureApartAsync(settings with { Openings = 0 }, budget, cancellationToken);
            report = openings.Count > 0 ? report.WithMedians(openings) : report;
            table.AddRow(RowOf(settings, report));
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        console.Profile.Width = TableWidth;
        console.Write(table);
    }

    private static string[] RowOf(OpenSettings settings, OpenReport report)
    {
        string budget = report.BudgetBytes == 0 ? "default" : Text($"{report.BudgetBytes / 1e6:F0} MB");
        string[] memory = [Text($"{report.PeakNativeMb:F0}"), Text($"{report.ManagedMb:F0}"), Text($"{report.ResidentMb:F0}"), Text($"{report.PeakResidentMb:F0}")];
        return settings.LogBytes > 0
            ? [budget, Text($"{report.OpenMs:F0}"), Text($"{report.Replayed}"), .. memory]
            :
            [
                budget, Text($"{report.OpenMs:F1}"), Text($"{report.FirstKeyMs:F1}"), Text($"{report.ToKeyMs:F1}"), Text($"{report.FirstSearchMs:F1}"), Text($"{report.ReopenedMs:F1}"),
                Text($"{report.EarlyP50Ms:F2} / {report.EarlyP95Ms:F2}"), Text($"{report.SteadyP50Ms:F2} / {report.SteadyP95Ms:F2}"), Text($"{report.Recall:F4}"),
                .. memory,
            ];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static async Task<OpenReport> MeasureApartAsync(OpenSettings settings, long budget, CancellationToken cancellationToken)
    {
        string path = settings.Path;
        if (settings.LogBytes > 0)
        {
            // A replay may write segments: each measurement has a database of its own.
            path = settings.Path + ".copy";
            Directory.CreateDirectory(path);
            foreach (string file in Directory.EnumerateFiles(settings.Path))
            {
                File.Copy(file, Path.Combine(path, Path.GetFileName(file)), overwrite: true);
            }
        }

        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        string[] arguments =
        [
            "open", "--measure", "--path", path, "--budget", budget == 0 ? "default" : Text($"{budget}"), "--log-bytes", Text($"{settings.LogBytes}"), "--openings", Text($"{settings.Openings}"),
            "--rows", Text($"{settings.Rows}"), "--dim", Text($"{settings.Dimensions}"), "--m", Text($"{settings.M}"),
            "--ef-construction", Text($"{settings.EfConstruction}"), "--ef", Text($"{settings.Ef}"),
        ];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (settings.LogBytes > 0)
        {
            Directory.Delete(path, recursive: true);
        }

        return process.ExitCode == 0 ? OpenReport.Parse(output) : throw new InvalidDataException($"The measurement ended with {process.ExitCode}. {output}");
    }

    private static long[] ParseBudgets(ArgumentResult result)
    {
        List<long> budgets = [];
        foreach (string part in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            (string number, long unit) = part.EndsWith("GB", StringComparison.OrdinalIgnoreCase) ? (part[..^2], 1L << 30)
                : part.EndsWith("MB", StringComparison.OrdinalIgnoreCase) ? (part[..^2], 1L << 20)
                : (part, 1);
            bool isDefault = string.Equals(part, "default", StringComparison.OrdinalIgnoreCase);
            if (!long.TryParse(isDefault ? "0" : number, NumberStyles.None, CultureInfo.InvariantCulture, out long value))
            {
                result.AddError($"'{part}' is no number of bytes; write 268435456, 256MB, 1GB or default.");
                return [0];
            }

            budgets.Add(value * unit);
        }

        return [.. budgets];
    }

    private static Option<int> Number(string name, string description, int standard) => new(name) { Description = description, DefaultValueFactory = _ => standard };
}
