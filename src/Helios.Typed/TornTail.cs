namespace Helios.Typed;

/// <summary>Is the torn tail of a file, as an interrupted write leaves one.</summary>
public sealed class TornTail
{
    internal TornTail(string file, long offset, long bytes)
    {
        File = file;
        Offset = offset;
        Bytes = bytes;
    }

    /// <summary>Gets the path of the file.</summary>
    public string File { get; }

    /// <summary>Gets where it was cut, in bytes from the start of the file.</summary>
    public long Offset { get; }

    /// <summary>Gets how many bytes were cut off.</summary>
    public long Bytes { get; }
}
