using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Turns log groups into changes, and keeps the shape that each table had at each commit.</summary>
/// <param name="table">The one table whose changes are wanted, or null for all.</param>
internal sealed class GroupChanges(TableId? table)
{
    private readonly Dictionary<TableId, (byte[] Encoded, TableShape Shape)> _shapes = [];

    /// <summary>Reads the changes of a group.</summary>
    /// <param name="payload">The group's payload.</param>
    /// <param name="since">Commits up to here are passed over, but for the shapes that they state.</param>
    /// <param name="changes">Takes the changes, in order.</param>
    /// <exception cref="InvalidDataException">The payload is malformed.</exception>
    public void Read(ReadOnlySpan<byte> payload, SequenceNumber since, List<LoggedChange> changes)
    {
        CommitReader reader = new(payload);
        while (reader.TryReadCommit(out SequenceNumber sequence))
        {
            int before = changes.Count;
            while (reader.TryReadOperation(out LogOperation operation))
            {
                if (operation.Kind is LogOperationKind.CreateTable or LogOperationKind.AlterTable)
                {
                    NoteShape(operation);
                }
                else if (sequence > since && (table is null || table == operation.Table) && KindOf(operation.Kind) is { } kind)
                {
                    Add(operation, sequence, kind, changes);
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

    private void Add(LogOperation operation, SequenceNumber sequence, ChangeKind kind, List<LoggedChange> changes)
    {
        if (!_shapes.TryGetValue(operation.Table, out (byte[] Encoded, TableShape Shape) known))
        {
            throw new InvalidDataException($"commit {sequence.Value} writes to table {operation.Table.Value}, whose shape the log has not stated");
        }

        if (WorkTable.Is(known.Shape.Name))
        {
            // What a migration copies is nobody's change, and nothing at all until the table takes its place.
            return;
        }

        HeliosKey key = KeyCodec.Decode(known.Shape.Key.Type, operation.Key);
        changes.Add(new LoggedChange(sequence, kind, operation.Table, known.Shape, key, operation.Row.ToArray(), operation.Vectors.ToArray()));
    }

    // Each log states the shapes anew: the same one stays the same object, so that readers can tell by reference.
    private void NoteShape(LogOperation operation)
    {
        if (!_shapes.TryGetValue(operation.Table, out (byte[] Encoded, TableShape Shape) known) || !operation.Shape.SequenceEqual(known.Encoded))
        {
            _shapes[operation.Table] = (operation.Shape.ToArray(), ShapeCodec.Decode(operation.Shape));
        }
    }
}
