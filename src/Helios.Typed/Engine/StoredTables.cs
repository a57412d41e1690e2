using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;

namespace Helios.Typed.Engine;

/// <summary>Reads the shapes of the tables that a manifest names.</summary>
internal static class StoredTables
{
    /// <summary>Reads a table's shape.</summary>
    /// <param name="table">The table.</param>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The database directory.</param>
    /// <exception cref="HeliosFormatException">The shape is of an unknown version.</exception>
    /// <exception cref="HeliosCorruptionException">It is malformed, although the manifest's checksums hold.</exception>
    public static TableShape ShapeOf(ManifestTable table, IFileSystem files, string directory)
    {
        try
        {
            return ShapeCodec.Decode(table.Shape.Span);
        }
        catch (InvalidDataException error)
        {
            string path = ManifestOf(files, directory);
            throw (HeliosException?)UnknownVersion.In(error, path)
                ?? new HeliosCorruptionException(path, 0, $"its table {table.Id.Value} cannot be read: {error.Message}. Restore the database from a backup, or open it with the library version that wrote it.");
        }
    }

    /// <summary>Gives the path of the manifest that is in use, for errors.</summary>
    public static string ManifestOf(IFileSystem files, string directory)
    {
        try
        {
            return Path.Combine(directory, FileNames.Manifest(CurrentFile.Read(files, directory)));
        }
        catch (Exception error) when (error is HeliosCorruptionException or IOException)
        {
            // A salvage found a manifest without it.
            return Path.Combine(directory, FileNames.Current);
        }
    }
}
