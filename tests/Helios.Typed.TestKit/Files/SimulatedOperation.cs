namespace Helios.Typed.TestKit.Files;

/// <summary>Is one operation of the trace; the trace alone is enough to make the disk again at any point of it.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Path">To which file or directory, by the name it had then.</param>
/// <param name="Inode">The file's own number, or 0 for a directory.</param>
/// <param name="Offset">Where, or the new length.</param>
/// <param name="Data">What was written, or null.</param>
/// <param name="Target">The new name, or null.</param>
/// <param name="Attempted">What was asked for, where that failed; null for what went well, or seemed to.</param>
/// <param name="Landed">Where misdirected bytes went: a file's number and an offset.</param>
internal sealed record SimulatedOperation(
    OperationKind Kind,
    string Path,
    int Inode,
    long Offset = 0,
    byte[]? Data = null,
    string? Target = null,
    OperationKind? Attempted = null,
    (int Inode, long Offset) Landed = default)
{
    /// <summary>Gets whether the operation was answered by an error.</summary>
    public bool HasFailed => Attempted is not null;

    /// <inheritdoc/>
    public override string ToString() => Attempted is { } attempted ? $"failed {attempted} of {System.IO.Path.GetFileName(Path)}" : Kind switch
    {
        OperationKind.Write => $"write {Data!.Length} at {Offset} of {System.IO.Path.GetFileName(Path)}",
        OperationKind.SetLength => $"set length {Offset} of {System.IO.Path.GetFileName(Path)}",
        OperationKind.Rename => $"rename {System.IO.Path.GetFileName(Path)} to {System.IO.Path.GetFileName(Target)}",
        OperationKind.Link => $"link {System.IO.Path.GetFileName(Path)} as {Target}",
        _ => $"{Kind} {System.IO.Path.GetFileName(Path)}",
    };
}
