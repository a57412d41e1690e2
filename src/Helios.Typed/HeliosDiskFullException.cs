namespace Helios.Typed;

/// <summary>Reports that something could not be written because the disk, or a quota on it, has no room left.</summary>
/// <remarks>
/// Nothing that was committed is lost, and the database takes writes again as soon as there is room: nothing has to be closed or
/// opened for that.
/// </remarks>
public sealed class HeliosDiskFullException : HeliosException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The database directory.</param>
    /// <param name="writing">What was being written, to follow "while".</param>
    /// <param name="innerException">What the system reported.</param>
    public HeliosDiskFullException(string path, string writing, Exception? innerException)
        : base($"The disk of '{path}' is full ({innerException?.Message}) while {writing}. What was committed before is safe. Make room and try again; the database need not be opened anew.", innerException)
    {
        Path = path;
        Writing = writing;
    }

    /// <summary>Gets the database directory.</summary>
    public string Path { get; }

    /// <summary>Gets what was being written, such as <c>writing a batch to the log</c>.</summary>
    public string Writing { get; }
}
