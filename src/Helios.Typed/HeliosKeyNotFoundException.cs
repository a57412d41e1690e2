namespace Helios.Typed;

/// <summary>Reports an update of a key that the table does not hold; nothing of its batch was written.</summary>
public sealed class HeliosKeyNotFoundException : HeliosException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="table">The table.</param>
    /// <param name="key">The key that is missing.</param>
    public HeliosKeyNotFoundException(string table, HeliosKey key)
        : base(key.IsUnassigned
            ? $"A record to update in table '{table}' has key 0, which stands for one not assigned yet. Set the key of the row that is meant; nothing of this batch was written."
            : $"Table '{table}' has no row with key {key} to update. Use UpsertAsync to write it either way; nothing of this batch was written.")
    {
        Table = table;
        Key = key;
    }

    /// <summary>Gets the table.</summary>
    public string Table { get; }

    /// <summary>Gets the key that is missing.</summary>
    public HeliosKey Key { get; }
}
