using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Framing;

namespace Helios.Typed.Engine;

/// <summary>Brings the commits of the logs back into memory when a database is opened.</summary>
/// <remarks>
/// A commit that the manifest has in segments is passed over, table by table, so that replaying twice is replaying once. A flush
/// may cut a log in its middle: what stands before the cut of a table that the manifest does not have is of a dropped one. What
/// is brought back was checked value by value, so that everything in memory can be read.
/// </remarks>
internal sealed class LogReplay(DatabaseState state) : IDisposable
{
    private readonly CommitRun _commits = new(state.Manifest.Current);
    private readonly Dictionary<CatalogTable, (TableSchema Schema, PaddedVectors? Vectors)> _tables = [];

    /// <summary>Gets the newest commit that the manifest or the logs have.</summary>
    public SequenceNumber Last => _commits.Last;

    /// <summary>Gets how many commits were brought back, in whole or in part.</summary>
    public long Commits { get; private set; }

    /// <summary>Gets how many row versions were brought back.</summary>
    public long Rows { get; private set; }

    /// <summary>Gets the memtables that a change of a table's vector columns closed, oldest first.</summary>
    public Dictionary<TableId, List<Memtable>> Closed { get; } = [];

    /// <summary>Gets or sets what is called after each commit that was brought back.</summary>
    public Action<SequenceNumber>? Applied { get; set; }

    /// <summary>Applies one group.</summary>
    /// <exception cref="InvalidDataException">It is malformed or does not fit what came before; nothing is known of how much of it was applied.</exception>
    public void Apply(SequenceNumber first, SequenceNumber last, ReadOnlySpan<byte> payload)
    {
        if (_commits.FindGap(first, last) is { } gap)
        {
            throw new InvalidDataException(gap);
        }

        CommitReader.Validate(payload, first, last);
        CommitReader reader = new(payload);
        while (reader.TryReadCommit(out SequenceNumber sequence))
        {
            bool isNew = false;
            while (reader.TryReadOperation(out LogOperation operation))
            {
                if (!_commits.IsPersisted(operation.Table, sequence))
                {
                    isNew = true;
                    Apply(operation, sequence);
                }
            }

            if (isNew)
            {
                Commits++;
                Applied?.Invoke(sequence);
            }
        }

        _commits.Enter(last);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, PaddedVectors? vectors) in _tables.Values)
        {
            vectors?.Dispose();
        }

        _tables.Clear();
    }

    private void Apply(LogOperation operation, SequenceNumber at)
    {
        if (operation.Kind == LogOperationKind.CreateTable)
        {
            state.Catalog.Restore(operation.Table, ShapeCodec.Decode(operation.Shape));
            return;
        }

        if (!state.Catalog.TryGet(operation.Table, out CatalogTable? table))
        {
            throw new InvalidDataException($"commit {at.Value} writes to table {operation.Table.Value}, which was never created");
        }

        switch (operation.Kind)
        {
            case LogOperationKind.AlterTable:
                Alter(table, ShapeCodec.Decode(operation.Shape));
                break;
            case LogOperationKind.DropTable:
                Drop(table);
                break;
            case LogOperationKind.Put or LogOperationKind.Replace:
                Put(table, operation, at);
                break;
            case LogOperationKind.Miss:
                RowCheck.RequireOperation(SchemaOf(table), operation);
                break;
            default:
                RowCheck.RequireOperation(SchemaOf(table), operation);
                End(table, operation.Key, at);
                break;
        }
    }

    private void Alter(CatalogTable table, TableShape shape)
    {
        RowCheck.RequireSuccessor(table.Shape, shape);
        state.Catalog.Alter(table, shape);
        TableVersion version = state.Current[table.Id];
        if (version.Active is { } active && !MemtableFactory.Fits(active, shape))
        {
            Closed.TryAdd(table.Id, []);
            Closed[table.Id].Add(active);
            state.Swap(state.Current.With(table.Id, version.WithoutActive()));
        }

        Forget(table);
    }

    private void Drop(CatalogTable table)
    {
        Closed.Remove(table.Id);
        Forget(table);
        state.DropTable(table);
        state.Swap(state.Current.Without(new HashSet<TableId> { table.Id }, state.Catalog.Names));
    }

    private void Put(CatalogTable table, LogOperation operation, SequenceNumber at)
    {
        TableSchema schema = SchemaOf(table);
        RowCheck.RequireOperation(schema, operation);
        ReadOnlySpan<byte> key = operation.Key;
        ColumnType type = table.Shape.Key.Type;
        bool isNew = false;
        if (KeyCounter.Counts(type))
        {
            long number = KeyCounter.Read(type, key);
            isNew = KeyCounter.IsNew(table.NextKey, number);
            table.NextKey = KeyCounter.After(table.NextKey, number);
        }

        if (!isNew)
        {
            End(table, key, at);
        }

        Memtable memtable = MemtableFactory.Require(state, table.Id, table.Shape);
        if (_tables[table].Vectors is not { } vectors)
        {
            _tables[table] = (schema, vectors = new PaddedVectors(memtable.Schema));
        }

        memtable.Add(key, at, operation.Row, vectors.Pad(operation.Vectors));
        Rows++;
    }

    private void End(CatalogTable table, ReadOnlySpan<byte> key, SequenceNumber at)
    {
        if (state.Current[table.Id].TryFindNewest(key, out RowSource? source, out int ordinal))
        {
            source!.End(ordinal, at);
        }
    }

    private TableSchema SchemaOf(CatalogTable table)
    {
        if (!_tables.TryGetValue(table, out (TableSchema Schema, PaddedVectors? Vectors) known))
        {
            _tables.Add(table, known = (DatabaseState.SchemaOf(table.Shape), null));
            RequireCounted(table, known.Schema);
        }

        return known.Schema;
    }

    // A key above the counter is taken for one that no segment has, and is not looked up there.
    private void RequireCounted(CatalogTable table, TableSchema schema)
    {
        foreach (Segment segment in state.Current[table.Id].Segments)
        {
            if (KeyCounter.FindUncounted(segment, schema.KeyType, table.NextKey) is { } key)
            {
                throw Corruption.At(StoredTables.ManifestOf(state.Options.Files, state.Options.Path), 0, $"its checksums hold, but the next key of table '{schema.Stored.Name}' is {table.NextKey}, and '{segment.Description.FileName}' has key {key}");
            }
        }
    }

    private void Forget(CatalogTable table)
    {
        if (_tables.Remove(table, out (TableSchema Schema, PaddedVectors? Vectors) known))
        {
            known.Vectors?.Dispose();
        }
    }
}
