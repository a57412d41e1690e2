namespace Helios.Typed;

/// <summary>Reports that a table's stored schema and the declared one do not fit.</summary>
public sealed class HeliosSchemaException : HeliosException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="table">The table.</param>
    /// <param name="message">The difference spelled out, and the way to migrate.</param>
    public HeliosSchemaException(string table, string message)
        : base(message) => Table = table;

    /// <summary>Gets the table.</summary>
    public string Table { get; }
}
