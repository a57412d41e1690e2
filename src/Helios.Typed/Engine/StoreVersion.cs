using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Is what the database is made of at one moment: for each table its memtables and segments.</summary>
/// <remarks>
/// Immutable, replaced whole by one swap, and counted by reference: the engine holds the newest, every snapshot the one
/// that it reads. A version holds every source that it lists, so that memory and files outlive their last reader.
/// </remarks>
internal sealed class StoreVersion
{
    private ReferenceCount _references = new();

    private StoreVersion(IReadOnlyDictionary<TableId, TableVersion> tables) => Tables = tables;

    /// <summary>Gets the tables that have rows.</summary>
    public IReadOnlyDictionary<TableId, TableVersion> Tables { get; }

    /// <summary>Makes a version and holds its sources, all of which are alive; the caller holds the version.</summary>
    public static StoreVersion Create(IReadOnlyDictionary<TableId, TableVersion> tables)
    {
        foreach (RowSource source in tables.Values.SelectMany(table => table.Sources))
        {
            if (!source.TryAddReference())
            {
                throw new InvalidOperationException("A store version was made of a source that has gone.");
            }
        }

        return new StoreVersion(tables);
    }

    /// <summary>Gives a table's sources; none where it has no rows.</summary>
    public TableVersion this[TableId table] => Tables.GetValueOrDefault(table, TableVersion.Empty);

    /// <summary>Makes the version in which one table is another; the caller holds it.</summary>
    public StoreVersion With(TableId table, TableVersion changed)
    {
        Dictionary<TableId, TableVersion> tables = new(Tables) { [table] = changed };
        return Create(tables);
    }

    /// <summary>Holds the version.</summary>
    /// <returns>False where it has gone already.</returns>
    public bool TryAddReference() => _references.TryAdd();

    /// <summary>Lets the version go; the last one lets its sources go.</summary>
    public void ReleaseReference()
    {
        if (!_references.Release())
        {
            return;
        }

        foreach (RowSource source in Tables.Values.SelectMany(table => table.Sources))
        {
            source.ReleaseReference();
        }
    }
}
