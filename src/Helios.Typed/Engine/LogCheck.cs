using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Manifest;

namespace Helios.Typed.Engine;

/// <summary>Checks what the commits of the logs say, group after group, as replaying them would, and applies nothing.</summary>
internal sealed class LogCheck
{
    private readonly PersistedCommits _persisted;
    private readonly Dictionary<TableId, TableSchema> _tables;
    private SequenceNumber? _lastRead;

    /// <summary>Begins with the tables of the manifest.</summary>
    /// <exception cref="InvalidDataException">The shape of one cannot be read.</exception>
    public LogCheck(ManifestState manifest)
    {
        _persisted = new PersistedCommits(manifest);
        _tables = manifest.Tables.ToDictionary(table => table.Id, table => DatabaseState.SchemaOf(ShapeCodec.Decode(table.Shape.Span)));
    }

    /// <summary>Gets the newest commit that the manifest or a log has.</summary>
    public SequenceNumber Last => _lastRead is { } last && last > _persisted.Highest ? last : _persisted.Highest;

    /// <summary>Checks a group.</summary>
    /// <exception cref="InvalidDataException">It is malformed, or does not fit what came before.</exception>
    public void Check(SequenceNumber first, SequenceNumber last, ReadOnlySpan<byte> payload)
    {
        SequenceNumber before = _lastRead ?? _persisted.Highest;
        bool follows = _lastRead is not null ? first.Value == before.Value + 1 : first.Value > 0 && first.Value <= before.Value + 1;
        _lastRead = last;
        if (!follows)
        {
            throw new InvalidDataException($"commits {first.Value} to {last.Value} follow commit {before.Value}");
        }

        CommitReader.Validate(payload, first, last);
        CommitReader reader = new(payload);
        while (reader.TryReadCommit(out SequenceNumber sequence))
        {
            while (reader.TryReadOperation(out LogOperation operation))
            {
                // Of tables that were dropped since, or had another shape then, nothing is known and nothing is replayed.
                if (!_persisted.Has(operation.Table, sequence))
                {
                    Check(operation, sequence);
                }
            }
        }
    }

    private void Check(LogOperation operation, SequenceNumber at)
    {
        if (operation.Kind == LogOperationKind.CreateTable)
        {
            _tables[operation.Table] = DatabaseState.SchemaOf(ShapeCodec.Decode(operation.Shape));
            return;
        }

        if (!_tables.TryGetValue(operation.Table, out TableSchema? schema))
        {
            throw new InvalidDataException($"commit {at.Value} writes to table {operation.Table.Value}, which was never created");
        }

        switch (operation.Kind)
        {
            case LogOperationKind.AlterTable:
                TableShape shape = ShapeCodec.Decode(operation.Shape);
                RowCheck.RequireSuccessor(schema.Stored, shape);
                _tables[operation.Table] = DatabaseState.SchemaOf(shape);
                break;
            case LogOperationKind.DropTable:
                _tables.Remove(operation.Table);
                break;
            default:
                RowCheck.RequireOperation(schema, operation);
                break;
        }
    }
}
