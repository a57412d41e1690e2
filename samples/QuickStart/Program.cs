using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using Helios.Typed;
using QuickStart;

const int AnswerCount = 5;

Argument<string[]> description = new("description") { Description = "What the word means; without it, some examples are answered." };
Option<string?> category = new("--category") { Description = "Keeps words of one WordNet category, such as noun.animal or verb.motion." };
Option<string> path = new("--path") { Description = "The database directory.", DefaultValueFactory = _ => "reverse-dictionary.helios" };
RootCommand root = new("Finds the word for a meaning: a reverse dictionary of 20,000 WordNet definitions in a Helios database.")
{
    description, category, path,
};
root.SetAction(async (arguments, cancellationToken) =>
{
    // Ctrl+C is listened to only once the action has let go of its thread.
    await Task.Yield();
    Screen screen = new();
    int? stored = null;
    if (FindMistake(arguments) is { } mistake)
    {
        Screen.Complain(mistake);
        return 1;
    }

    try
    {
        long start = Stopwatch.GetTimestamp();
        await using ReverseDictionary dictionary = await ReverseDictionary.OpenAsync(arguments.GetRequiredValue(path), cancellationToken);
        await FillAsync(screen, dictionary, start, count => stored = count, cancellationToken);
        return arguments.GetValue(description) is { Length: > 0 } words
            ? await AnswerAsync(screen, dictionary, string.Join(' ', words), arguments.GetValue(category), cancellationToken)
            : await ShowExamplesAsync(screen, dictionary, cancellationToken);
    }
    catch (OperationCanceledException)
    {
        Screen.Complain(Screen.DescribeStop(stored));
        return 130;
    }
    catch (Exception exception) when (exception is HeliosException or IOException or InvalidDataException or UnauthorizedAccessException)
    {
        Screen.Complain(exception.Message);
        return 1;
    }
});

// After Ctrl+C, the batch at hand is finished and the database closed.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });

// Says what is wrong with the command line, before a database is made for it; null where nothing is.
string? FindMistake(ParseResult arguments)
{
    IReadOnlyList<Token> words = arguments.GetResult(description)?.Tokens ?? [];
    Token? mistyped = arguments.Tokens
        .TakeWhile(token => token.Type != TokenType.DoubleDash)
        .FirstOrDefault(token => words.Contains(token) && LooksLikeOption(token.Value));
    if (mistyped is not null)
    {
        return $"There is no option '{mistyped.Value}'; --help lists those there are. Words that begin with a dash go behind --, as in: -- {mistyped.Value}";
    }

    return arguments.GetValue(category) is { } chosen ? ReverseDictionary.FindCategoryMistake(chosen) : null;
}

static bool LooksLikeOption(string word) => word.StartsWith('-') && word.TrimStart('-') is { Length: > 0 } name && char.IsLetter(name[0]);

static async Task FillAsync(Screen screen, ReverseDictionary dictionary, long start, Action<int> reportStored, CancellationToken cancellationToken)
{
    (int stored, int total) = await dictionary.CountAsync(cancellationToken);
    reportStored(stored);
    TimeSpan opening = Stopwatch.GetElapsedTime(start);
    if (stored > 0)
    {
        Screen.Say($"Opened {dictionary.Path} with {stored:N0} of {total:N0} meanings in {opening.TotalMilliseconds:N0} ms.");
    }

    if (stored < total)
    {
        await screen.ShowStoringAsync(total, show => dictionary.FillAsync(show + reportStored, cancellationToken));
    }
}

static async Task<int> AnswerAsync(Screen screen, ReverseDictionary dictionary, string description, string? category, CancellationToken cancellationToken)
{
    if (await dictionary.AskAsync(description, category, cancellationToken) is not { } query)
    {
        Screen.Complain($"None of the words of “{description}” is known.");
        return 1;
    }

    screen.ShowAnswers(description, category, await query.Take(AnswerCount).ToListAsync(cancellationToken));
    return 0;
}

static async Task<int> ShowExamplesAsync(Screen screen, ReverseDictionary dictionary, CancellationToken cancellationToken)
{
    await AnswerAsync(screen, dictionary, "instrument for measuring temperature", category: null, cancellationToken);
    await AnswerAsync(screen, dictionary, "place where books are kept", category: null, cancellationToken);
    await AnswerAsync(screen, dictionary, "feeling of great happiness", category: "noun.feeling", cancellationToken);
    const string Raw = "vehicle that flies";
    if ((await dictionary.AskAsync(Raw, "noun.artifact", cancellationToken))?.Take(3) is { } query)
    {
        screen.ShowRaw(Raw, query.ToSql(), await query.ToListAsync(cancellationToken));
    }

    while (Screen.CanPrompt && await screen.PromptAsync(cancellationToken) is { Length: > 0 } description)
    {
        await AnswerAsync(screen, dictionary, description, category: null, cancellationToken);
    }

    return 0;
}
