namespace Helios.Typed;

/// <summary>Reports a write to a database that takes none: it was opened with <see cref="HeliosDatabaseOptions.ReadOnly"/>, or a disk failed it.</summary>
public sealed class HeliosReadOnlyException : HeliosException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The database directory.</param>
    /// <param name="message">Why it takes no writes, and what to do next.</param>
    /// <param name="innerException">The failure after which it takes none, or null where it was opened so.</param>
    public HeliosReadOnlyException(string path, string message, Exception? innerException)
        : base(message, innerException) => Path = path;

    /// <summary>Gets the database directory.</summary>
    public string Path { get; }
}
