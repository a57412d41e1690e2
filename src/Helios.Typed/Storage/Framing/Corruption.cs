namespace Helios.Typed.Storage.Framing;

/// <summary>Makes the errors of damaged files, so that each says the same way what to do.</summary>
internal static class Corruption
{
    /// <summary>Makes the error of bytes that are not what was written.</summary>
    /// <param name="file">The damaged file.</param>
    /// <param name="offset">Where the damage was found.</param>
    /// <param name="found">What was found and what was expected, as a sentence without its full stop.</param>
    public static HeliosCorruptionException At(string file, long offset, string found) =>
        new(file, offset, $"{found}. Restore the database from a backup; the file was left as it is.");

    /// <summary>Makes the error of a checksum that does not fit.</summary>
    public static HeliosCorruptionException Checksum(string file, long offset, string what, ulong found, ulong expected) =>
        At(file, offset, $"{what} has checksum {found:X16}, expected {expected:X16}");
}
