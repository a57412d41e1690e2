namespace Helios.Typed;

/// <summary>Is something that a check found wrong.</summary>
public sealed class VerificationProblem
{
    internal VerificationProblem(string file, long offset, string message)
    {
        File = file;
        Offset = offset;
        Message = message;
    }

    /// <summary>Gets the path of the file.</summary>
    public string File { get; }

    /// <summary>Gets where in it, in bytes from its start; 0 where the whole is meant.</summary>
    public long Offset { get; }

    /// <summary>Gets what was found, and what should be.</summary>
    public string Message { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{File} at {Offset}: {Message}";
}
