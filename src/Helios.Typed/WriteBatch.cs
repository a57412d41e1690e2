using Helios.Typed.Engine;

namespace Helios.Typed;

/// <summary>Collects writes that are applied in order, all of them or none.</summary>
/// <remarks>Not thread-safe; may be reused after <see cref="Clear"/>.</remarks>
/// <typeparam name="TRecord">The annotated record type.</typeparam>
public sealed class WriteBatch<TRecord>
    where TRecord : IHeliosRecord<TRecord>
{
    private readonly List<Entry> _entries = [];

    /// <summary>Gets the number of writes.</summary>
    public int Count => _entries.Count;

    internal IReadOnlyList<Entry> Entries => _entries;

    /// <summary>Adds a record whose key must not be there yet; an integer key of 0 is assigned.</summary>
    /// <param name="record">The record.</param>
    public WriteBatch<TRecord> Insert(TRecord record) => Add(WriteOperation.Insert, record);

    /// <summary>Adds a record that replaces the one with its key, if there is one.</summary>
    /// <param name="record">The record.</param>
    public WriteBatch<TRecord> Upsert(TRecord record) => Add(WriteOperation.Upsert, record);

    /// <summary>Adds a record that replaces the one with its key, which must be there.</summary>
    /// <param name="record">The record.</param>
    public WriteBatch<TRecord> Update(TRecord record) => Add(WriteOperation.Update, record);

    /// <summary>Adds the removal of a key; one that is not there is passed over.</summary>
    /// <param name="key">The key.</param>
    public WriteBatch<TRecord> Delete(HeliosKey key)
    {
        _entries.Add(new Entry(WriteOperation.Delete, default, key));
        return this;
    }

    /// <summary>Removes every write.</summary>
    public void Clear() => _entries.Clear();

    private WriteBatch<TRecord> Add(WriteOperation operation, TRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        _entries.Add(new Entry(operation, record, KeyOf(record)));
        return this;
    }

    /// <summary>Reads the key of a record.</summary>
    /// <exception cref="ArgumentException">It is null.</exception>
    internal static HeliosKey KeyOf(TRecord record)
    {
        try
        {
            return TRecord.GetHeliosKey(record);
        }
        catch (ArgumentNullException error)
        {
            throw new ArgumentException($"A record of table '{TRecord.HeliosTable.Name}' has no key: column '{TRecord.HeliosTable.Shape.Key.Name}' is null. Give each record a key.", nameof(record), error);
        }
    }

    internal readonly record struct Entry(WriteOperation Operation, TRecord? Record, HeliosKey Key);
}
