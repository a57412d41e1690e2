namespace Helios.Typed;

/// <summary>Reports an import that stopped: a record that cannot be stored, a source that failed, or a commit that did.</summary>
/// <remarks>The records before <see cref="Imported"/> are durable; import goes on with the ones after them, as <c>Skip(n)</c> gives.</remarks>
public sealed class HeliosImportException : HeliosException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="imported">How many records, from the first, are durable.</param>
    /// <param name="position">The place of the record that stopped the import, from 0, where it was one record.</param>
    /// <param name="innerException">The cause.</param>
    public HeliosImportException(string message, long imported, long? position, Exception innerException)
        : base(message, innerException)
    {
        Imported = imported;
        Position = position;
    }

    /// <summary>Gets how many records, from the first, are durable.</summary>
    public long Imported { get; }

    /// <summary>Gets the place of the record that stopped the import, from 0, or null where a whole commit failed.</summary>
    public long? Position { get; }
}
