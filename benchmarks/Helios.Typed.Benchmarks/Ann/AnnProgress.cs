using Spectre.Console;

namespace Helios.Typed.Benchmarks.Ann;

/// <summary>Shows how far a step is, on standard error, so that standard output stays the result's.</summary>
internal sealed class AnnProgress(IAnsiConsole console)
{
    /// <summary>Runs a step that reports how many of a total are done.</summary>
    public Task RunAsync(string name, long total, Func<Action<long>, Task> step) =>
        console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask task = context.AddTask(name, maxValue: total);
                await step(done => task.Value = done);
                task.Value = total;
            });
}
