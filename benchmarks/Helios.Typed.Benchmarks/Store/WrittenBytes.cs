using System.Globalization;

namespace Helios.Typed.Benchmarks.Store;

/// <summary>Reads how many bytes this process has handed to write calls, whatever store made them.</summary>
internal static class WrittenBytes
{
    private const string File = "/proc/self/io";
    private const string Field = "wchar:";

    /// <summary>Gets the count; null where the system does not tell.</summary>
    public static long? Read()
    {
        string? line = System.IO.File.Exists(File)
            ? System.IO.File.ReadLines(File).FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal))
            : null;
        return line is null ? null : long.Parse(line.AsSpan(Field.Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
    }
}
