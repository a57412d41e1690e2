namespace Helios.Typed;

/// <summary>Reports an import that was cancelled.</summary>
/// <remarks>The records before <see cref="Imported"/> are durable; import goes on with the ones after them, as <c>Skip(n)</c> gives.</remarks>
public sealed class HeliosImportCanceledException : OperationCanceledException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="imported">How many records, from the first, are durable.</param>
    /// <param name="innerException">The cancellation.</param>
    /// <param name="cancellationToken">The token that asked for it.</param>
    public HeliosImportCanceledException(long imported, Exception innerException, CancellationToken cancellationToken)
        : base($"The import was cancelled. {imported} records are durable: go on with the ones after them.", innerException, cancellationToken) =>
        Imported = imported;

    /// <summary>Gets how many records, from the first, are durable.</summary>
    public long Imported { get; }
}
