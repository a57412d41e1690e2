using Helios.Typed.Engine;

namespace Helios.Typed;

/// <summary>Collects writes to a table that was defined at run time; applied in order, all of them or none.</summary>
/// <remarks>Not thread-safe; may be reused after <see cref="Clear"/>. Rows are read when the batch is written.</remarks>
public sealed class HeliosRowBatch
{
    private readonly List<(WriteOperation Operation, HeliosRow? Row, HeliosKey Key)> _entries = [];

    /// <summary>Gets the number of writes.</summary>
    public int Count => _entries.Count;

    internal IReadOnlyList<(WriteOperation Operation, HeliosRow? Row, HeliosKey Key)> Entries => _entries;

    /// <summary>Adds a row whose key must not be there yet; an integer key of 0 is assigned.</summary>
    /// <param name="row">The row.</param>
    public HeliosRowBatch Insert(HeliosRow row) => Add(WriteOperation.Insert, row);

    /// <summary>Adds a row that replaces the one with its key, if there is one.</summary>
    /// <param name="row">The row.</param>
    public HeliosRowBatch Upsert(HeliosRow row) => Add(WriteOperation.Upsert, row);

    /// <summary>Adds a row that replaces the one with its key, which must be there.</summary>
    /// <param name="row">The row.</param>
    public HeliosRowBatch Update(HeliosRow row) => Add(WriteOperation.Update, row);

    /// <summary>Adds the removal of a key; one that is not there is passed over.</summary>
    /// <param name="key">The key.</param>
    public HeliosRowBatch Delete(HeliosKey key)
    {
        _entries.Add((WriteOperation.Delete, null, key));
        return this;
    }

    /// <summary>Removes every write.</summary>
    public void Clear() => _entries.Clear();

    private HeliosRowBatch Add(WriteOperation operation, HeliosRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        _entries.Add((operation, row, row.Key));
        return this;
    }
}
