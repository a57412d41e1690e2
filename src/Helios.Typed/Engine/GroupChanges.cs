using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Turns log groups into changes, and keeps the shape that each table had at each commit.</summary>
/// <remarks>
/// Each log states a table's shape before it says anything else of it. So a shape of a table that was not met yet states what
/// was so already, and another one after it is a change of the table.
/// </remarks>
/// <param name="table">The one table whose changes are wanted, or null for all. Of other tables that had its name or took it, who follows one by its name is told that they did.</param>
internal sealed class GroupChanges(CatalogTable? table)
{
    private readonly Dictionary<TableId, (byte[] Encoded, TableShape Shape)> _shapes = [];
    private RowPlace _place;

    /// <summary>Reads the changes of a group.</summary>
    /// <param name="payload">The group's payload.</param>
    /// <param name="since">Commits up to here are passed over, but for the shapes that they state.</param>
    /// <param name="place">Where the log has the group.</param>
    /// <param name="changes">Takes the changes, in order.</param>
    /// <exception cref="InvalidDataException">The payload is malformed.</exception>
    public void Read(ReadOnlySpan<byte> payload, SequenceNumber since, RowPlace place, List<LoggedChange> changes)
    {
        _place = place;
        CommitReader reader = new(payload);
        while (reader.TryReadCommit(out SequenceNumber sequence))
        {
            int before = changes.Count;
            while (reader.TryReadOperation(out LogOperation operation))
            {
                LoggedChange? change = operation.Kind switch
                {
                    LogOperationKind.CreateTable or LogOperationKind.AlterTable => NoteShape(operation, sequence),
                    LogOperationKind.DropTable => NoteDrop(operation, sequence),
                    _ => sequence > since ? ReadRow(operation, sequence) : null,
                };
                if (change is not null && sequence > since)
                {
                    changes.Add(change);
                }
            }

            if (changes.Count > before)
            {
                changes[^1].IsLastOfCommit = true;
            }
        }
    }

    private static ChangeKind? KindOf(LogOperationKind kind) => kind switch
    {
        LogOperationKind.Put => ChangeKind.Insert,
        LogOperationKind.Replace => ChangeKind.Update,
        LogOperationKind.Delete => ChangeKind.Delete,
        _ => null,
    };

    private static bool IsSame(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private bool IsOfTable(TableId id) => table is null || table.Id == id;

    private LoggedChange? ReadRow(in LogOperation operation, SequenceNumber sequence)
    {
        if (!IsOfTable(operation.Table) || KindOf(operation.Kind) is not { } kind)
        {
            return null;
        }

        TableShape shape = ShapeOf(operation.Table, sequence);

        // What a migration copies is nobody's change, and nothing at all until the table takes its place.
        return WorkTable.Is(shape.Name)
            ? null
            : new LoggedChange(sequence, kind, operation.Table, shape, KeyCodec.Decode(shape.Key.Type, operation.Key), operation.Row.ToArray(), operation.Vectors.ToArray()) { Place = _place };
    }

    // Each log states the shapes anew: the same one stays the same object, so that readers can tell by reference.
    private LoggedChange? NoteShape(in LogOperation operation, SequenceNumber sequence)
    {
        bool isKnown = _shapes.TryGetValue(operation.Table, out (byte[] Encoded, TableShape Shape) known);
        if (isKnown && operation.Shape.SequenceEqual(known.Encoded))
        {
            return null;
        }

        var shape = ShapeCodec.Decode(operation.Shape);
        _shapes[operation.Table] = (operation.Shape.ToArray(), shape);
        if (!isKnown || WorkTable.Is(shape.Name) || IsSame(shape.Name, known.Shape.Name))
        {
            return null;
        }

        bool isMigrated = WorkTable.Is(known.Shape.Name);
        return TableChange(operation.Table, sequence, isMigrated ? ChangeKind.TableMigrated : ChangeKind.TableRenamed, shape, isMigrated ? null : known.Shape.Name);
    }

    private LoggedChange? NoteDrop(in LogOperation operation, SequenceNumber sequence)
    {
        TableShape shape = ShapeOf(operation.Table, sequence);
        _shapes.Remove(operation.Table);
        return WorkTable.Is(shape.Name) ? null : TableChange(operation.Table, sequence, ChangeKind.TableDropped, shape, null);
    }

    private LoggedChange? TableChange(TableId id, SequenceNumber sequence, ChangeKind kind, TableShape shape, string? formerName) =>
        IsOfTable(id) || IsSame(shape.Name, table!.Shape.Name) || (formerName is not null && IsSame(formerName, table.Shape.Name))
            ? new LoggedChange(sequence, kind, id, shape, default, default, default) { FormerTableName = formerName }
            : null;

    private TableShape ShapeOf(TableId id, SequenceNumber sequence) => _shapes.TryGetValue(id, out (byte[] Encoded, TableShape Shape) known)
        ? known.Shape
        : throw new InvalidDataException($"commit {sequence.Value} changes table {id.Value}, whose shape the log has not stated");
}
