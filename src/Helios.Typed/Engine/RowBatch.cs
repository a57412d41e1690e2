using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Collects the writes of one commit to one table, already encoded.</summary>
internal sealed class RowBatch(TableSchema schema) : IDisposable
{
    /// <summary>Gets the table.</summary>
    public TableSchema Schema => schema;

    /// <summary>Adds an insert, upsert or update.</summary>
    /// <param name="operation">Which.</param>
    /// <param name="key">The key; an unassigned one is assigned at the commit where the table does so.</param>
    /// <param name="row">The completed row; copied.</param>
    /// <exception cref="ArgumentException">The key is not of the table's type.</exception>
    public void Write(WriteOperation operation, HeliosKey key, RowEncoder row) => throw new NotSupportedException();

    /// <summary>Adds a delete.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="ArgumentException">The key is not of the table's type.</exception>
    public void Delete(HeliosKey key) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotSupportedException();
}
