namespace Helios.Typed;

/// <summary>Says what was restored.</summary>
public sealed record RestoreResult
{
    /// <summary>Gets the newest commit of the restored database.</summary>
    public required long Sequence { get; init; }

    /// <summary>Gets how many files were copied.</summary>
    public required int Files { get; init; }

    /// <summary>Gets the bytes that were copied.</summary>
    public required long Bytes { get; init; }

    /// <summary>Gets the time it took.</summary>
    public required TimeSpan Elapsed { get; init; }
}
