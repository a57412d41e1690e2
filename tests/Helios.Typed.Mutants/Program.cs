using System.CommandLine;
using Helios.Typed.Mutants;
using Spectre.Console;

Option<string[]> only = new("--only") { Description = "The bugs to try, by name; all without it.", AllowMultipleArgumentsPerToken = true };
Option<bool> verbose = new("--verbose") { Description = "Shows what the tests said of each bug." };
RootCommand root = new("Plants known bugs in the library, one at a time, and sees that the tests catch each.") { only, verbose };
root.SetAction(async (arguments, cancellationToken) =>
{
    string[] names = arguments.GetValue(only) ?? [];
    MutationRun run = new(AnsiConsole.Console, arguments.GetValue(verbose));
    return await run.RunAsync([.. PlantedBugs.All.Where(bug => names.Length == 0 || names.Contains(bug.Name))], cancellationToken) ? 0 : 1;
});
return await root.Parse(args).InvokeAsync();
