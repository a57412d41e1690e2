using System.Diagnostics;
using System.Globalization;

namespace Helios.Typed.Benchmarks.Ann;

/// <summary>Reads how much memory this process has resident, in megabytes of 10⁶ bytes.</summary>
internal static class ProcessMemory
{
    private const string StatusFile = "/proc/self/status";

    /// <summary>Reads what is resident now.</summary>
    public static double ResidentMb() => ReadMb("VmRSS:") ?? Environment.WorkingSet / 1e6;

    /// <summary>Reads the most that was ever resident.</summary>
    public static double PeakResidentMb()
    {
        using var process = Process.GetCurrentProcess();
        return ReadMb("VmHWM:") ?? process.PeakWorkingSet64 / 1e6;
    }

    private static double? ReadMb(string field)
    {
        string? line = File.Exists(StatusFile)
            ? File.ReadLines(StatusFile).FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal))
            : null;
        string? kibibytes = line?[field.Length..].Split(' ', '\t').FirstOrDefault(part => part.Length > 0);
        return kibibytes is null ? null : long.Parse(kibibytes, CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
