using System.CommandLine;
using BenchmarkDotNet.Running;

namespace Helios.Typed.Benchmarks.Kernels;

/// <summary>Runs the kernels' benchmarks.</summary>
internal static class KernelsCommand
{
    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        Argument<string[]> arguments = new("arguments") { Description = "What BenchmarkDotNet takes, such as --filter *768*." };
        Command command = new("kernels", "Measures the distance kernels with BenchmarkDotNet.") { arguments };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(parsed =>
            BenchmarkSwitcher.FromAssembly(typeof(KernelsCommand).Assembly)
                .Run([.. parsed.GetValue(arguments) ?? [], .. parsed.UnmatchedTokens])
                .Any()
                ? 0
                : 1);
        return command;
    }
}
