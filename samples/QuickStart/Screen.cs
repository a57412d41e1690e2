using System.Globalization;
using System.Text.RegularExpressions;
using Helios.Typed;
using Spectre.Console;

namespace QuickStart;

/// <summary>Shows answers on standard output, and progress and trouble on standard error.</summary>
internal sealed partial class Screen
{
    private readonly IAnsiConsole _output = AnsiConsole.Console;
    private readonly IAnsiConsole _messages = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Gets whether a person can be asked for more.</summary>
    public static bool CanPrompt => !Console.IsInputRedirected && !Console.IsOutputRedirected;

    /// <summary>Says what happened.</summary>
    public static void Say(string message) => Console.WriteLine(message);

    /// <summary>Says what went wrong.</summary>
    public static void Complain(string message) => Console.Error.WriteLine(message);

    /// <summary>Says what a run that was stopped leaves behind.</summary>
    /// <param name="stored">How many meanings are stored, or null where they were not counted yet.</param>
    public static string DescribeStop(int? stored) => stored switch
    {
        null => "Stopped.",
        0 => "Stopped. Nothing was stored yet.",
        _ => "Stopped. What was stored stays; the next run goes on from there.",
    };

    /// <summary>Shows a bar while meanings are stored, or a line for each batch where there is no terminal.</summary>
    public async Task ShowStoringAsync(int total, Func<Action<int>, Task> store)
    {
        if (Console.IsErrorRedirected)
        {
            await store(stored => Console.Error.WriteLine($"stored {stored} of {total}"));
            return;
        }

        await _messages.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask task = context.AddTask("embedding and storing", maxValue: total);
                await store(stored => task.Value = stored);
            });
    }

    /// <summary>Shows the answers to a description, nearest first.</summary>
    public void ShowAnswers(string description, string? category, IReadOnlyList<Hit<Synset>> hits)
    {
        _output.WriteLine();
        _output.WriteLine(category is null ? $"“{description}”" : $"“{description}” in {category}");
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumn("cosine", column => column.NoWrap())
            .AddColumn("words", column => column.Width(24))
            .AddColumn("category", column => column.NoWrap())
            .AddColumn("definition");
        foreach (Hit<Synset> hit in hits)
        {
            table.AddRow(
                hit.Similarity.ToString("0.00", CultureInfo.InvariantCulture),
                Markup.Escape(string.Join(", ", hit.Record.Words.Take(3))),
                Markup.Escape(hit.Record.Category),
                Markup.Escape(hit.Record.Definition));
        }

        _output.Write(table);
    }

    /// <summary>Shows a query as SQL, and its hits as the library gives them.</summary>
    public void ShowRaw(string description, string sql, IReadOnlyList<Hit<Synset>> hits)
    {
        _output.WriteLine();
        _output.WriteLine($"“{description}”, as SQL and as the hits that come back:");
        _output.WriteLine();
        _output.WriteLine(Numbers().Replace(sql, "$1 …"));
        foreach (Hit<Synset> hit in hits)
        {
            _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {hit.Record.Id}  distance {hit.Distance:0.0000}  similarity {hit.Similarity:0.0000}  {hit.Record.Words[0]}"));
        }
    }

    /// <summary>Asks for a description; empty to end.</summary>
    public Task<string> PromptAsync(CancellationToken cancellationToken) =>
        new TextPrompt<string>("Describe a word (nothing to end):").AllowEmpty().ShowAsync(_output, cancellationToken);

    /// <summary>Finds a vector's numbers in SQL; the first three are enough on a screen.</summary>
    [GeneratedRegex(@"(?<=\[)([^,\]]+,[^,\]]+,[^,\]]+),[^\]]+")]
    private static partial Regex Numbers();
}
