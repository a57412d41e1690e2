using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Says what a database uses of its memory budget at one moment.</summary>
/// <param name="Budget">The most that it uses.</param>
/// <param name="Memtables">The rows that are in no segment yet, and those in segments by now that an open snapshot still reads from memory.</param>
/// <param name="Pages">Pages of keys, sequences, columns and norms, and tables of checksums; on the managed heap.</param>
/// <param name="Graphs">Graphs, in use and under construction.</param>
/// <param name="Vectors">Full vectors.</param>
internal sealed record MemoryUse(long Budget, long Memtables, long Pages, long Graphs, long Vectors)
{
    /// <summary>Gets the bytes in use.</summary>
    public long Used => Memtables + Pages + Graphs + Vectors;

    /// <summary>Reads the figures.</summary>
    public static MemoryUse Of(MemoryBudget budget) => new(
        budget.Limit,
        budget.UsedBy(MemoryKind.Memtables),
        budget.UsedBy(MemoryKind.Pages),
        budget.UsedBy(MemoryKind.Graphs),
        budget.UsedBy(MemoryKind.Vectors));
}
