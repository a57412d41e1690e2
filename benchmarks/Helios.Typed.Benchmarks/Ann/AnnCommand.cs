using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Spectre.Console;

namespace Helios.Typed.Benchmarks.Ann;

/// <summary>Reads the <c>ann</c> verb's options and runs it.</summary>
internal static class AnnCommand
{
    private static readonly Option<FileInfo> _base = File("--base", "The rows: an fvecs file.");
    private static readonly Option<FileInfo> _queries = File("--queries", "The queries: an fvecs file.");
    private static readonly Option<FileInfo> _truth = File("--truth", "The numbers of the nearest rows of each query, nearest first: an ivecs file.");
    private static readonly Option<Metric> _metric = Named("--metric", "How vectors are compared.", AnnNames.Metrics, "cosine");
    private static readonly Option<IndexKind> _index = Named("--index", "The index.", AnnNames.Indexes, "hnsw");
    private static readonly Option<Quantization> _quantization = Named("--quantization", "The code the index traverses.", AnnNames.Quantizations, "auto");
    private static readonly Option<int> _m = Number("--m", "Links per graph node.", 16);
    private static readonly Option<int> _efConstruction = Number("--ef-construction", "Candidates considered while a node is linked.", 200);
    private static readonly Option<int> _k = Number("--k", "Neighbors per query.", 10);
    private static readonly Option<int> _buildThreads = Number("--build-threads", "Threads that build the index.", 1);
    private static readonly Option<int> _queryThreads = Number("--query-threads", "Threads that query.", 1);

    private static readonly Option<int[]> _ef = new("--ef")
    {
        Description = "The beams to measure, separated by commas.",
        HelpName = "ef,ef,…",
        CustomParser = ParseBeams,
        DefaultValueFactory = _ => [10, 20, 40, 80, 160, 320],
    };

    private static readonly Option<string> _path = new("--path")
    {
        Description = "The folder in which the database is made, or :memory:.",
        DefaultValueFactory = _ => HeliosDatabaseOptions.InMemory,
    };

    private static readonly Option<bool> _keep = new("--keep") { Description = "Leaves the database in its folder." };

    private static readonly Option<FileInfo?> _out = new("--out") { Description = "The result's file; without it, standard output." };

    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        Command command = new("ann", "Measures recall, speed and memory of a vector index through the store, as JSON.")
        {
            _base, _queries, _truth, _metric, _index, _quantization, _m, _efConstruction, _ef, _k, _buildThreads, _queryThreads, _path, _keep, _out,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        // Ctrl+C is listened to only once the action has let go of its thread.
        await Task.Yield();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        try
        {
            AnnReport report = await new AnnRun(Read(arguments), console).RunAsync(cancellationToken);
            if (arguments.GetValue(_out) is { } file)
            {
                await System.IO.File.WriteAllTextAsync(file.FullName, report.ToJson() + "\n", cancellationToken);
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
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException or HeliosException)
        {
            console.WriteLine(exception.Message);
            return 1;
        }
    }

    private static AnnSettings Read(ParseResult arguments) => new()
    {
        Base = arguments.GetRequiredValue(_base).FullName,
        Queries = arguments.GetRequiredValue(_queries).FullName,
        Truth = arguments.GetRequiredValue(_truth).FullName,
        Metric = arguments.GetRequiredValue(_metric),
        Index = arguments.GetRequiredValue(_index),
        Quantization = arguments.GetRequiredValue(_quantization),
        M = arguments.GetRequiredValue(_m),
        EfConstruction = arguments.GetRequiredValue(_efConstruction),
        Ef = arguments.GetRequiredValue(_ef),
        K = arguments.GetRequiredValue(_k),
        BuildThreads = arguments.GetRequiredValue(_buildThreads),
        QueryThreads = arguments.GetRequiredValue(_queryThreads),
        Path = arguments.GetRequiredValue(_path),
        Keep = arguments.GetValue(_keep),
    };

    private static Option<FileInfo> File(string name, string description)
    {
        Option<FileInfo> option = new(name) { Description = description, Required = true };
        return option.AcceptExistingOnly();
    }

    private static Option<int> Number(string name, string description, int standard)
    {
        Option<int> option = new(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && int.TryParse(text, CultureInfo.InvariantCulture, out int value) && value < 1)
            {
                result.AddError($"{name} is {value}; it must be 1 or more.");
            }
        });
        return option;
    }

    private static Option<T> Named<T>(string name, string description, Dictionary<string, T> values, string standard)
        where T : struct
    {
        string choices = string.Join("|", values.Keys);
        return new Option<T>(name)
        {
            Description = description,
            HelpName = choices,
            DefaultValueFactory = _ => values[standard],
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (values.TryGetValue(text, out T value))
                {
                    return value;
                }

                result.AddError($"{name} is '{text}'; it must be {choices}.");
                return default;
            },
        };
    }

    private static int[] ParseBeams(ArgumentResult result)
    {
        List<int> beams = [];
        foreach (string part in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int beam) || beam < 1)
            {
                result.AddError($"--ef has '{part}'; it must be numbers of 1 or more, separated by commas.");
                return [];
            }

            beams.Add(beam);
        }

        return [.. beams];
    }
}
