using System.Diagnostics;
using System.Runtime.CompilerServices;
using Helios.Typed.Storage.Files;

namespace Helios.Typed.Tests.Storage.Files;

/// <summary>Is a second process that wants the lock of a directory: this test program, started again.</summary>
/// <remarks>
/// The module initializer runs before the test runner does, sees the variable and never lets it begin. So no second program has
/// to be built, found, or kept of one version with the tests.
/// </remarks>
internal static class LockChild
{
    private const string Variable = "HELIOS_TEST_LOCK_DIRECTORY";
    private const string ReadingVariable = "HELIOS_TEST_LOCK_READING";
    private const string Locked = "locked";

    /// <summary>Starts the process; it says one line, and then waits for its input to end.</summary>
    /// <param name="directory">The database directory.</param>
    /// <param name="isReading">Whether it opens the database there to read it, rather than to take the writer's lock alone.</param>
    public static Process Start(string directory, bool isReading = false)
    {
        string program = Environment.ProcessPath!;
        bool isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        var start = new ProcessStartInfo(program, isHost ? [typeof(LockChild).Assembly.Location] : [])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment[Variable] = directory;
        start.Environment[ReadingVariable] = isReading ? "1" : null;
        return Process.Start(start)!;
    }

    /// <summary>Says whether a line that the process wrote means that it has the lock.</summary>
    public static bool HasLock(string? line) => line == Locked;

    [ModuleInitializer]
    internal static void RunInstead()
    {
        string? directory = Environment.GetEnvironmentVariable(Variable);
        if (directory is null)
        {
            return;
        }

        try
        {
            using IDisposable held = Environment.GetEnvironmentVariable(ReadingVariable) is null
                ? PhysicalFileSystem.Instance.Lock(directory)
                : HeliosDatabase.OpenAsync(directory, o => o.ReadOnly = true).GetAwaiter().GetResult();
            Console.WriteLine(Locked);
            Console.In.ReadToEnd();
        }
        catch (HeliosLockedException e)
        {
            Console.WriteLine(e.Message);
        }

        Environment.Exit(0);
    }
}
