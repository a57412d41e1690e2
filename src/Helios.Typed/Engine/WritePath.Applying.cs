using Helios.Typed.Primitives;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <content>Brings logged commits into memory.</content>
internal sealed partial class WritePath
{
    /// <summary>Gives each table of a group a memtable that fits its newest shape.</summary>
    /// <returns>The shapes that the group is written with; a shape declared meanwhile waits for the next.</returns>
    private Dictionary<CatalogTable, TableShape> PrepareTables(List<QueuedCommit> commits)
    {
        Dictionary<CatalogTable, TableShape> shapes = [];
        foreach (QueuedCommit commit in commits)
        {
            foreach (ref readonly CommitPart part in commit.Parts)
            {
                shapes.TryAdd(part.Table, part.Table.Shape);
                if (!part.Batch.Schema.Covers(shapes[part.Table]) && part.Batch.HasRows)
                {
                    shapes[part.Table] = _state.Catalog.NoteGaps(part.Table, part.Batch.Schema);
                }
            }
        }

        if (shapes.Any(pair => _state.Current[pair.Key.Id].Active is { } active && !MemtableFactory.Fits(active, pair.Value)))
        {
            Seal();
        }

        foreach ((CatalogTable table, TableShape shape) in shapes)
        {
            MemtableFactory.Require(_state, table.Id, shape);
        }

        return shapes;
    }

    // Gives the version with the names of tables and columns that are new with these commits, to be published together with them; null where none is.
    private StoreVersion? Apply(List<QueuedCommit> commits, Dictionary<CatalogTable, TableShape> shapes, SequenceNumber first)
    {
        bool areNew = false;
        foreach ((CatalogTable table, TableShape shape) in shapes)
        {
            areNew |= NoteShape(table, shape);
        }

        StoreVersion version = _state.Current;
        for (int i = 0; i < commits.Count; i++)
        {
            SequenceNumber at = new(first.Value + (ulong)i);
            foreach (ref readonly CommitPart part in commits[i].Parts)
            {
                Apply(part.Batch, version[part.Table.Id], at);
                part.Table.LastCommit = at;
            }
        }

        return areNew ? version.With(_state.Catalog.Names) : null;
    }

    private bool NoteShape(CatalogTable table, TableShape shape)
    {
        if (ReferenceEquals(table.Logged, shape))
        {
            return false;
        }

        table.Logged = shape;
        foreach (Segment segment in _state.Current[table.Id].Segments)
        {
            segment.Adopt(DatabaseState.SchemaOf(shape));
        }

        return true;
    }

    private static void Apply(RowBatch batch, TableVersion table, SequenceNumber at)
    {
        Memtable memtable = table.Active!;
        using PaddedVectors vectors = new(memtable.Schema);
        foreach (ref readonly BatchEntry entry in batch.Entries)
        {
            ReadOnlySpan<byte> key = batch.Slice(entry.KeyBytes).Span;
            if (entry.Replaces)
            {
                EndPrevious(table, key, entry, at);
            }

            if (entry.Operation != WriteOperation.Delete)
            {
                memtable.Add(key, at, batch.Slice(entry.Row).Span, vectors.Pad(batch.Slice(entry.Vectors).Span));
            }
        }
    }

    private static void EndPrevious(TableVersion table, ReadOnlySpan<byte> key, in BatchEntry entry, SequenceNumber at)
    {
        if (entry.PreviousSource is { } source)
        {
            source.End(entry.PreviousOrdinal, at);
        }
        else if (table.TryFindNewest(key, out RowSource? written, out int ordinal))
        {
            written!.End(ordinal, at);
        }
    }
}
