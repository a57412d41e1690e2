namespace Helios.Typed;

/// <summary>Reports that a transaction could not be committed because what it had read was changed meanwhile; nothing of it was written.</summary>
/// <remarks>Nothing is wrong: two worked on the same rows at once, and the other was first. Run the whole transaction again, which <see cref="HeliosDatabase.RunInTransactionAsync(Func{HeliosTransaction, CancellationToken, Task}, int, CancellationToken)"/> does by itself.</remarks>
public sealed class HeliosConflictException : HeliosException
{
    /// <summary>Creates the exception for rows that were found by something other than their key.</summary>
    /// <param name="table">The table.</param>
    public HeliosConflictException(string table)
        : base($"The transaction searched, listed or counted rows of table '{table}', and another commit has changed the table since the transaction began. Nothing of the transaction was written. Run it again from its beginning, or let RunInTransactionAsync do so.") =>
        Table = table;

    /// <summary>Creates the exception for one row.</summary>
    /// <param name="table">The table.</param>
    /// <param name="key">The key of the row that was changed, or that came or went.</param>
    public HeliosConflictException(string table, HeliosKey key)
        : base($"The transaction rests on what it found at key {key} of table '{table}', and another commit has changed that since the transaction began. Nothing of the transaction was written. Run it again from its beginning, or let RunInTransactionAsync do so.")
    {
        Table = table;
        Key = key;
    }

    private HeliosConflictException(string table, string message)
        : base(message) => Table = table;

    /// <summary>Gets the table.</summary>
    public string Table { get; }

    /// <summary>Gets the key, or null where the transaction had read the table as a whole.</summary>
    public HeliosKey? Key { get; }

    /// <summary>Creates the exception for a table whose name meant another one when the transaction began, or which has gone since.</summary>
    internal static HeliosConflictException OfReplaced(string table) =>
        new(table, $"Table '{table}', or a column of it, was dropped or replaced since the transaction began. Nothing of the transaction was written. Run it again from its beginning, or let RunInTransactionAsync do so: it meets the table that is there then.");
}
