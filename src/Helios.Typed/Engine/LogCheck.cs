using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Manifest;

namespace Helios.Typed.Engine;

/// <summary>Checks what the commits of the logs say, group after group, as replaying them would, and applies nothing.</summary>
internal sealed class LogCheck
{
    private readonly CommitRun _commits;
    private readonly Dictionary<TableId, TableSchema> _tables;

    /// <summary>Begins with the tables of the manifest.</summary>
    /// <exception cref="InvalidDataException">The shape of one cannot be read.</exception>
    public LogCheck(ManifestState manifest)
    {
        _commits = new CommitRun(manifest);
        _tables = manifest.Tables.ToDictionary(table => table.Id, table => DatabaseState.SchemaOf(ShapeCodec.Decode(table.Shape.Span)));
    }

    /// <summary>Gets the newest commit that the manifest or a log has.</summary>
    public SequenceNumber Last => _commits.Last;

    /// <summary>Says what is wrong with a group that does not follow the one before, or gives null.</summary>
    public string? FindGap(SequenceNumber first, SequenceNumber last) => _commits.FindGap(first, last);

    /// <summary>Checks a group.</summary>
    /// <exception cref="InvalidDataException">It is malformed, or does not fit what came before.</exception>
    public void Check(SequenceNumber first, SequenceNumber last, ReadOnlySpan<byte> payload)
    {
        string? gap = _commits.FindGap(first, last);
        _commits.Enter(last);
        if (gap is not null)
        {
            throw new InvalidDataException(gap);
        }

        CommitReader.Validate(payload, first, last);
        CommitReader reader = new(payload);
        while (reader.TryReadCommit(out SequenceNumber sequence))
        {
            while (reader.TryReadOperation(out LogOperation operation))
            {
                // Of tables that were dropped since, or had another shape then, nothing is known and nothing is replayed.
                if (!_commits.IsPersisted(operation.Table, sequence))
                {
                    Check(operation, sequence);
                }
            }
        }
    }

    private void Check(LogOperation operation, SequenceNumber at)
    {
        bool isCreation = operation.Kind == LogOperationKind.CreateTable;
        if (isCreation == _tables.TryGetValue(operation.Table, out TableSchema? schema))
        {
            throw new InvalidDataException($"commit {at.Value} {(isCreation ? "creates" : "writes to")} table {operation.Table.Value}, which {(isCreation ? "is there already" : "was never created")}");
        }

        switch (operation.Kind)
        {
            case LogOperationKind.CreateTable or LogOperationKind.AlterTable:
                TableShape shape = ShapeCodec.Decode(operation.Shape);
                RowCheck.RequireSuccessor(schema?.Stored, shape);
                _tables[operation.Table] = DatabaseState.SchemaOf(shape);
                break;
            case LogOperationKind.DropTable:
                _tables.Remove(operation.Table);
                break;
            default:
                RowCheck.RequireOperation(schema!, operation);
                break;
        }
    }
}
