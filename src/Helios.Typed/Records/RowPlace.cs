using Helios.Typed.Primitives;

namespace Helios.Typed.Records;

/// <summary>Is where a row was read from, for errors.</summary>
/// <param name="File">The file, or null where the row is in memory alone.</param>
/// <param name="Offset">Where in the file that begins which holds the row.</param>
internal readonly record struct RowPlace(string? File, long Offset)
{
    /// <summary>Makes the error of something that cannot be read although its checksum held.</summary>
    /// <param name="what">What it is, in words that begin with a capital letter.</param>
    /// <param name="error">What is wrong with it.</param>
    public HeliosException Damaged(string what, InvalidDataException error)
    {
        if (File is null)
        {
            return new HeliosException($"{what} cannot be read, and is in memory alone: {error.Message}. Open the database again, which reads it from the log.", error);
        }

        return (HeliosException?)UnknownVersion.In(error, File)
            ?? new HeliosCorruptionException(File, Offset, $"{what} cannot be read: {error.Message}. Restore the database from a backup, or open it with RecoveryMode.Salvage.");
    }
}
