namespace Helios.Typed;

/// <summary>Is something that salvage found damaged and had to do without.</summary>
public sealed class RecoveryLoss
{
    internal RecoveryLoss(string file, long offset, long rows, string? keptAs, string what)
    {
        File = file;
        Offset = offset;
        Rows = rows;
        KeptAs = keptAs;
        What = what;
    }

    /// <summary>Gets the path of the damaged file.</summary>
    public string File { get; }

    /// <summary>Gets where the first damage was found, in bytes from the start of the file.</summary>
    public long Offset { get; }

    /// <summary>Gets how many rows were lost; 0 where none was, −1 where nobody can tell.</summary>
    public long Rows { get; }

    /// <summary>Gets the path of the copy of the damaged file, or null where the file is missing.</summary>
    public string? KeptAs { get; }

    /// <summary>Gets what was found and what that means, in words.</summary>
    public string What { get; }

    /// <inheritdoc/>
    public override string ToString() => $"'{File}' at byte {Offset}: {What}";
}
