using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Remembers what a transaction read, so that its commit can tell whether it still holds.</summary>
/// <param name="asOf">The commit that the transaction reads at.</param>
/// <param name="names">What the names of tables meant then.</param>
internal sealed class TransactionReads(SequenceNumber asOf, TableNames names)
{
    private readonly Dictionary<CatalogTable, TableReads> _tables = [];

    /// <summary>Gets the commit that the transaction reads at.</summary>
    public SequenceNumber AsOf => asOf;

    /// <summary>Gets what the names of tables meant when the transaction began.</summary>
    public TableNames Names => names;

    /// <summary>Gets what was read of each table.</summary>
    public IReadOnlyDictionary<CatalogTable, TableReads> Tables => _tables;

    /// <summary>Gives what is read of a table, for notes to be added.</summary>
    public TableReads Of(CatalogTable table)
    {
        if (!_tables.TryGetValue(table, out TableReads? reads))
        {
            _tables.Add(table, reads = new TableReads());
        }

        return reads;
    }
}

/// <summary>Remembers what a transaction read of one table: some keys, or all there is.</summary>
internal sealed class TableReads
{
    /// <summary>The most keys that are remembered one by one; beyond, the whole table counts as read, so that memory stays bounded.</summary>
    public const int MaxKeys = 1 << 16;

    private readonly Dictionary<byte[], bool> _keys = new(ByteStringComparer.Instance);

    /// <summary>Gets whether any change of the table may have changed what was read.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Gets the keys that were read, and whether each was there.</summary>
    public IReadOnlyDictionary<byte[], bool> Keys => _keys;

    /// <summary>Notes that rows were looked for by something other than their key.</summary>
    public void NoteWhole()
    {
        IsWhole = true;
        _keys.Clear();
    }

    /// <summary>Notes a key, and whether it was there as of the transaction's begin.</summary>
    public void NoteKey(ReadOnlySpan<byte> key, bool wasFound)
    {
        if (IsWhole)
        {
            return;
        }

        if (_keys.Count == MaxKeys)
        {
            NoteWhole();
            return;
        }

        _keys.GetAlternateLookup<ReadOnlySpan<byte>>()[key] = wasFound;
    }
}
