using System.Diagnostics;
using System.Globalization;

namespace Helios.Typed.Samples.Tests.QuickStart;

/// <summary>Runs the sample as its own process.</summary>
internal static class QuickStartProcess
{
    private const string StoredPrefix = "stored ";

    private static readonly string _program = Path.Combine(AppContext.BaseDirectory, "QuickStart.dll");

    /// <summary>Starts the sample.</summary>
    public static Process Start(params IEnumerable<string> arguments) => DotnetProgram.Start(_program, arguments);

    /// <summary>Runs the sample to its end.</summary>
    public static Task<(int ExitCode, string Output, string Messages)> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        DotnetProgram.RunAsync(_program, arguments, cancellationToken);

    /// <summary>Reads how many rows a line of the sample reports as stored.</summary>
    public static bool TryReadStored(string line, out int stored)
    {
        stored = 0;
        return line.StartsWith(StoredPrefix, StringComparison.Ordinal)
            && int.TryParse(line[StoredPrefix.Length..].Split(' ')[0], CultureInfo.InvariantCulture, out stored);
    }
}
