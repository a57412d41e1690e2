namespace Helios.Typed;

/// <summary>Reports a file that is whole but of a format version this library does not know.</summary>
public sealed class HeliosFormatException : HeliosException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="file">The file.</param>
    /// <param name="version">The version found in it.</param>
    /// <param name="newestKnown">The newest version this library reads.</param>
    public HeliosFormatException(string file, int version, int newestKnown)
        : base($"'{file}' has format version {version}, and this library reads versions up to {newestKnown}. Open it with the library version that wrote it, or a newer one.")
    {
        File = file;
        Version = version;
    }

    /// <summary>Creates the exception of something in a file that has a version of its own.</summary>
    internal HeliosFormatException(string file, string what, int version, int newestKnown)
        : base($"In '{file}', {what} has format version {version}, and this library reads versions up to {newestKnown}. Open it with the library version that wrote it, or a newer one.")
    {
        File = file;
        Version = version;
    }

    /// <summary>Creates the exception of something in a file that only newer versions of the library know.</summary>
    internal HeliosFormatException(string file, string what, int version)
        : base($"In '{file}', {what}: a newer version of this library wrote it. Open it with that version, or a newer one.")
    {
        File = file;
        Version = version;
    }

    /// <summary>Gets the file.</summary>
    public string File { get; }

    /// <summary>Gets the version found in the file.</summary>
    public int Version { get; }
}
