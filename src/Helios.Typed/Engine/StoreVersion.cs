using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Is what the database is made of at one moment: for each table its memtables and segments, and which tables there are by which names.</summary>
/// <remarks>
/// Immutable, replaced whole by one swap, and counted by reference: the engine holds the newest, every snapshot the one
/// that it reads. A version holds every source that it lists, so that memory and files outlive their last reader.
/// </remarks>
internal sealed class StoreVersion
{
    private ReferenceCount _references = new();

    private StoreVersion(IReadOnlyDictionary<TableId, TableVersion> tables, TableNames names)
    {
        Tables = tables;
        Names = names;
    }

    /// <summary>Gets the tables that have rows.</summary>
    public IReadOnlyDictionary<TableId, TableVersion> Tables { get; }

    /// <summary>Gets what names meant then.</summary>
    public TableNames Names { get; }

    /// <summary>Makes the version of a database that has nothing, or lets go of all; the caller holds it.</summary>
    public static StoreVersion CreateEmpty() => Create(new Dictionary<TableId, TableVersion>(), TableNames.None);

    /// <summary>Makes a version and holds its sources, all of which are alive; the caller holds the version.</summary>
    /// <param name="tables">The tables that have rows.</param>
    /// <param name="names">What names mean.</param>
    public static StoreVersion Create(IReadOnlyDictionary<TableId, TableVersion> tables, TableNames names)
    {
        foreach (RowSource source in tables.Values.SelectMany(table => table.Sources))
        {
            if (!source.TryAddReference())
            {
                throw new InvalidOperationException("A store version was made of a source that has gone.");
            }
        }

        return new StoreVersion(tables, names);
    }

    /// <summary>Gives a table's sources; none where it has no rows.</summary>
    public TableVersion this[TableId table] => Tables.TryGetValue(table, out TableVersion? found) ? found : TableVersion.Empty;

    /// <summary>Makes the version in which one table is another; the caller holds it.</summary>
    public StoreVersion With(TableId table, TableVersion changed)
    {
        Dictionary<TableId, TableVersion> tables = new(Tables) { [table] = changed };
        return With(tables);
    }

    /// <summary>Makes the version with other sources and the same names; the caller holds it.</summary>
    public StoreVersion With(IReadOnlyDictionary<TableId, TableVersion> tables) => Create(tables, Names);

    /// <summary>Makes the version with other names and the same sources; the caller holds it.</summary>
    public StoreVersion With(TableNames names) => Create(Tables, names);

    /// <summary>Makes the version without some tables, and with other names; the caller holds it.</summary>
    public StoreVersion Without(IReadOnlySet<TableId> dropped, TableNames names) =>
        Create(Tables.Where(table => !dropped.Contains(table.Key)).ToDictionary(), names);

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
