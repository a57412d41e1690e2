namespace Helios.Typed;

/// <summary>Reports an insert of a key that the table already holds; nothing of its batch was written.</summary>
public sealed class HeliosDuplicateKeyException : HeliosException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="table">The table.</param>
    /// <param name="key">The key that is already there.</param>
    public HeliosDuplicateKeyException(string table, HeliosKey key)
        : base($"Table '{table}' already has a row with key {key}, stored or earlier in the same batch. Use UpsertAsync to replace it; nothing of this batch was written.")
    {
        Table = table;
        Key = key;
    }

    /// <summary>Gets the table.</summary>
    public string Table { get; }

    /// <summary>Gets the key that is already there.</summary>
    public HeliosKey Key { get; }
}
