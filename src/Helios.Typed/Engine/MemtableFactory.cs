using Helios.Typed.Primitives;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Makes memtables as tables need them.</summary>
internal static class MemtableFactory
{
    /// <summary>Says whether a memtable can take rows of a shape: whether it has the same vector columns.</summary>
    public static bool Fits(Memtable memtable, TableShape shape) =>
        memtable.RowCount == 0
            ? memtable.Schema.VectorColumns.SequenceEqual(shape.Columns.Where(column => column.Vector is not null))
            : memtable.Schema.VectorColumns.Select(column => column.Id).SequenceEqual(
                shape.Columns.Where(column => column.Vector is not null).Select(column => column.Id));

    /// <summary>Gives a table a memtable that fits, where it has none; under the commit lock, after a seal of one that does not.</summary>
    public static Memtable Require(DatabaseState state, TableId id, TableShape shape)
    {
        TableVersion table = state.Current[id];
        if (table.Active is { } active && Fits(active, shape))
        {
            return active;
        }

        Memtable made = new(DatabaseState.SchemaOf(shape), state.Options.Allocator, state.Memory.Budget);
        state.Swap(state.Current.With(id, table.WithActive(made)));

        // The version holds it from here on.
        made.ReleaseReference();
        return made;
    }
}
