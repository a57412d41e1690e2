namespace Helios.Typed;

/// <summary>Reports that stored bytes are not what was written.</summary>
public sealed class HeliosCorruptionException : HeliosException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="file">The damaged file.</param>
    /// <param name="offset">Where the damage was found, in bytes from the start of the file.</param>
    /// <param name="message">What was found, what was expected, and what to do next.</param>
    public HeliosCorruptionException(string file, long offset, string message)
        : base($"'{file}' is damaged at byte {offset}: {message}")
    {
        File = file;
        Offset = offset;
        Detail = message;
    }

    /// <summary>Gets the damaged file.</summary>
    public string File { get; }

    /// <summary>Gets where the damage was found, in bytes from the start of the file.</summary>
    public long Offset { get; }

    /// <summary>Gets the message without file and offset.</summary>
    internal string Detail { get; }
}
